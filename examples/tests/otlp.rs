//! What a collector gets of `otlp.rs`. A program of its own: it has one subscriber.

#[path = "../otlp.rs"]
#[expect(dead_code, reason = "its `main` is not called")]
mod otlp;

use std::time::Duration;

use landfall::testing;
use otlp::{Exporter, Web};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    sync::mpsc,
    time::timeout,
};
use tracing_subscriber::layer::SubscriberExt;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";

/// A collector: takes requests of OTLP over HTTP, and hands on their spans.
async fn collector() -> (String, mpsc::UnboundedReceiver<Value>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    let (spans, received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let (mut head, mut length) = (String::new(), 0);
            while !head.ends_with("\r\n\r\n") {
                let at = head.len();
                stream.read_line(&mut head).await.expect("a line");
                if let Some(value) = head[at..].strip_prefix("content-length: ") {
                    length = value.trim().parse().expect("a length");
                }
            }
            assert!(head.starts_with("POST /v1/traces HTTP/1.1\r\n"), "{head}");
            assert!(
                head.contains("content-type: application/json\r\n"),
                "{head}"
            );
            let mut body = vec![0; length];
            stream.read_exact(&mut body).await.expect("a body");
            let body: Value = serde_json::from_slice(&body).expect("JSON");
            let of = &body["resourceSpans"][0];
            assert_eq!(of["resource"]["attributes"][0]["key"], "service.name");
            for span in of["scopeSpans"][0]["spans"].as_array().expect("spans") {
                spans.send(span.clone()).expect("the test waits");
            }
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";
            stream.write_all(answer).await.expect("it reads");
        }
    });
    (address, received)
}

fn attribute<'a>(span: &'a Value, key: &str) -> &'a Value {
    let attributes = span["attributes"].as_array().expect("attributes");
    let found = attributes.iter().find(|attribute| attribute["key"] == key);
    &found.unwrap_or_else(|| panic!("no {key} in {span}"))["value"]
}

#[tokio::test]
async fn the_traceparent_of_a_connect_is_the_parent_of_its_span() {
    let (address, mut received) = collector().await;
    let exporter = Exporter::start(address);
    let subscriber = tracing_subscriber::registry().with(exporter.layer());
    tracing::subscriber::set_global_default(subscriber).expect("the first");

    let site = testing::start::<Web>().await;
    let traced = site
        .raw("/echo")
        .header("traceparent", &format!("00-{TRACE}-{PARENT}-01"));
    let mut client = traced.await.expect("a connection");
    client.send("ahoy");
    client.expect("ahoy").await;
    let alone = site.raw("/echo").await.expect("a connection");
    drop((client, alone));
    site.shutdown().await.expect("it stops");
    timeout(Duration::from_secs(10), exporter.flush())
        .await
        .expect("the collector answers");

    let mut spans = Vec::new();
    while let Ok(span) = received.try_recv() {
        spans.push(span);
    }
    let of =
        |name: &str| -> Vec<&Value> { spans.iter().filter(|span| span["name"] == name).collect() };
    let connects = of("landfall.socket.connect");
    let [traced, alone] = connects[..] else {
        panic!("two connects in {spans:?}")
    };
    assert_eq!(traced["traceId"], TRACE);
    assert_eq!(traced["parentSpanId"], PARENT);
    assert_eq!(traced["kind"], 2);
    assert_eq!(attribute(traced, "socket")["stringValue"], "Echo");
    assert_eq!(attribute(traced, "path")["stringValue"], "/echo");
    let time = |key: &str| -> u128 {
        let time = traced[key].as_str().expect("a time");
        time.parse().expect("nanoseconds")
    };
    assert!(time("startTimeUnixNano") <= time("endTimeUnixNano"));

    let requests = of("landfall.request");
    let [first, second] = requests[..] else {
        panic!("two requests in {spans:?}")
    };
    // Both spans of the traced client are below its own.
    assert_eq!(
        (&first["traceId"], &first["parentSpanId"]),
        (&traced["traceId"], &traced["parentSpanId"])
    );
    assert_eq!(
        attribute(first, "http.response.status_code")["intValue"],
        "101"
    );
    // Without the header, the request is the root of a trace of its own.
    assert_eq!(second["parentSpanId"], "");
    assert_eq!(alone["parentSpanId"], second["spanId"]);
    assert_eq!(alone["traceId"], second["traceId"]);
    assert_ne!(alone["traceId"], TRACE);
    assert_ne!(alone["spanId"], traced["spanId"]);
}
