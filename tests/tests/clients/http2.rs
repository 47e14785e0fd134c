//! Chromium over TLS and HTTP/2.

use landfall::{config::Scheme, endpoint::Address};
use landfall_tests::{logged::Log, quay};
use tracing::Level;

use crate::node::script;

/// Lines of the log about answers to requests of a method for a path.
fn answers<'a>(log: &'a str, method: &str, path: &str) -> Vec<&'a str> {
    let wanted = format!("method={method} path={path} ");
    log.lines().filter(|line| line.contains(&wanted)).collect()
}

#[tokio::test]
#[ignore = "needs Chromium and Node, and `npm ci` in tests/clients"]
async fn phoenix_in_a_browser_over_http_2() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::INFO)
        .with_ansi(false)
        .with_writer(move || writer.clone());
    let _logging = tracing::subscriber::set_default(subscriber.finish());
    let quay = quay::start_secured().await.expect("the quay starts");
    let Ok(Address::Tcp(address)) = quay.server_info(Scheme::Https) else {
        panic!("it does not listen");
    };
    script("http2.mjs", &[&address.port().to_string()]).await;
    quay.shutdown().await.expect("a clean end");

    let log = log.text();
    let sockets = answers(&log, "CONNECT", "/socket/websocket");
    assert_eq!(sockets.len(), 2, "{log}");
    for answer in sockets {
        assert!(answer.contains("status=200 version=HTTP/2.0"), "{answer}");
    }
    let polls = answers(&log, "GET", "/socket/longpoll");
    let posts = answers(&log, "POST", "/socket/longpoll");
    assert!(polls.len() > 2 && posts.len() > 2, "{log}");
    assert!(!log.contains("version=HTTP/1"), "{log}");
}
