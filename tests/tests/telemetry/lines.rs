//! Log lines for people: levels of channels, and the plugs `Log` and `RequestId`.

use http::{Method, Request, Response};
use landfall::{
    plug::{Log, RequestId, RequestIdValue},
    prelude::*,
    testing,
};
use serde_json::json;
use tower::service_fn;
use tracing::Level;

use crate::recorder::{Recorder, Seen};

endpoint! {
    struct Site;

    socket("/socket", UserSocket, log = false);
    plug(RequestId::new());
    plug(Log::by(level_of_request));
    service(service_fn(answer));
}

fn level_of_request(method: &Method, path: &str) -> Option<Level> {
    match path {
        "/quiet" => None,
        "/panics" => panic!("as asked"),
        _ if method == Method::POST => Some(Level::WARN),
        _ => Some(Level::INFO),
    }
}

async fn answer(request: Request<Body>) -> Result<Response<Body>, std::convert::Infallible> {
    let id = request.extensions().get::<RequestIdValue>().unwrap();
    let id = id.as_str().to_owned();
    Ok(Response::new(match request.uri().path() {
        "/stream" => Body::new(http_body_util::StreamBody::new(
            futures_util::stream::pending::<Result<http_body::Frame<bytes::Bytes>, std::io::Error>>(
            ),
        )),
        _ => Body::from(id),
    }))
}

struct UserSocket;

#[socket(
    channel("by_default", ByDefault),
    channel("silent", Silent),
    channel("loud", Loud),
    channel("chosen:*", Chosen),
    channel("phoenix:*", ByDefault)
)]
#[allow(deprecated, reason = "topics of the framework are logged less")]
impl UserSocket {
    fn connect() -> Self {
        UserSocket
    }
}

struct ByDefault;

#[channel(UserSocket)]
impl ByDefault {
    fn join() -> Self {
        ByDefault
    }

    #[handle_in("say")]
    fn say(&mut self) -> Reply {
        Reply::ok(json!({}))
    }
}

struct Silent;

#[channel(UserSocket, log_join = false, log_handle_in = false)]
impl Silent {
    fn join() -> Self {
        Silent
    }

    #[handle_in("say")]
    fn say(&mut self) -> Reply {
        Reply::ok(json!({}))
    }
}

struct Loud;

#[channel(UserSocket, log_join = warn, log_handle_in = error)]
impl Loud {
    fn join() -> Self {
        Loud
    }

    #[handle_in("say")]
    fn say(&mut self) -> Reply {
        Reply::ok(json!({}))
    }
}

struct Chosen;

#[channel(UserSocket, log_join = level_of_join, log_handle_in = level_of_event)]
impl Chosen {
    fn join() -> Self {
        Chosen
    }

    #[handle_in("say")]
    fn say(&mut self) -> Reply {
        Reply::ok(json!({}))
    }
}

fn level_of_event(_: &str, event: &str) -> Option<Level> {
    (event == "say").then_some(Level::INFO)
}

fn level_of_join(topic: &str) -> Option<Level> {
    match topic {
        "chosen:panic" => panic!("as asked"),
        "chosen:silent" => None,
        _ => Some(Level::TRACE),
    }
}

fn levels(seen: &[Seen], name: &str) -> Vec<Level> {
    let named = seen.iter().filter(|seen| seen.name() == name);
    named.map(|seen| *seen.metadata.level()).collect()
}

#[tokio::test(start_paused = true)]
async fn a_channel_says_how_loud_it_is() {
    let log = Recorder::default();
    let _recording = log.start();
    let site = testing::start::<Site>().await;
    let client = site.connect("/socket").await.unwrap();
    assert!(levels(&log.take(), "landfall.socket.connected").is_empty());
    for (topic, join, said) in [
        ("by_default", Some(Level::INFO), Some(Level::DEBUG)),
        ("silent", None, None),
        ("loud", Some(Level::WARN), Some(Level::ERROR)),
        ("chosen:1", Some(Level::TRACE), Some(Level::INFO)),
        ("chosen:silent", None, Some(Level::INFO)),
        ("chosen:panic", None, Some(Level::INFO)),
        ("phoenix:1", None, None),
    ] {
        let room = client.join(topic, json!({})).await.unwrap();
        room.push("say", json!({})).await;
        let seen = log.take();
        let joined = levels(&seen, "landfall.channel.joined");
        assert_eq!(joined, join.into_iter().collect::<Vec<_>>(), "{topic}");
        let handled = levels(&seen, "landfall.channel.handled_in");
        assert_eq!(handled, said.into_iter().collect::<Vec<_>>(), "{topic}");
    }
    site.shutdown().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_request_has_a_line_in_and_a_line_out() {
    let log = Recorder::default();
    let _recording = log.start();
    let site = testing::start::<Site>().await;
    log.take();
    for (method, path, level) in [
        (Method::GET, "/hello?password=1", Some(Level::INFO)),
        (Method::POST, "/hello", Some(Level::WARN)),
        (Method::GET, "/quiet", None),
        (Method::GET, "/panics", None),
    ] {
        let answer = site.request(method.clone(), path).await;
        assert_eq!(answer.status(), 200);
        let seen = log.take();
        for name in ["landfall.request.received", "landfall.request.sent"] {
            assert_eq!(
                levels(&seen, name),
                level.into_iter().collect::<Vec<_>>(),
                "{path}"
            );
        }
        let Some(received) = seen.iter().find(|seen| seen.name().ends_with("received")) else {
            continue;
        };
        assert_eq!(received.value("message"), format!("{method} /hello"));
    }
    site.shutdown().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn what_is_sent_in_pieces_is_said_to_be() {
    let log = Recorder::default();
    let _recording = log.start();
    let site = testing::start::<Site>().await;
    let asked = tokio::time::timeout(std::time::Duration::from_millis(1), site.get("/stream"));
    assert!(asked.await.is_err(), "it never ends");
    let seen = log.take();
    let sent = seen
        .iter()
        .find(|seen| seen.name() == "landfall.request.sent")
        .unwrap();
    assert!(
        sent.value("message").starts_with("Chunked 200 in "),
        "{sent:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_request_has_a_name() {
    let log = Recorder::default();
    let _recording = log.start();
    let site = testing::start::<Site>().await;
    let fresh = site.get("/").await;
    let id = fresh.header("x-request-id").unwrap().to_owned();
    assert_eq!((id.len(), fresh.text()), (22, &*id));
    assert_ne!(site.get("/").await.text(), id);
    let given = "0123456789-0123456789";
    let known = site.get("/").header("x-request-id", given).await;
    assert_eq!(
        (known.text(), known.header("x-request-id")),
        (given, Some(given))
    );
    for unfit in ["short", &"x".repeat(201), "0123456789 0123456789"] {
        let answer = site.get("/").header("x-request-id", unfit).await;
        assert_ne!(answer.text(), unfit);
        assert_eq!(answer.text().len(), 22);
    }
    let spans = log.take_spans();
    let named = spans
        .iter()
        .filter(|span| span.name() == "landfall.request.id");
    assert!(named.clone().any(|span| span.value("request_id") == id));
    assert_eq!(named.count(), 6);
}
