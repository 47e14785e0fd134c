//! The thread of a watchdog.

use std::{
    io,
    sync::{
        Arc,
        atomic::Ordering::{AcqRel, Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use tokio::{runtime::Handle, task::JoinHandle};
use tracing::{Dispatch, dispatcher, field::display, subscriber::NoSubscriber};

use super::{
    Watchdog,
    callback::Callback,
    dog::{Dog, lock},
    slot::{Sample, Slot},
};
use crate::{escape::shown_bytes, task::boxed};

/// A callback that runs longer than this blocks its thread. It is noticed within two periods.
pub(super) const PERIOD: Duration = Duration::from_millis(50);

/// Ends the watchdog's thread when it is dropped.
pub(crate) struct Watcher {
    dog: Arc<Dog>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Watcher {
    /// Starts the thread, which serves this runtime's workers.
    pub(crate) fn start(watchdog: &Watchdog, endpoint: &str, runtime: Handle) -> io::Result<Self> {
        let dog = watchdog.0.clone();
        let mut watch = Watch::new(dog.clone(), runtime);
        let thread = thread::Builder::new()
            .name(format!("watch {endpoint}"))
            .spawn(move || watch.run())?;
        let _ = dog.watcher.set(thread.thread().clone());
        Ok(Watcher {
            dog,
            thread: Some(thread),
        })
    }

    /// Ends the thread, and waits for it.
    pub(crate) async fn stop(mut self) {
        self.dog.stop();
        if let Some(thread) = self.thread.take() {
            // Where threads may block; a paused clock stands still meanwhile.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        self.dog.stop();
    }
}

/// What the thread knows.
pub(super) struct Watch {
    dog: Arc<Dog>,
    threads: Vec<Seen>,
    workers: Workers,
    log: Log,
}

/// A thread, as it was at the last tick.
struct Seen {
    slot: Arc<Slot>,
    sample: Sample,
    /// When it was first seen like this.
    since: Instant,
    /// The callback that has been logged as blocking, and still runs.
    told: Option<Blocking>,
}

/// A callback that blocks its thread.
struct Blocking {
    socket: &'static str,
    callback: Callback,
    topic: Option<Vec<u8>>,
}

/// How long to wait for the next tick.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wait {
    Period,
    /// Until a callback runs.
    Asleep,
}

impl Watch {
    pub(super) fn new(dog: Arc<Dog>, runtime: Handle) -> Self {
        Watch {
            dog,
            threads: Vec::new(),
            workers: Workers::new(runtime),
            log: Log::here(),
        }
    }

    fn run(&mut self) {
        loop {
            let deadline = match self.tick() {
                Wait::Period => Some(Instant::now() + PERIOD),
                Wait::Asleep => None,
            };
            loop {
                match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                    // Too early: two ticks are a period apart.
                    Some(Duration::ZERO) => break,
                    Some(left) => thread::park_timeout(left),
                    None => thread::park(),
                }
                if self.dog.stopped.load(Relaxed) {
                    return;
                }
                if deadline.is_none() {
                    break;
                }
            }
        }
    }

    /// Checks all threads once.
    pub(super) fn tick(&mut self) -> Wait {
        #[cfg(test)]
        self.dog.ticks.fetch_add(1, Relaxed);
        self.greet();
        let held_up = self.workers.look();
        let now = Instant::now();
        let (mut active, mut blocked) = (false, false);
        for seen in &mut self.threads {
            let sample = seen.slot.sample();
            let (own, changed) = (sample.dog() == self.dog.id, sample != seen.sample);
            active |= own && (changed || sample.is_inside());
            // While all workers make progress, the callback has told tokio that it blocks, and
            // nobody is held up.
            let stuck = own && sample.is_inside() && sample.is_same_turn(seen.sample) && held_up;
            blocked |= stuck;
            if changed {
                seen.returned(now, &self.log);
                (seen.sample, seen.since) = (sample, now);
            } else if stuck && seen.told.is_none() {
                seen.notice(&self.dog, &self.log, self.workers.count());
            }
        }
        if blocked {
            self.workers.kick();
        }
        self.rest(active)
    }

    #[cfg(test)]
    pub(super) fn threads(&self) -> usize {
        self.threads.len()
    }

    #[cfg(test)]
    pub(super) fn kick(&mut self) {
        self.workers.kick();
    }

    /// Adds threads that are new, and removes those that have ended.
    fn greet(&mut self) {
        let now = Instant::now();
        let fresh = std::mem::take(&mut *lock(&self.dog.fresh));
        let seen = |slot: Arc<Slot>| Seen {
            sample: Slot::default().sample(),
            slot,
            since: now,
            told: None,
        };
        self.threads.extend(fresh.into_iter().map(seen));
        self.threads
            .retain(|seen| Arc::strong_count(&seen.slot) > 1);
    }

    /// After two quiet ticks nothing more is looked at until a callback runs. Threads know it after
    /// the first: a callback that began too early to wake this one is seen by the second.
    fn rest(&mut self, active: bool) -> Wait {
        if active {
            self.dog.asleep.store(false, Relaxed);
            return Wait::Period;
        }
        if self.dog.asleep.swap(true, AcqRel) {
            Wait::Asleep
        } else {
            Wait::Period
        }
    }
}

impl Seen {
    fn notice(&mut self, dog: &Dog, log: &Log, workers: usize) {
        let Some(callback) = self.sample.callback() else {
            return;
        };
        let topic = callback.has_topic().then(|| self.slot.topic());
        if self.slot.sample() != self.sample {
            // The callback has just returned: what was read may belong to another one.
            return;
        }
        let socket = lock(&dog.sockets)
            .get(self.sample.socket())
            .copied()
            .unwrap_or_default();
        dog.blocked.fetch_add(1, Relaxed);
        let blocking = Blocking {
            socket,
            callback,
            topic,
        };
        log.blocks(&blocking, workers);
        self.told = Some(blocking);
    }

    fn returned(&mut self, now: Instant, log: &Log) {
        if let Some(blocking) = self.told.take() {
            log.returned(&blocking, now - self.since);
        }
    }
}

/// The runtime's workers.
struct Workers {
    runtime: Handle,
    /// How often each worker had begun or ended to wait at the last tick.
    waits: Vec<u64>,
    /// The task that woke one.
    kick: Option<JoinHandle<()>>,
}

impl Workers {
    fn new(runtime: Handle) -> Self {
        let waits = vec![0; runtime.metrics().num_workers()];
        Workers {
            runtime,
            waits,
            kick: None,
        }
    }

    fn count(&self) -> usize {
        self.waits.len()
    }

    /// Whether a worker has been busy since the last tick without a pause.
    fn look(&mut self) -> bool {
        let metrics = self.runtime.metrics();
        let mut held_up = false;
        for (worker, before) in self.waits.iter_mut().enumerate() {
            let now = metrics.worker_park_unpark_count(worker);
            // Odd: it waits.
            held_up |= now == *before && now.is_multiple_of(2);
            *before = now;
        }
        held_up
    }

    /// Wakes an idle worker, which then waits for I/O and timers in place of the one that is
    /// blocked.
    fn kick(&mut self) {
        let alone = self.count() < 2;
        if !alone && self.kick.as_ref().is_none_or(JoinHandle::is_finished) {
            self.kick = Some(self.runtime.spawn(boxed(async {})));
        }
    }
}

/// Where events go: where those of the thread went that started the endpoint.
struct Log(Option<Dispatch>);

impl Log {
    fn here() -> Self {
        let dispatch = dispatcher::get_default(Dispatch::clone);
        Log((!dispatch.is::<NoSubscriber>()).then_some(dispatch))
    }

    fn blocks(&self, blocking: &Blocking, workers: usize) {
        let Blocking {
            socket, callback, ..
        } = blocking;
        let (callback, topic) = (callback.name(), blocking.topic());
        let topic = topic.as_ref().map(display);
        self.within(|| {
            if workers > 1 {
                tracing::warn!(
                    socket,
                    callback,
                    topic,
                    "a callback blocks its thread; help: `.await` what takes long, or leave it to \
                     `tokio::task::spawn_blocking`"
                );
            } else {
                tracing::warn!(
                    socket,
                    callback,
                    topic,
                    "a callback blocks the only thread: everybody waits for it; help: `.await` what takes long, or \
                     leave it to `tokio::task::spawn_blocking`"
                );
            }
        });
    }

    fn returned(&self, blocking: &Blocking, took: Duration) {
        let Blocking {
            socket, callback, ..
        } = blocking;
        let (callback, topic) = (callback.name(), blocking.topic());
        let topic = topic.as_ref().map(display);
        self.within(|| {
            tracing::warn!(
                socket,
                callback,
                topic,
                ?took,
                "a callback that blocked its thread has returned"
            )
        });
    }

    fn within(&self, log: impl FnOnce()) {
        match &self.0 {
            Some(dispatch) => dispatcher::with_default(dispatch, log),
            None => log(),
        }
    }
}

impl Blocking {
    fn topic(&self) -> Option<impl std::fmt::Display + '_> {
        self.topic.as_deref().map(shown_bytes)
    }
}
