//! Channels, over both transports.

use std::time::Duration;

use landfall::{
    pubsub::PubSub,
    testing::{self, Client, Connect, Site},
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::testing::chat::{Chat, UserSocket};

/// The patience of tests whose clock runs. The machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

fn by_websocket(connect: Connect<Client>) -> Connect<Client> {
    connect
}

fn by_longpoll(connect: Connect<Client>) -> Connect<Client> {
    connect.longpoll()
}

/// Makes a test of each function for each transport.
macro_rules! on_both {
    ($($test:ident)*) => { $(
        mod $test {
            #[tokio::test(start_paused = true)]
            async fn websocket() {
                super::$test(super::by_websocket).await;
            }

            #[tokio::test(start_paused = true)]
            async fn longpoll() {
                super::$test(super::by_longpoll).await;
            }
        }
    )* };
}

on_both! {
    transports_and_serializers
    given_sockets
    pushes_and_replies broadcasts joins ends connect_info refused_connections disconnected
    several_channels everything_stops many_messages left_channels shared_topics
}

type By = fn(Connect<Client>) -> Connect<Client>;

async fn client(site: &Site<Chat>, name: &str, by: By) -> Client {
    by(site.connect("/socket").param("token", name))
        .await
        .expect("a connection")
}

async fn pushes_and_replies(by: By) {
    #[derive(Debug, PartialEq, Deserialize)]
    struct Number {
        n: u32,
    }

    let site = testing::start::<Chat>().await;
    let alice = client(&site, "alice", by).await;
    let mut room = alice.join("room:1", json!({})).await.expect("joined");
    assert_eq!(
        room.push("ping", json!({"a": [1, "é"]}))
            .await
            .ok::<Value>(),
        json!({"a": [1, "é"]})
    );
    assert_eq!(room.push("ping", Some(7)).await.ok::<u32>(), 7);
    assert_eq!(
        room.push("fail", json!({})).await.error::<Value>(),
        json!({"reason": "as asked"})
    );
    assert_eq!(
        room.push("later", json!({})).await.ok::<Value>(),
        json!({"after": 1})
    );
    assert_eq!(room.push("count", 3).await.status(), "ok");
    assert_eq!(room.recv().await.parse::<Number>(), Number { n: 1 });
    assert_eq!(
        room.expect("number").await.parse::<Number>(),
        Number { n: 2 }
    );
    let last = room.recv().await;
    assert_eq!(
        (last.topic(), last.event(), last.is_broadcast()),
        ("room:1", "number", false)
    );
    assert_eq!(last.to_string(), r#"`number` with {"n":3}"#);
    room.push("nothing", json!({})).expect_no_reply().await;
    room.expect_nothing().await;
}

async fn transports_and_serializers(by: By) {
    let site = testing::start::<Chat>().await;
    let client = client(&site, "ann", by).await;
    let room = client.join("room:1", json!({})).await.expect("joined");
    let told = room.push("by", json!({})).await.ok::<Value>();
    assert_eq!(told["serializer"], "V2");
    assert_eq!(
        told["transport"],
        room.joined().parse::<Value>()["transport"]
    );
}

async fn given_sockets(by: By) {
    let site = testing::start::<Chat>().await;
    let socket = |name: &str| UserSocket {
        name: name.to_owned(),
        told: json!({"given": name}),
    };
    // `connect` would refuse without a token.
    let ann = by(site.connect("/socket").socket(socket("ann"))).await;
    let ann = ann.expect("a connection");
    let mut room = ann.join("room:1", json!({})).await.expect("joined");
    assert_eq!(room.joined().parse::<Value>(), json!({"given": "ann"}));
    room.push("shout", "hello");
    let shouted = room.expect("shouted").await.parse::<Value>();
    assert_eq!(shouted, json!({"by": "ann", "text": "hello"}));
    site.broadcast("users:ann", "disconnect", json!({}))
        .expect("room");
    ann.closed().await;

    let foreign = by(site
        .connect("/socket")
        .socket(socket("bob"))
        .origin("https://evil.example"));
    assert_eq!(foreign.await.expect_err("another origin").status(), 403);
    let refused = by(site.connect("/socket")).await;
    assert_eq!(refused.expect_err("without a token").status(), 403);
}

async fn broadcasts(by: By) {
    let site = testing::start::<Chat>().await;
    let (alice, bob) = (
        client(&site, "alice", by).await,
        client(&site, "bob", by).await,
    );
    let mut topic = site.listen("room:1");
    let mut alices = alice.join("room:1", json!({})).await.expect("joined");
    let mut bobs = bob.join("room:1", json!({})).await.expect("joined");
    alices.push("shout", "hello");
    let expected = json!({"by": "alice", "text": "hello"});
    for heard in [
        bobs.expect("shouted").await,
        alices.recv().await,
        topic.expect("shouted").await,
    ] {
        assert!(heard.is_broadcast());
        assert_eq!(heard.parse::<Value>(), expected);
    }
    bobs.push("shout_from", json!({}));
    assert_eq!(
        alices.expect("shouted").await.parse::<Value>(),
        json!({"by": "bob"})
    );
    bobs.expect_nothing().await;
    topic.expect("shouted").await;
    topic.expect_nothing().await;

    site.broadcast("room:1", "first", json!({"n": 1}))
        .expect("room");
    site.broadcast("room:1", "second", json!({"n": 2}))
        .expect("room");
    site.broadcast("room:2", "third", json!({})).expect("room");
    assert_eq!(
        bobs.expect("second").await.parse::<Value>(),
        json!({"n": 2})
    );
    bobs.expect_no("second").await;
    topic.expect_no("third").await;
    assert_eq!(
        bobs.expect("first").await.parse::<Value>(),
        json!({"n": 1}),
        "what came before is kept"
    );
    assert_eq!(topic.expect("second").await.event(), "second");
    assert_eq!(topic.expect("first").await.event(), "first");
    bobs.expect_nothing().await;
}

async fn joins(by: By) {
    let site = testing::start::<Chat>().await;
    let alice = client(&site, "alice", by).await;
    let refused = alice
        .join("room:secret", json!({}))
        .await
        .expect_err("a secret");
    assert_eq!(refused.parse::<Value>(), json!({"reason": "unauthorized"}));
    assert_eq!(
        refused.to_string(),
        r#"joining `room:secret` was refused: {"reason":"unauthorized"}"#
    );
    let unknown = alice
        .join("nowhere", json!({}))
        .await
        .expect_err("no channel");
    assert_eq!(
        unknown.reply().error::<Value>(),
        json!({"reason": "unmatched topic"})
    );
    alice.heartbeat().await;
}

async fn ends(by: By) {
    let site = testing::start::<Chat>().await;
    let alice = client(&site, "alice", by).await;
    let mut stopped = alice.join("room:1", json!({})).await.expect("joined");
    let mut crashed = alice.join("room:2", json!({})).await.expect("joined");
    let mut twice = alice.join("room:3", json!({})).await.expect("joined");
    stopped.push("stop", json!({}));
    stopped.expect_close().await;
    crashed.push("crash", json!({}));
    crashed.expect_error().await;
    crashed.expect_nothing().await;
    let mut again = alice.join("room:3", json!({})).await.expect("joined");
    twice.expect_close().await;
    again.expect_nothing().await;
    assert_eq!(again.push("ping", 1).await.ok::<u32>(), 1);
    // The ends of channels are kept after the disconnect.
    alice.disconnect().await;
    stopped.expect_close().await;
    crashed.expect_error().await;
}

async fn left_channels(by: By) {
    let site = testing::start::<Chat>().await;
    let alice = client(&site, "alice", by).await;
    let mut room = alice.join("room:1", json!({})).await.expect("joined");
    room.leave().await;
    site.broadcast("room:1", "news", json!({})).expect("room");
    room.expect_nothing().await;
    room.expect_close().await;
    assert_eq!(
        room.push("ping", 1).await.error::<Value>(),
        json!({"reason": "unmatched topic"})
    );
}

async fn several_channels(by: By) {
    let site = testing::start::<Chat>().await;
    let mut one = client(&site, "alice", by)
        .await
        .join("room:1", json!({}))
        .await
        .expect("joined");
    // The connection lives as long as any of its channels.
    let mut two = one
        .client()
        .join("room:2", json!({}))
        .await
        .expect("joined");
    site.broadcast("room:2", "news", json!({})).expect("room");
    two.expect("news").await;
    one.expect_nothing().await;
    drop(one);
    assert_eq!(
        (two.topic(), two.push("ping", 1).await.ok::<u32>()),
        ("room:2", 1)
    );
    assert_eq!(site.stats().connections, 1);
}

/// Each join receives its own messages and those of the topic.
async fn shared_topics(by: By) {
    let site = testing::start::<Chat>().await;
    let (alice, bob) = (
        client(&site, "alice", by).await,
        client(&site, "bob", by).await,
    );
    let mut rooms = [
        alice.join("room:1", json!({})).await.expect("joined"),
        bob.join("room:1", json!({})).await.expect("joined"),
    ];
    rooms[0].push("count", 1).await;
    rooms[1].expect_nothing().await;
    rooms[0].expect("number").await;
    let replies = [
        rooms[0].push("ping", 1),
        rooms[1].push("ping", 2),
        rooms[0].push("ping", 3),
    ];
    let mut told = Vec::new();
    for reply in replies {
        told.push(reply.await.ok::<u32>());
    }
    assert_eq!(told, [1, 2, 3]);
}

async fn connect_info(by: By) {
    let site = testing::start::<Chat>().await;
    let connect = site
        .connect("/socket?vsn=2.0.0&token=a%20b")
        .header("x-forwarded-for", "203.0.113.7");
    let connect = connect
        .peer(([198, 51, 100, 1], 5000))
        .origin("https://chat.example");
    let client = by(connect).await.expect("a connection");
    let told: Value = client
        .join("room:1", json!({}))
        .await
        .expect("joined")
        .joined()
        .ok();
    assert_eq!(
        (&told["peer"], &told["forwarded"]),
        (&json!("198.51.100.1:5000"), &json!("203.0.113.7"))
    );
    site.broadcast("users:a b", "disconnect", json!({}))
        .expect("room");
    client.closed().await;

    let by_token = by(site.connect("/socket").auth_token("carol"))
        .await
        .expect("a connection");
    site.broadcast("users:carol", "disconnect", json!({}))
        .expect("room");
    by_token.closed().await;
}

async fn refused_connections(by: By) {
    let site = testing::start::<Chat>().await;
    let refused = by(site.connect("/socket").param("token", "nobody"))
        .await
        .expect_err("nobody");
    assert_eq!(refused.status(), 403);
    let refused = by(site
        .connect("/socket")
        .param("token", "a")
        .param("vsn", "9.0.0"))
    .await;
    assert_eq!(refused.expect_err("no such version").status(), 403);
    let refused = by(site
        .connect("/socket")
        .param("token", "a")
        .origin("https://evil.example"))
    .await;
    assert_eq!(refused.expect_err("another page").status(), 403);
    let refused = by(site.connect("/nowhere"))
        .await
        .expect_err("no such socket");
    assert_eq!(
        (refused.status().as_u16(), refused.response().text()),
        (404, "no such page")
    );
    assert_eq!(
        refused.to_string(),
        "the connection was refused with 404 Not Found: no such page"
    );
}

async fn disconnected(by: By) {
    let site = testing::start::<Chat>().await;
    let alice = client(&site, "alice", by).await;
    let mut room = alice.join("room:1", json!({})).await.expect("joined");
    let code = if alice.response().status() == 101 {
        1001
    } else {
        3410
    };
    site.broadcast("users:alice", "disconnect", json!({}))
        .expect("room");
    let closed = alice.expect_close(code).await;
    assert_eq!(alice.closed().await, closed);
    assert!(std::panic::catch_unwind(|| room.push("ping", 1)).is_err());
    let missing = tokio::spawn(async move { room.expect("news").await }).await;
    assert!(missing.is_err());

    let bob = client(&site, "bob", by).await;
    assert_eq!(bob.disconnect().await.code(), 1000);
}

async fn everything_stops(by: By) {
    let site = testing::start::<Chat>().await;
    let alice = client(&site, "alice", by).await;
    let room = alice.join("room:1", json!({})).await.expect("joined");
    let running = site.clone();
    site.shutdown().await.expect("a clean end");
    let code = if alice.response().status() == 101 {
        1012
    } else {
        alice.closed().await.code()
    };
    alice.expect_close(code).await;
    drop((alice, room, site));
    assert_eq!((running.stats().connections, running.stats().tasks), (0, 0));
}

async fn many_messages(by: By) {
    let site = testing::start::<Chat>().await;
    let alice = client(&site, "alice", by).await;
    let mut room = alice.join("room:1", json!({})).await.expect("joined");
    // More pushes than a longpoll client may send in one request.
    let pushes: Vec<_> = (0..250).map(|number| room.push("ping", number)).collect();
    for (number, push) in pushes.into_iter().enumerate() {
        assert_eq!(push.await.ok::<usize>(), number);
    }
    room.push("count", 2_000).await;
    for number in 1..=2_000 {
        assert_eq!(room.recv().await.parse::<Value>(), json!({"n": number}));
    }
}

#[tokio::test(start_paused = true)]
async fn bytes() {
    let site = testing::start::<Chat>().await;
    let mut rooms = Vec::new();
    for by in [by_websocket, by_longpoll] {
        let room = client(&site, "alice", by)
            .await
            .join("room:1", json!({}))
            .await;
        rooms.push(room.expect("joined"));
    }
    let [websocket, longpoll] = &mut rooms[..] else {
        panic!("two rooms")
    };
    assert_eq!(
        websocket.push_binary("ping", b"\x00[\xff").await.bytes(),
        &b"\x00[\xff"[..]
    );
    websocket.push("picture", json!({}));
    assert_eq!(websocket.expect("picture").await.bytes(), &b"pushed"[..]);
    // Longpoll carries bytes to the server, and not back.
    for room in [websocket, &mut *longpoll] {
        assert_eq!(
            room.push_binary("size", b"\x00[\xff").await.ok::<usize>(),
            3
        );
    }
    let refused = longpoll.push_binary("ping", b"1").await;
    assert_eq!(
        refused.error::<Value>(),
        json!({"reason": "internal error"})
    );
}

#[tokio::test]
async fn on_a_clock_that_runs() {
    let site = testing::start::<Chat>().patience(PATIENCE).await;
    for by in [by_websocket, by_longpoll] {
        let mut room = client(&site, "alice", by)
            .await
            .join("room:1", json!({}))
            .await
            .expect("joined");
        assert_eq!(room.push("ping", 1).await.ok::<u32>(), 1);
        room.push("shout", "hello");
        room.expect("shouted").await;
        room.leave().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_several_threads() {
    let site = testing::start::<Chat>().patience(PATIENCE).await;
    let clients = (0..20).map(|number| {
        let connect = if number % 2 == 0 {
            by_websocket
        } else {
            by_longpoll
        };
        let connecting =
            connect(site.connect("/socket").param("token", &number.to_string())).into_future();
        tokio::spawn(async move {
            let mut room = connecting
                .await
                .expect("a connection")
                .join("room:1", json!({}))
                .await
                .expect("joined");
            for number in 0..20 {
                assert_eq!(room.push("ping", number).await.ok::<u32>(), number);
            }
            room.leave().await;
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.expect("no panic");
    }
}

#[tokio::test(start_paused = true)]
async fn sites_that_share_their_topics() {
    let pubsub = PubSub::new();
    let here = testing::start::<Chat>().pubsub(pubsub.clone()).await;
    let there = testing::start::<Chat>().pubsub(pubsub).await;
    let mut room = client(&there, "ann", by_websocket)
        .await
        .join("room:1", json!({}))
        .await
        .expect("joined");
    here.broadcast("room:1", "news", json!({})).expect("room");
    room.expect("news").await;
}
