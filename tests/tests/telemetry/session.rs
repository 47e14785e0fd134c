//! A session in which everything happens that has an event.

use std::{collections::BTreeSet, time::Duration};

use landfall::{
    Endpoint,
    pubsub::{NodeEvent, adapter::InProcess},
    telemetry::{EVENTS, EventLevel},
    testing::Site,
};
use serde_json::json;
use tokio::time::sleep;

use crate::{
    recorder::{Recorder, Seen},
    site::{self, CANARY, Web},
    table,
};

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

fn names(seen: &[Seen]) -> Vec<&'static str> {
    let names = seen.iter().map(|seen| seen.name());
    names
        .map(|name| name.trim_start_matches("landfall."))
        .collect()
}

/// Without the requests, whose order beside what they carry is theirs.
fn besides_requests(seen: &[Seen]) -> Vec<&'static str> {
    let mut names = names(seen);
    names.retain(|name| !name.starts_with("request."));
    names
}

/// Pages: one that is there, and one that fails.
async fn pages(site: &Site<Web>, log: &Recorder) -> Vec<Seen> {
    site.get("/hello?password=1")
        .header("traceparent", TRACE)
        .await;
    site.get("/fails").await;
    let seen = log.take();
    assert_eq!(
        names(&seen),
        [
            "request.start",
            "request.received",
            "request.sent",
            "request.stop",
            "request.start",
            "request.received",
            "request.error_rendered",
            "request.stop"
        ]
    );
    let [start, received, sent, stop, _, _, rendered, failed] = &seen[..] else {
        unreachable!()
    };
    assert_eq!(start.value("http.request.method"), "GET");
    assert_eq!(start.value("url.path"), "/hello");
    assert_eq!(start.value("network.protocol.version"), "1.1");
    assert_eq!(start.value("traceparent"), TRACE);
    assert_eq!(received.value("message"), "GET /hello");
    assert_eq!(sent.value("message").split(" in ").next(), Some("Sent 200"));
    assert_eq!(stop.value("http.response.status_code"), "200");
    assert_eq!(stop.value("http.response.body.size"), "4");
    assert_eq!(rendered.value("kind"), "error");
    assert_eq!(rendered.value("http.response.status_code"), "500");
    assert_eq!(failed.value("http.response.status_code"), "500");
    for seen in [start, stop, rendered, failed] {
        assert_eq!(seen.within, ["landfall.request"], "{}", seen.name());
    }
    assert_eq!(received.within, ["landfall.request.id", "landfall.request"]);
    seen
}

/// Connects: one that is accepted, refused, or fails.
async fn sockets(site: &Site<Web>, log: &Recorder) -> Vec<Seen> {
    let client = site
        .connect("/socket")
        .param("iban", CANARY)
        .param("name", "ann")
        .header("traceparent", TRACE);
    let client = client.await.unwrap();
    let stranger = site.connect("/socket").param("as", "stranger").await;
    assert_eq!(stranger.unwrap_err().status(), 403);
    let broken = site.connect("/socket").param("as", "broken").await;
    assert_eq!(broken.unwrap_err().status(), 500);
    client.disconnect().await;
    let seen = log.take();
    assert_eq!(
        besides_requests(&seen),
        [
            "socket.connected",
            "socket.refused",
            "socket.failed",
            "socket.closed"
        ]
    );
    assert_eq!(
        names(&seen)[..3],
        ["request.start", "socket.connected", "request.stop"]
    );
    let of = |name: &str| seen.iter().find(|seen| seen.name() == name).unwrap();
    let connected = of("landfall.socket.connected");
    assert!(
        connected
            .value("message")
            .starts_with("CONNECTED TO UserSocket in ")
    );
    assert_eq!(connected.value("traceparent"), TRACE);
    assert_eq!(connected.value("serializer"), "V2");
    assert_eq!(connected.value("path"), "/socket");
    assert_eq!(connected.value("transport"), "websocket");
    assert_eq!(
        connected.value("params"),
        r#"{"iban": "[FILTERED]", "name": "ann", "vsn": "2.0.0"}"#
    );
    let refused = of("landfall.socket.refused");
    assert_eq!(refused.value("reason"), "strangers stay outside");
    assert_eq!(refused.value("http.response.status_code"), "403");
    assert_eq!(
        of("landfall.socket.failed").value("error"),
        "the store is gone"
    );
    seen
}

/// Joins and messages.
async fn channels(site: &Site<Web>, log: &Recorder) -> Vec<Seen> {
    let client = site.connect("/socket").await.unwrap();
    let params = json!({"iban": CANARY, "name": "ann", "list": [{"password": CANARY}], "n": 7});
    let mut room = client.join("room:1", params).await.unwrap();
    assert!(
        client
            .join("room:secret", json!({"iban": CANARY}))
            .await
            .is_err()
    );
    assert!(client.join("room:broken", json!({})).await.is_err());
    room.push("say", json!({"text": "ahoy", "iban": CANARY}))
        .await;
    room.leave().await;
    let mut room = client.join("room:2", json!({})).await.unwrap();
    room.push("crash", json!({}));
    room.expect_error().await;
    client.disconnect().await;
    let seen = log.take();
    assert_eq!(
        besides_requests(&seen),
        [
            "socket.connected",
            "channel.joined",
            "channel.refused",
            "channel.failed",
            "channel.handled_in",
            "channel.ended",
            "channel.joined",
            "channel.ended",
            "socket.closed"
        ]
    );
    let of = |name: &str| seen.iter().find(|seen| seen.name() == name).unwrap();
    let joined = of("landfall.channel.joined");
    assert!(joined.value("message").starts_with("JOINED room:1 in "));
    assert_eq!(
        (joined.value("socket"), joined.value("channel")),
        ("UserSocket", "Room")
    );
    assert_eq!(
        joined.value("params"),
        r#"{"iban": "[FILTERED]", "list": [{"password": "[FILTERED]"}], "n": 7, "name": "ann"}"#
    );
    let refused = of("landfall.channel.refused");
    assert_eq!(refused.value("reply"), r#"{"reason": "unauthorized"}"#);
    assert_eq!(
        of("landfall.channel.failed").value("error"),
        "the store is gone"
    );
    let handled = of("landfall.channel.handled_in");
    let message = handled.value("message");
    assert!(
        message.starts_with("HANDLED say INCOMING ON room:1 (Room) in "),
        "{message}"
    );
    assert_eq!(
        handled.value("params"),
        r#"{"iban": "[FILTERED]", "text": "ahoy"}"#
    );
    seen
}

/// The same over longpoll.
async fn longpoll(site: &Site<Web>, log: &Recorder) -> Vec<Seen> {
    let client = site
        .connect("/socket")
        .param("iban", CANARY)
        .longpoll()
        .await
        .unwrap();
    let room = client
        .join("room:1", json!({"iban": CANARY}))
        .await
        .unwrap();
    room.push("say", json!({"iban": CANARY})).await;
    client.disconnect().await;
    // The session of a client that does not come back ends.
    sleep(Duration::from_secs(60)).await;
    let seen = log.take();
    assert_eq!(
        besides_requests(&seen),
        [
            "socket.connected",
            "channel.joined",
            "channel.handled_in",
            "socket.closed",
            "channel.ended"
        ]
    );
    assert_eq!(
        seen.iter()
            .find(|seen| seen.name().contains("connected"))
            .unwrap()
            .value("transport"),
        "longpoll"
    );
    seen
}

/// Another node comes, the broker goes and returns, and the other node leaves.
async fn nodes(site: &Site<Web>, broker: &InProcess, log: &Recorder) -> Vec<Seen> {
    let client = site.connect("/socket").await.unwrap();
    let mut room = client.join("room:1", json!({})).await.unwrap();
    let mut known = site.node_events();
    log.take();
    let other = |settings: &mut landfall::config::Settings| {
        settings.pubsub.node = landfall::config::Setting::given("there");
    };
    let other = Web::builder()
        .adapter(broker.clone())
        .settings(other)
        .server(false)
        .start();
    let other = other.await.unwrap();
    assert!(matches!(known.recv().await, Some(NodeEvent::Up(_))));
    broker.disconnect().await;
    sleep(Duration::from_secs(1)).await;
    broker.reconnect().await;
    room.expect_error().await;
    sleep(Duration::from_secs(5)).await;
    other.shutdown().await.unwrap();
    assert!(matches!(known.recv().await, Some(NodeEvent::Down(_))));
    client.disconnect().await;
    let seen = log.take();
    let found: BTreeSet<_> = names(&seen)
        .into_iter()
        .filter(|name| name.starts_with("pubsub."))
        .collect();
    let expected = ["broker_down", "broker_up", "gap", "node_down", "node_up"];
    assert_eq!(
        found.into_iter().collect::<Vec<_>>(),
        expected.map(|name| format!("pubsub.{name}"))
    );
    let gap = seen
        .iter()
        .find(|seen| seen.name() == "landfall.pubsub.gap")
        .unwrap();
    assert_ne!(gap.value("topics"), "0");
    seen
}

/// The end, with two sockets to drain.
async fn end(site: Site<Web>, log: &Recorder) -> Vec<Seen> {
    let first = site.connect("/socket").await.unwrap();
    let second = site.connect("/socket").await.unwrap();
    first.join("room:1", json!({})).await.unwrap();
    log.take();
    site.shutdown().await.unwrap();
    drop((first, second));
    let seen = log.take();
    let found = besides_requests(&seen);
    assert_eq!(
        found[..2],
        ["endpoint.stopping", "socket.drain"],
        "{found:?}"
    );
    assert_eq!(found.last(), Some(&"endpoint.stopped"));
    for (name, times) in [
        ("socket.drain", 1),
        ("socket.drain_batch", 2),
        ("socket.closed", 2),
        ("channel.ended", 1),
    ] {
        assert_eq!(
            found.iter().filter(|found| **found == name).count(),
            times,
            "{name} in {found:?}"
        );
    }
    let drain = seen
        .iter()
        .find(|seen| seen.name() == "landfall.socket.drain")
        .unwrap();
    assert_eq!((drain.value("total"), drain.value("rounds")), ("2", "2"));
    assert_eq!(seen.last().unwrap().value("cut"), "0");
    seen
}

#[tokio::test(start_paused = true)]
async fn everything_that_happens_is_told_as_documented() {
    let log = Recorder::default();
    let _recording = log.start();
    let broker = InProcess::new();
    let site = site::start(&broker).await;
    let mut all = log.take();
    assert_eq!(names(&all), ["endpoint.started"]);
    all.extend(pages(&site, &log).await);
    all.extend(sockets(&site, &log).await);
    all.extend(channels(&site, &log).await);
    all.extend(longpoll(&site, &log).await);
    site.reload().await.unwrap();
    all.extend(nodes(&site, &broker, &log).await);
    all.extend(end(site, &log).await);
    is_as_documented(&all);
    spans_are_as_documented(&log.take_spans());
}

fn is_as_documented(all: &[Seen]) {
    let rows = table::events();
    for seen in all {
        let row = rows.iter().find(|row| row.name == seen.name()).unwrap();
        assert_eq!(seen.metadata.target(), row.target, "{}", row.name);
        assert_eq!(seen.fields(), row.fields, "{}", row.name);
        let event = EVENTS
            .iter()
            .find(|event| event.name == seen.name())
            .unwrap();
        if let EventLevel::Fixed(level) = event.level {
            assert_eq!(*seen.metadata.level(), level, "{}", row.name);
        }
        // The first word, where a method stands for all.
        let said = seen.value("message").replace("POST", "GET");
        let begins = |message: &String| message.split(' ').next() == said.split(' ').next();
        assert!(row.messages.iter().any(begins), "{}: {said}", row.name);
        for (field, value) in &seen.values {
            assert!(!value.contains(CANARY), "{field} of {}: {value}", row.name);
        }
        if seen.fields().contains(&"duration") {
            assert!(seen.value("duration").ends_with('s'), "{}", row.name);
        }
    }
    let told: BTreeSet<_> = all.iter().map(|seen| seen.name()).collect();
    let documented: BTreeSet<_> = EVENTS.iter().map(|event| event.name).collect();
    // That of the reload is told by another thread.
    let rest: Vec<_> = documented.difference(&told).collect();
    assert_eq!(rest, [&"landfall.endpoint.reloaded"]);
}

fn spans_are_as_documented(spans: &[Seen]) {
    for cells in table::rows("span") {
        let name = table::quoted(&cells[0]).remove(0);
        let spans: Vec<_> = spans.iter().filter(|span| span.name() == name).collect();
        assert!(!spans.is_empty(), "{name}");
        for span in &spans {
            assert_eq!(span.metadata.target(), table::quoted(&cells[1])[0]);
            assert_eq!(
                span.metadata.level().as_str().to_ascii_lowercase(),
                cells[2]
            );
            assert_eq!(span.fields(), table::quoted(&cells[4]));
        }
        let traced = spans
            .iter()
            .filter(|span| span.value("traceparent") == TRACE);
        let expected = match &*name {
            "landfall.request" => 2,
            "landfall.socket.connect" => 1,
            _ => 0,
        };
        assert_eq!(traced.count(), expected, "{name}");
    }
}

/// A reload runs on a thread that may block: the recorder listens everywhere.
#[test]
fn a_reload_is_told() {
    let log = Recorder::default();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .on_thread_start({
            let log = log.clone();
            move || std::mem::forget(log.start())
        })
        .build()
        .unwrap();
    let _recording = log.start();
    let broker = InProcess::new();
    runtime.block_on(async {
        let web = Web::builder()
            .adapter(broker)
            .server(false)
            .start()
            .await
            .unwrap();
        log.take();
        web.reload().await.unwrap();
        let host = |settings: &mut landfall::config::Settings| {
            settings.pubsub.node = landfall::config::Setting::given("elsewhere");
        };
        assert!(web.reload_with(host).await.is_err());
        let told: Vec<_> = log
            .take()
            .iter()
            .map(|seen| (seen.name(), seen.fields(), seen.value("result").to_owned()))
            .collect();
        let row = |result: &str| {
            (
                "landfall.endpoint.reloaded",
                vec!["endpoint", "result", "duration"],
                result.to_owned(),
            )
        };
        assert_eq!(told, [row("ok"), row("error")]);
        web.shutdown().await.unwrap();
    });
}
