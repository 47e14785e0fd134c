//! What goes wrong: in instrumenters, which harms nothing, and in what they are called for.

use std::{future::pending, panic::AssertUnwindSafe, time::Duration};

use futures_util::FutureExt;
use landfall::{
    BoxError,
    instrument::{Instrumenter, Start, Stop},
    prelude::*,
    testing,
};
use landfall_tests::logged::Log;
use tokio::time::timeout;
use tracing::subscriber::DefaultGuard;

use super::recording::{Calls, Recording, nothing};

/// Fails or panics, as the event says.
struct Bad(Calls);

impl Bad {
    fn fails(&self, event: &str, at: &str) -> Result<(), BoxError> {
        match event.strip_prefix(at) {
            Some(" fails") => Err("out of\norder".into()),
            Some(" panics") => panic!("as asked"),
            _ => Ok(()),
        }
    }
}

impl Instrumenter for Bad {
    type Started = u8;

    fn takes(&self, event: &str) -> bool {
        self.fails(event, "choice").is_ok()
    }

    fn start(&self, start: &Start<'_>) -> Result<u8, BoxError> {
        self.fails(start.event(), "start")?;
        Ok(7)
    }

    fn stop(&self, stop: &Stop<'_>, started: Option<u8>) -> Result<(), BoxError> {
        self.0.push(format!("bad stop with {started:?}"));
        self.fails(stop.event(), "stop")
    }
}

endpoint! {
    struct Web;

    state = Calls;
    instrumenters(
        |calls| Bad(calls.clone()),
        |calls| Recording { name: "good", calls: calls.clone(), show: nothing },
    );
}

fn logging(log: &Log) -> DefaultGuard {
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .without_time()
        .finish();
    tracing::subscriber::set_default(subscriber)
}

#[tokio::test]
async fn an_instrumenter_that_fails_is_logged_and_harms_nothing() {
    let calls = Calls::default();
    let site = testing::start_builder(Web::builder(calls.clone())).await;
    let log = Log::default();
    let _logging = logging(&log);
    for (event, stop, line) in [
        (
            "start fails",
            "bad stop with None",
            "the start of an instrumenter failed",
        ),
        (
            "start panics",
            "bad stop with None",
            "the start of an instrumenter panicked: as asked",
        ),
        (
            "stop fails",
            "bad stop with Some(7)",
            "the stop of an instrumenter failed",
        ),
        (
            "stop panics",
            "bad stop with Some(7)",
            "the stop of an instrumenter panicked: as asked",
        ),
        (
            "choice panics",
            "",
            "the choice of an instrumenter panicked: as asked",
        ),
    ] {
        assert_eq!(site.instrument(event, (), async { 7 }).await, 7);
        let good = [
            format!("good start {event}"),
            stop.to_owned(),
            format!("good stop {event} with what good started"),
        ];
        let good: Vec<_> = good.into_iter().filter(|call| !call.is_empty()).collect();
        assert_eq!(calls.take(), good);
        let text = log.take();
        assert!(text.contains(line), "{text}");
        assert!(text.contains(&format!("event={event:?}")), "{text}");
        assert!(
            text.contains("instrumenter=\"instrumenters::wrong::Bad\""),
            "{text}"
        );
        assert_eq!(text.matches('\n').count(), 1, "{text}");
    }
    site.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_stop_follows_each_start_once() {
    // The other test would miss its lines if one of them were met without a subscriber.
    let _logging = logging(&Log::default());
    let calls = Calls::default();
    let site = testing::start_builder(Web::builder(calls.clone())).await;
    let stops = |early: &str| {
        vec![
            "good start event".to_owned(),
            "bad stop with Some(7)".to_owned(),
            format!("good stop event{early} with what good started"),
        ]
    };
    // It fails: that is a result.
    let fails = async { Err::<(), _>("as asked") };
    assert_eq!(site.instrument("event", (), fails).await, Err("as asked"));
    assert_eq!(calls.take(), stops(""));
    // It panics.
    let panics = site.instrument("event", (), async { panic!("as asked") });
    let panicked: Result<(), _> = AssertUnwindSafe(panics).catch_unwind().await;
    assert!(panicked.is_err());
    assert_eq!(calls.take(), stops(" early"));
    let panics = || site.instrument_sync("event", (), || panic!("as asked"));
    let panicked: Result<(), _> = std::panic::catch_unwind(AssertUnwindSafe(panics));
    assert!(panicked.is_err());
    assert_eq!(calls.take(), stops(" early"));
    // It is dropped.
    let waits = site.instrument("event", (), pending::<()>());
    assert!(timeout(Duration::from_millis(1), waits).await.is_err());
    assert_eq!(calls.take(), stops(" early"));
    // An instrumenter panics while the event's panic unwinds.
    let panics = || site.instrument_sync("stop panics", (), || panic!("as asked"));
    let panicked: Result<(), _> = std::panic::catch_unwind(AssertUnwindSafe(panics));
    assert!(panicked.is_err());
    assert_eq!(calls.take().len(), 3);
    // It is never polled.
    drop(site.instrument("event", (), async {}));
    assert_eq!(calls.take(), [""; 0]);
    site.shutdown().await.unwrap();
}
