//! What is logged of errors.

use std::sync::OnceLock;

use landfall::testing;
use landfall_tests::logged::Log;

use crate::site::{App, CANARY, Web};

/// The log of the whole program.
pub(crate) fn log() -> &'static Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        tracing::subscriber::set_global_default(subscriber).expect("the first");
        log
    })
}

/// The lines that hold a text.
pub(crate) fn lines(part: &str) -> Vec<String> {
    let text = log().text();
    let lines = text.lines().filter(|line| line.contains(part));
    lines.map(str::to_owned).collect()
}

#[tokio::test]
async fn what_is_rendered_is_logged_at_its_level() {
    log();
    let site = testing::start_with::<Web>(App("")).await;
    site.get(&format!("/logged/1?token={CANARY}"))
        .header("cookie", CANARY)
        .header("authorization", CANARY)
        .await;
    let mut found = lines("/logged/1");
    found.retain(|line| line.contains("converted"));
    let [line] = &found[..] else {
        panic!("{found:#?}");
    };
    assert!(line.contains(" INFO "), "{line}");
    assert!(line.contains("converted error to 404 response"), "{line}");
    assert!(
        line.contains("http.request.method=GET url.path=/logged/1 kind=error"),
        "{line}"
    );
    assert_eq!(lines(CANARY), [""; 0]);
}

#[tokio::test]
async fn failures_of_the_server_are_errors_and_those_of_clients_are_not() {
    log();
    let site = testing::start_with::<Web>(App("")).await;
    site.get("/error").await;
    let found = lines("a service failed error=the service failed");
    assert!(
        found.iter().all(|line| line.contains("ERROR")) && !found.is_empty(),
        "{found:#?}"
    );
    site.get("/teapot").await;
    site.get("/wrapped").await;
    assert_eq!(lines("error=i'm a teapot"), [""; 0]);
    assert_eq!(lines("error=cannot show it"), [""; 0]);
    site.get("/view/fails").await;
    assert_eq!(lines("an error page cannot be rendered").len(), 1);
    site.get("/view/panics").await;
    assert_eq!(
        lines("the view of an error page panicked: the view panicked").len(),
        1
    );
}
