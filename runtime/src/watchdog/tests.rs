//! What a watchdog sees, tick by tick; and its thread, which sleeps.

use std::{
    thread::sleep,
    time::{Duration, Instant},
};

use tokio::runtime::Handle;

use super::{
    watcher::{PERIOD, Wait, Watch},
    *,
};

fn dog() -> (Watchdog, Watched, Watch) {
    let watchdog = Watchdog::new();
    let (watched, watch) = (
        watchdog.socket("Parrot"),
        Watch::new(watchdog.0.clone(), Handle::current()),
    );
    (watchdog, watched, watch)
}

#[tokio::test]
async fn a_callback_that_is_still_there_at_the_next_tick_blocks_and_is_counted_once() {
    let (watchdog, watched, mut watch) = dog();
    watched.turn(|| {
        here::step(Callback::HandleIn);
        let counts = [(); 4].map(|()| (watch.tick(), watchdog.blocked()).1);
        assert_eq!(counts, [0, 1, 1, 1]);
        // Another callback of the same task.
        here::step(Callback::HandleIn);
        let counts = [(); 3].map(|()| (watch.tick(), watchdog.blocked()).1);
        assert_eq!(counts, [1, 2, 2]);
    });
    watch.tick();
    assert_eq!(watchdog.blocked(), 2);
}

#[tokio::test]
async fn callbacks_that_return_are_not_counted() {
    let (watchdog, watched, mut watch) = dog();
    for _ in 0..9 {
        watched.turn(|| {
            here::step(Callback::HandleIn);
            watch.tick();
        });
    }
    // Nor is a task that polls many, however long that takes.
    watched.turn(|| {
        for _ in 0..9 {
            here::step(Callback::HandleIn);
            watch.tick();
        }
    });
    // Nor is a task that waits.
    for _ in 0..3 {
        watch.tick();
    }
    assert_eq!(watchdog.blocked(), 0);
}

#[tokio::test]
async fn each_watchdog_sees_its_own() {
    let (first, of_first, mut of_the_first) = dog();
    let (second, of_second, mut of_the_second) = dog();
    let mut tick = || {
        of_the_first.tick();
        of_the_second.tick();
    };
    of_first.turn(|| {
        here::step(Callback::HandleIn);
        // A task of one endpoint, polled inside a callback of the other's.
        of_second.turn(|| {
            here::step(Callback::Connect);
            (0..3).for_each(|_| tick());
        });
        assert_eq!((first.blocked(), second.blocked()), (0, 1));
        // The outer callback goes on.
        (0..3).for_each(|_| tick());
        assert_eq!((first.blocked(), second.blocked()), (1, 1));
    });
}

#[tokio::test]
async fn a_callback_goes_on_after_another_one_inside_it() {
    let (_, watched, _) = dog();
    let sample = || here::here().sample().callback();
    watched.turn(|| {
        here::topic("room:7");
        here::step(Callback::ChannelIn);
        watched.turn(|| {
            here::topic("another one");
            here::step(Callback::ChannelOut);
        });
        assert_eq!(
            (sample(), here::here().topic()),
            (Some(Callback::ChannelIn), b"room:7".to_vec())
        );
        watched.pass(Callback::Encode, || {
            assert_eq!(sample(), Some(Callback::Encode))
        });
        assert_eq!(
            (sample(), here::here().topic()),
            (Some(Callback::ChannelIn), b"room:7".to_vec())
        );
    });
}

#[tokio::test]
async fn a_topic_is_kept_up_to_its_256th_byte() {
    let (_, watched, _) = dog();
    watched.turn(|| {
        for topic in ["", "a", "room:lobby", "exactly8", &"long ".repeat(99)] {
            here::topic(topic);
            assert_eq!(
                here::here().topic(),
                &topic.as_bytes()[..topic.len().min(256)]
            );
        }
    });
}

#[tokio::test]
async fn a_panic_leaves_nothing_behind() {
    let (_, watched, _) = dog();
    let panicked = watched.call(Callback::HandleIn, || panic!("as asked"));
    assert_eq!(
        panicked.map_err(|panic| panic.to_string()),
        Err::<(), _>("as asked".to_owned())
    );
    assert!(!here::here().sample().is_inside());
}

#[tokio::test]
async fn without_callbacks_it_falls_asleep_and_a_callback_rouses_it() {
    let (watchdog, watched, mut watch) = dog();
    assert_eq!(
        [watch.tick(), watch.tick(), watch.tick()],
        [Wait::Period, Wait::Asleep, Wait::Asleep]
    );
    watched.turn(|| assert!(!watchdog.0.is_asleep()));
    assert_eq!(
        [watch.tick(), watch.tick(), watch.tick()],
        [Wait::Period, Wait::Period, Wait::Asleep]
    );
    // It began before the first quiet tick, and was seen by none.
    watchdog.0.asleep.store(false, Relaxed);
    watch.tick();
    assert!(watchdog.0.is_asleep());
    watched.turn(|| {
        here::step(Callback::HandleIn);
        watchdog.0.asleep.store(true, Relaxed);
        assert_eq!([watch.tick(), watch.tick()], [Wait::Period, Wait::Period]);
        assert!(!watchdog.0.is_asleep());
    });
}

#[tokio::test]
async fn the_thread_of_an_idle_endpoint_does_not_wake() {
    let watchdog = Watchdog::new();
    let watcher = Watcher::start(&watchdog, "idle", Handle::current()).expect("a thread");
    let ticks = || watchdog.0.ticks.load(Relaxed);
    let rests_after = |count: u64, most: u64| {
        until(|| ticks() >= count);
        sleep(3 * PERIOD);
        let rests = ticks();
        assert!(rests <= most, "{rests} ticks");
        sleep(4 * PERIOD);
        assert_eq!(ticks(), rests);
    };
    // One sees that nothing runs, and one makes sure.
    rests_after(2, 2);
    let watched = watchdog.socket("Parrot");
    watched.turn(|| {});
    // One sees the callback, perhaps another one its end, and two see none.
    rests_after(5, 6);
    watcher.stop().await;
    // Nobody is there to be woken.
    let count = ticks();
    watched.turn(|| {});
    assert_eq!(ticks(), count);
}

#[tokio::test]
async fn threads_that_have_ended_are_forgotten() {
    let (_, watched, mut watch) = dog();
    let there = watched.clone();
    std::thread::spawn(move || there.turn(|| {}))
        .join()
        .expect("it ends");
    watched.turn(|| {});
    watch.tick();
    assert_eq!(watch.threads(), 1);
}

#[test]
fn a_worker_that_has_left_its_thread_holds_nobody_up() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("a runtime");
    let blocked = |in_place: bool| {
        let callback = move || {
            let (watchdog, watched, mut watch) = dog();
            watched.turn(|| {
                here::step(Callback::HandleIn);
                let mut tick = || [(); 3].map(|()| watch.tick());
                if in_place {
                    tokio::task::block_in_place(|| {
                        until(all_wait);
                        tick();
                    });
                } else {
                    tick();
                }
            });
            watchdog.blocked()
        };
        runtime
            .block_on(runtime.spawn(async move { callback() }))
            .expect("a count")
    };
    assert_eq!((blocked(true), blocked(false)), (0, 1));
}

/// All workers of this runtime wait for work.
fn all_wait() -> bool {
    let metrics = Handle::current().metrics();
    (0..metrics.num_workers()).all(|worker| metrics.worker_park_unpark_count(worker) % 2 == 1)
}

fn until(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(
            start.elapsed() < Duration::from_secs(10),
            "it does not come"
        );
        sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_runtime_that_is_gone_is_no_harm() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("a runtime");
    let watchdog = Watchdog::new();
    let mut watch = Watch::new(watchdog.0.clone(), runtime.handle().clone());
    drop(runtime);
    watch.kick();
    watch.kick();
}
