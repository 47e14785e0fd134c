//! WebSockets that are opened before hyper: clients and services can hardly tell.

use std::sync::Arc;

use bytes::Bytes;
use http::{StatusCode, header};
use proptest::prelude::*;
use tokio::sync::Notify;

use super::*;
use crate::stream::{Stream, TakeoverSlot};

const OPEN: &str = "GET /socket?a=1 HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\n\
    upgrade: websocket\r\n\r\n";

/// What a server has done with a connection.
#[derive(Debug, Default, PartialEq)]
struct Outcome {
    /// What the service was given.
    requests: Vec<String>,
    /// What the client got.
    answered: String,
    /// What was read too far, of each connection that was taken over.
    taken: Vec<Bytes>,
}

/// What a service does with requests that ask for an upgrade.
#[derive(Clone, Copy, Debug)]
enum Way {
    Opens,
    OpensLater,
    Refuses,
    /// It answers with 101, and leaves the connection alone.
    Forgets,
}

fn switching() -> Response<Body> {
    let response = Response::builder()
        .status(StatusCode::SWITCHING_PROTOCOLS)
        .header(header::CONNECTION, "Upgrade")
        .header(header::UPGRADE, "websocket");
    response.body(Body::empty()).unwrap()
}

/// A service that goes this way, what it was asked, and what it has taken over.
fn service(
    way: Way,
) -> (
    impl Serve,
    mpsc::UnboundedReceiver<String>,
    mpsc::UnboundedReceiver<(Stream, Bytes)>,
) {
    let (ask, asked) = mpsc::unbounded_channel();
    let (hand, handed) = mpsc::unbounded_channel();
    let service = With(move |request: Request<Body>| {
        let (method, uri, version) = (request.method(), request.uri(), request.version());
        let said = format!("{method} {uri} {version:?} {:?}", request.headers());
        ask.send(said).unwrap();
        let slot = request.extensions().get::<TakeoverSlot>().cloned();
        let hand = hand.clone();
        async move {
            if matches!(way, Way::OpensLater) {
                tokio::task::yield_now().await;
            }
            match (way, slot) {
                (Way::Refuses, _) | (_, None) => Response::new(Body::from("no")),
                (Way::Forgets, Some(_)) => switching(),
                (Way::Opens | Way::OpensLater, Some(slot)) => {
                    slot.put(Box::new(move |stream, early, _| {
                        drop(hand.send((stream, early)));
                        Box::pin(ready(()))
                    }));
                    switching()
                }
            }
        }
    });
    (service, asked, handed)
}

/// Sends these bytes, and nothing after them, until the connection is closed.
async fn outcome(way: Way, sent: &[u8], early: bool) -> Outcome {
    let (service, mut asked, mut handed) = service(way);
    let server = match early {
        true => Harness::opening(service),
        false => Harness::new(service),
    };
    let mut client = server.connect();
    client.send(sent).await;
    let mut outcome = Outcome::default();
    let takes = async {
        while let Some((_closed, early)) = handed.recv().await {
            outcome.taken.push(early);
        }
    };
    let answered = tokio::select! {
        answered = client.rest() => answered,
        () = takes => unreachable!("the service is not gone"),
    };
    while let Ok(request) = asked.try_recv() {
        outcome.requests.push(request);
    }
    let lines = answered.split_inclusive("\r\n");
    outcome.answered = lines.filter(|line| !line.starts_with("date: ")).collect();
    server.stopped().await;
    outcome
}

/// The outcome, which is the same with hyper alone.
async fn same(way: Way, sent: &[u8]) -> Outcome {
    let outcomes = (
        outcome(way, sent, true).await,
        outcome(way, sent, false).await,
    );
    assert_eq!(outcomes.0, outcomes.1, "{}", sent.escape_ascii());
    outcomes.0
}

#[tokio::test(start_paused = true)]
async fn a_socket_is_opened_with_what_was_read_too_far() {
    for way in [Way::Opens, Way::OpensLater] {
        let outcome = same(way, format!("{OPEN}more").as_bytes()).await;
        assert!(
            outcome
                .answered
                .starts_with("HTTP/1.1 101 Switching Protocols\r\n")
        );
        assert_eq!(outcome.requests.len(), 1);
        assert_eq!(outcome.taken, ["more"]);
    }
}

#[tokio::test(start_paused = true)]
async fn what_does_not_open_goes_on_as_http() {
    let outcome = same(Way::Refuses, format!("{OPEN}{HELLO}").as_bytes()).await;
    assert_eq!(outcome.answered.matches("HTTP/1.1 200 OK").count(), 2);
    assert_eq!(outcome.requests.len(), 2, "each is asked once");
    let outcome = same(Way::Forgets, OPEN.as_bytes()).await;
    assert!(outcome.answered.starts_with("HTTP/1.1 101 "));
    assert_eq!(outcome.taken, [""; 0]);
}

/// Also where it asks for a socket.
#[tokio::test(start_paused = true)]
async fn what_is_unusual_is_read_as_hyper_reads_it() {
    let long = format!("x: {}\r\n", "y".repeat(5_000));
    let many = "x: y\r\n".repeat(60);
    let too_many = "x: y\r\n".repeat(101);
    for more in [
        "content-length: 0\r\n",
        "content-length: 4\r\n",
        "transfer-encoding: chunked\r\n",
        "expect: 100-continue\r\n",
        "host: b\r\n",
        "upgrade: h2c\r\n",
        "x: \r\n",
        "x y: z\r\n",
        " folded\r\n",
        "\u{e9}: z\r\n",
        "x: \u{e9}\r\n",
        &long,
        &many,
        &too_many,
    ] {
        let request = OPEN.replace("\r\n\r\n", &format!("\r\n{more}\r\n"));
        same(Way::Opens, request.as_bytes()).await;
    }
    for line in [
        "GET /socket HTTP/1.0",
        "GET http://a/socket HTTP/1.1",
        "GET * HTTP/1.1",
        "GET //socket#x HTTP/1.1",
        "GET /sock\u{e9}t HTTP/1.1",
        "POST /socket HTTP/1.1",
        "get /socket HTTP/1.1",
        "\r\n\r\nGET /socket HTTP/1.1",
        "GET  /socket HTTP/1.1",
        "PRI * HTTP/2.0",
    ] {
        let request = OPEN.replace("GET /socket?a=1 HTTP/1.1", line);
        same(Way::Opens, request.as_bytes()).await;
    }
    same(Way::Opens, OPEN.replace("\r\n", "\n").as_bytes()).await;
}

/// hyper adds `close` to the response, which means nothing there.
#[tokio::test(start_paused = true)]
async fn a_socket_is_opened_for_a_client_that_wants_no_other_request() {
    let request = OPEN.replace("upgrade\r\n", "upgrade, close\r\n");
    let outcome = outcome(Way::Opens, request.as_bytes(), true).await;
    assert!(outcome.answered.contains("\r\nconnection: Upgrade\r\n"));
    assert_eq!(outcome.taken, [""]);
}

#[tokio::test(start_paused = true)]
async fn a_head_may_come_in_pieces() {
    let (service, _asked, mut handed) = service(Way::Opens);
    let server = Harness::opening(service);
    let mut client = server.connect();
    for piece in OPEN.as_bytes().chunks(7) {
        client.send(piece).await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(client.response().await.starts_with("HTTP/1.1 101 "));
    assert!(handed.recv().await.is_some());
    server.stopped().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_sends_nothing_is_not_waited_for() {
    let outcome = same(Way::Opens, b"").await;
    assert_eq!(outcome, Outcome::default());
    let outcome = same(Way::Opens, b"GET /socket").await;
    assert!(outcome.answered.starts_with("HTTP/1.1 408 "));
    let (service, ..) = service(Way::Opens);
    let server = Harness::opening(service);
    let mut silent = server.connect();
    tokio::time::sleep(Duration::from_millis(1)).await;
    server.stopped().await;
    assert_eq!(silent.rest().await, "");
}

/// The client takes a few bytes at a time.
#[tokio::test(start_paused = true)]
async fn a_response_may_leave_in_pieces() {
    let (service, _asked, mut handed) = service(Way::Opens);
    let server = Harness::opening(service);
    let (mut ours, theirs) = tokio::io::duplex(16);
    server.connections.send(Ok((theirs, None))).unwrap();
    let opened = async {
        ours.write_all(OPEN.as_bytes()).await.unwrap();
        let mut answered = Client(ours);
        answered.response().await
    };
    assert!(opened.await.starts_with("HTTP/1.1 101 "));
    assert!(handed.recv().await.is_some());
    server.stopped().await;
}

#[tokio::test(start_paused = true)]
async fn a_client_that_leaves_is_not_waited_for() {
    let left = Arc::new(Notify::new());
    let told = left.clone();
    let service = With(move |_| {
        told.notify_one();
        std::future::pending::<Response<Body>>()
    });
    let server = Harness::opening(service);
    let mut client = server.connect();
    client.send(OPEN).await;
    left.notified().await;
    drop(client);
    tokio::time::timeout(Duration::from_secs(1), server.stopped())
        .await
        .unwrap();
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("upgrade: websocket\r\n".to_owned()),
        Just("Upgrade: WebSocket \r\n".to_owned()),
        Just("connection: keep-alive, Upgrade\r\n".to_owned()),
        Just("content-length: 2\r\n".to_owned()),
        Just("\r\n".to_owned()),
        "[a-zA-Z-]{1,8}:[ \t]{0,2}[ -~\u{e9}]{0,12}\r?\n",
        "[\\x00-\\x7f]{0,12}\r\n",
    ]
}

proptest! {
    #[test]
    fn every_head_is_read_as_hyper_reads_it(
        target in "[/*]{1,2}[ -~]{0,8}",
        lines in proptest::collection::vec(line(), 0..6),
        rest in "[ -~]{0,4}",
    ) {
        let lines = lines.concat();
        let sent = format!("GET {target} HTTP/1.1\r\nhost: a\r\nupgrade: websocket\r\n{lines}\r\n{rest}");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .unwrap();
        runtime.block_on(same(Way::Opens, sent.as_bytes()));
    }
}
