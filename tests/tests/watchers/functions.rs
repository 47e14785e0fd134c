//! Functions as watchers, when watchers run, and what cannot be started.

use std::{
    sync::atomic::{AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use landfall::{
    Endpoint, EndpointHandle,
    config::{Setting, Watcher},
    endpoint,
};
use landfall_tests::{logged::Log, wait::until};
use tokio::time::{Instant, sleep};

/// How often each watcher has run.
#[derive(Debug, Default)]
struct Runs {
    fails: AtomicUsize,
    panics: AtomicUsize,
    done: AtomicUsize,
    goes_on: AtomicUsize,
}

async fn fails(edge: EndpointHandle<Web>) -> Result<(), std::fmt::Error> {
    edge.state().fails.fetch_add(1, Relaxed);
    Err(std::fmt::Error)
}

async fn panics(edge: EndpointHandle<Web>) {
    edge.state().panics.fetch_add(1, Relaxed);
    panic!("no template");
}

endpoint! {
    struct Web;

    state = Runs;
    watchers(
        fails = fails,
        panics = panics,
        done = |edge| async move { edge.state().done.fetch_add(1, Relaxed); },
    );
    #[cfg(test)]
    force_watchers = true;
}

/// Goes on until it is dropped.
struct Guard(&'static AtomicUsize);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.fetch_add(1, Relaxed);
    }
}

static ENDED: AtomicUsize = AtomicUsize::new(0);

async fn goes_on() {
    let _guard = Guard(&ENDED);
    std::future::pending().await
}

endpoint! {
    struct Off;

    state = Runs;
    watchers(goes_on = |edge| async move { edge.state().goes_on.fetch_add(1, Relaxed); });
}

endpoint! {
    struct GoesOn;

    watchers(goes_on = goes_on);
    force_watchers = true;
}

/// Under the subscriber, `log` has what is logged on this thread.
fn logging() -> (Log, tracing::subscriber::DefaultGuard) {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    (log, tracing::subscriber::set_default(subscriber))
}

#[tokio::test(start_paused = true)]
async fn after_a_failure_and_a_panic_it_is_called_again_in_two_seconds() {
    let (log, _guard) = logging();
    let web = Web::start(Runs::default()).await.unwrap();
    let count = |count: &AtomicUsize| count.load(Relaxed);
    sleep(Duration::from_millis(1)).await;
    let runs = web.state();
    let counts = || [&runs.fails, &runs.panics, &runs.done].map(count);
    assert_eq!(counts(), [1, 1, 1]);
    sleep(Duration::from_millis(1990)).await;
    assert_eq!(counts(), [1, 1, 1]);
    sleep(Duration::from_millis(20)).await;
    assert_eq!(counts(), [2, 2, 1]);
    sleep(Duration::from_secs(20)).await;
    assert_eq!(counts(), [12, 12, 1], "what is done stays so");
    let told = log.text();
    assert!(
        told.contains("watcher `panics` panicked: no template: it is started again in 2s"),
        "{told}"
    );
    assert!(
        told.contains("watcher `fails` failed: an error occurred"),
        "{told}"
    );
    let began = Instant::now();
    web.shutdown().await.unwrap();
    assert!(
        began.elapsed() < Duration::from_secs(1),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn without_a_listener_they_run_if_they_are_forced_to() {
    let off = Off::start(Runs::default()).await.unwrap();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(off.state().goes_on.load(Relaxed), 0);
    off.shutdown().await.unwrap();

    let forced = Off::builder(Runs::default()).settings(|settings| {
        settings.force_watchers = Setting::exact(true);
    });
    let forced = forced.start().await.unwrap();
    sleep(Duration::from_secs(1)).await;
    assert_eq!(forced.state().goes_on.load(Relaxed), 1);
    forced.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_function_that_goes_on_is_dropped_at_the_stop() {
    let web = GoesOn::start().await.unwrap();
    tokio::task::yield_now().await;
    web.shutdown().await.unwrap();
    assert_eq!(ENDED.load(Relaxed), 1);
}

/// A layer above the declaration takes one away, and adds others.
#[tokio::test]
async fn what_cannot_be_found_is_told_once() {
    let (log, _guard) = logging();
    let web = GoesOn::builder().settings(|settings| {
        settings.watchers.set("goes_on", Watcher::OFF);
        settings
            .watchers
            .set("no-such-program", Watcher::new(["--watch"]));
        settings.watchers.set(
            "elsewhere",
            Watcher::new(["x"]).command("sh").cd("/no/such/place"),
        );
    });
    let web = web.start().await.unwrap();
    until("both are told", || {
        log.text().matches("could not start").count() == 2
    })
    .await;
    sleep(Duration::from_millis(2500)).await;
    web.shutdown().await.unwrap();
    let told = log.text();
    assert_eq!(told.matches("could not start").count(), 2, "{told}");
    assert!(
        told.contains("could not start watcher `no-such-program` from `"),
        "{told}"
    );
    assert!(told.contains("executable does not exist"), "{told}");
    let elsewhere = "could not start watcher `sh` from `/no/such/place`: directory does not exist";
    assert!(told.contains(elsewhere), "{told}");
}

#[tokio::test]
async fn a_force_without_watchers_is_warned_of() {
    let (log, _guard) = logging();
    let web = GoesOn::builder().settings(|settings| {
        settings.watchers = landfall::config::Watchers::OFF;
    });
    let web = web.start().await.unwrap();
    web.shutdown().await.unwrap();
    let told = log.text();
    assert!(
        told.contains("`force_watchers` has no effect without `watchers`"),
        "{told}"
    );
}
