//! The messages of failing tests.

use std::time::Duration;

use landfall::{
    config::Setting,
    testing::{self, Channel, Raw, Site},
};
use serde_json::{Value, json};

use crate::testing::chat::Chat;

async fn site() -> Site<Chat> {
    testing::start::<Chat>().await
}

async fn room() -> (Site<Chat>, Channel) {
    let site = site().await;
    let client = site
        .connect("/socket")
        .param("token", "ann")
        .await
        .expect("a connection");
    let room = client.join("room:1", json!({})).await.expect("joined");
    (site, room)
}

async fn echo() -> (Site<Chat>, Raw) {
    let site = site().await;
    let echo = site.raw("/echo/ann").await.expect("a connection");
    (site, echo)
}

/// The text of a panic, which names a line of this file.
async fn told<F: Future<Output: Send> + Send + 'static>(test: F) -> String {
    let Err(failed) = tokio::spawn(async move { drop(test.await) }).await else {
        panic!("the test passed")
    };
    let panic = failed.into_panic();
    let text = panic.downcast_ref::<String>().expect("a text").clone();
    let Some((text, at)) = text.rsplit_once("\n    at ") else {
        return text;
    };
    assert!(at.contains("failures.rs:"), "{at}");
    text.to_owned()
}

#[tokio::test(start_paused = true)]
async fn what_came_instead() {
    let nothing = told(async {
        let (_site, mut room) = room().await;
        room.expect("news").await
    });
    let text = "expected `news` on `room:1`, but it did not come within 5s; nothing else came";
    assert_eq!(nothing.await, text);
    let unsendable = told(async {
        let (site, mut room) = room().await;
        site.broadcast("room:1", "news", "only text").expect("room");
        room.expect("news").await
    });
    let text = "expected `news` on `room:1`, but it did not come within 5s; nothing else came; help: a broadcast has \
        no form for channels: their payloads are objects or bytes";
    assert_eq!(unsendable.await, text);
    let others = told(async {
        let (site, mut room) = room().await;
        room.push("count", 2).await;
        site.broadcast("room:1", "other", json!({})).expect("room");
        room.expect("news").await
    });
    let text = "expected `news` on `room:1`, but it did not come within 5s; what came instead:\
        \n    `number` with {\"n\":1}\n    `number` with {\"n\":2}\n    `other` with {}";
    assert_eq!(others.await, text);
    let many = told(async {
        let (_site, mut room) = room().await;
        room.push("count", 30).await;
        room.expect("news").await
    });
    assert!(
        many.await
            .ends_with("\n    `number` with {\"n\":20}\n    and 10 more")
    );
}

#[tokio::test(start_paused = true)]
async fn ends_that_come_instead() {
    let crashed = told(async {
        let (_site, mut room) = room().await;
        room.push("crash", json!({}));
        room.expect("news").await
    });
    let text =
        "expected `news` on `room:1`, but the channel ended with `phx_error`; nothing else came";
    assert_eq!(crashed.await, text);
    let disconnected = told(async {
        let (site, mut room) = room().await;
        site.broadcast("users:ann", "disconnect", json!({}))
            .expect("room");
        room.recv().await
    });
    let text =
        "expected a push on `room:1`, but the connection closed with 1001; nothing else came";
    assert_eq!(disconnected.await, text);
    let wrong = told(async {
        let (_site, mut room) = room().await;
        room.push("crash", json!({}));
        room.expect_close().await;
    });
    assert_eq!(
        wrong.await,
        "expected `phx_close` on `room:1`, but the channel ended with `phx_error`"
    );
    let none = told(async {
        let (_site, mut room) = room().await;
        room.expect_error().await;
    });
    let text = "expected `phx_error` on `room:1`, but it did not come within 5s; nothing else came";
    assert_eq!(none.await, text);
}

#[tokio::test(start_paused = true)]
async fn replies() {
    let none = told(async {
        let (_site, room) = room().await;
        room.push("nothing", json!({})).await
    });
    let text = "expected a reply to `nothing` on `room:1`, but it did not come within 5s\
        \n    help: a handler that replies nothing is not waited for: do not await the push";
    assert_eq!(none.await, text);
    let other = told(async {
        let (_site, room) = room().await;
        room.push("fail", json!({})).await.ok::<Value>()
    });
    let text =
        "expected the reply `ok` to `fail` on `room:1`, got `error` with {\"reason\":\"as asked\"}";
    assert_eq!(other.await, text);
    let shape = told(async {
        let (_site, room) = room().await;
        room.push("ping", "text").await.ok::<u32>()
    });
    let text = "the payload of the reply to `ping` on `room:1` is not `u32`: \
        invalid type: string \"text\", expected u32 at line 1 column 6\n    it is \"text\"";
    assert_eq!(shape.await, text);
    let some = told(async {
        let (_site, room) = room().await;
        room.push("ping", 1).expect_no_reply().await;
    });
    assert_eq!(
        some.await,
        "expected no reply to `ping` on `room:1`, got `ok` with 1"
    );
    let closed = told(async {
        let (site, room) = room().await;
        let push = room.push("later", json!({}));
        site.broadcast("users:ann", "disconnect", json!({}))
            .expect("room");
        push.await
    });
    let text = "expected a reply to `later` on `room:1`, but the connection closed with 1001";
    assert_eq!(closed.await, text);
    let join = told(async {
        let (_site, room) = room().await;
        let _ = room.client().join("room:asleep", json!({})).await;
    });
    assert!(
        join.await
            .starts_with("expected a reply to the join of `room:asleep`, but it did not come")
    );
}

#[tokio::test(start_paused = true)]
async fn what_should_not_have_come() {
    let pushed = told(async {
        let (_site, mut room) = room().await;
        room.push("count", 1).await;
        room.expect_nothing().await;
    });
    assert_eq!(
        pushed.await,
        "expected nothing on `room:1`, got\n    `number` with {\"n\":1}"
    );
    let of_an_event = told(async {
        let (_site, mut room) = room().await;
        room.push("count", 2).await;
        room.expect_no("other").await;
        room.expect_no("number").await;
    });
    assert!(
        of_an_event
            .await
            .starts_with("expected no `number` on `room:1`, got\n    `number` with")
    );
    let ended = told(async {
        let (_site, mut room) = room().await;
        room.push("stop", json!({}));
        room.expect_nothing().await;
    });
    assert_eq!(
        ended.await,
        "expected nothing on `room:1`, got\n    the channel ended with `phx_close`"
    );
    let broadcast = told(async {
        let site = site().await;
        let mut topic = site.listen("room:1");
        site.broadcast("room:1", "news", json!({"n": 1}))
            .expect("room");
        topic.expect_nothing().await;
    });
    let text = "expected no broadcast on `room:1`; what came instead:\n    `news` with {\"n\":1}";
    assert_eq!(broadcast.await, text);
    let no_broadcast = told(async {
        let site = site().await;
        site.listen("room:1").expect("news").await
    });
    let text = "expected the broadcast `news` on `room:1`, but it did not come within 5s; nothing else came";
    assert_eq!(no_broadcast.await, text);
}

#[tokio::test(start_paused = true)]
async fn raw_sockets() {
    let other = told(async {
        let (_site, mut echo) = echo().await;
        echo.send("b\n");
        echo.expect("a").await;
    });
    assert_eq!(other.await, r#"expected "a" of `/echo/ann`, got "b\n""#);
    let bytes = told(async {
        let (_site, mut echo) = echo().await;
        echo.send(vec![1, 2]);
        echo.expect_nothing().await;
    });
    assert_eq!(
        bytes.await,
        r#"expected nothing of `/echo/ann`, got
    2 bytes: b"\x01\x02""#
    );
    let none = told(async {
        let (_site, mut echo) = echo().await;
        echo.recv().await
    });
    let text =
        "expected a message of `/echo/ann`, but it did not come within 5s; nothing else came";
    assert_eq!(none.await, text);
    let code = told(async {
        let (_site, mut echo) = echo().await;
        echo.send("bye");
        echo.expect_close(1000).await
    });
    let text = "expected the connection to close with 1000, and it closed with 4001 (see you)";
    assert_eq!(code.await, text);
    let closed = told(async {
        let (_site, mut echo) = echo().await;
        echo.send("bye");
        echo.closed().await;
        echo.send("too late");
    });
    let text = "a message to `/echo/ann` was not sent: the connection closed with 4001 (see you)";
    assert_eq!(closed.await, text);
}

#[tokio::test(start_paused = true)]
async fn pages_and_starts() {
    let asleep = told(async { site().await.get("/asleep").await });
    assert_eq!(asleep.await, "`GET /asleep` was not answered within 5s");
    let stopped = told(async {
        let site = site().await;
        site.shutdown().await.expect("a clean end");
        site.get("/").await
    });
    assert_eq!(
        stopped.await,
        "`GET /` failed: nobody listens: the endpoint has stopped"
    );
    let relative = told(async { site().await.get("page").await });
    assert_eq!(
        relative.await,
        "a path begins with `/`, and `page` does not"
    );
    let json = told(async { site().await.get("/nowhere").await.parse::<Value>() });
    assert!(json.await.ends_with("\n    it is no such page"));
    let start = told(async {
        testing::start::<Chat>()
            .settings(|settings| settings.url.host = Setting::given("a b"))
            .await;
    });
    let start = start.await;
    assert!(
        start.starts_with("Chat did not start: ") && start.contains("host"),
        "{start}"
    );
}

/// A test that never reads is told so. Messages beyond a limit are dropped.
#[tokio::test(start_paused = true)]
async fn too_much_that_is_not_read() {
    let text = told(async {
        let (_site, mut room) = room().await;
        for _ in 0..11 {
            room.push("count", 1_000).await;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        room.expect("news").await
    });
    assert_eq!(
        text.await,
        "the test left 10000 messages unread, and 1000 more are lost"
    );
}

#[tokio::test(start_paused = true)]
async fn errors_that_were_not_sent() {
    let fine = told(async { site().await.get("/method").assert_error_sent(500).await });
    let text = "expected an error with 500 Internal Server Error of `GET /method`: no error was sent: the response is 200 OK \"GET\"";
    assert_eq!(fine.await, text);
    let own = told(async { site().await.get("/nowhere").assert_error_sent(404).await });
    assert!(
        own.await
            .ends_with("no error was sent: the response is 404 Not Found no such page")
    );
    let other = told(async { site().await.get("/gone").assert_error_sent(404).await });
    let text = "expected an error with 404 Not Found of `GET /gone`: it is 410 Gone, for this error: it has moved";
    assert_eq!(other.await, text);
}

#[tokio::test(start_paused = true)]
async fn a_socket_of_another_type_is_given() {
    let given = told(async {
        site()
            .await
            .connect("/socket")
            .param("token", "ann")
            .socket(7)
            .await
    });
    assert_eq!(given.await, "the socket at `/socket` is not a `i32`");
}

#[tokio::test(start_paused = true)]
async fn a_broadcast_that_should_not_have_come() {
    let heard = told(async {
        let site = site().await;
        let mut topic = site.listen("room:1");
        site.broadcast("room:1", "other", json!({})).expect("room");
        site.broadcast("room:1", "news", json!({"n": 1}))
            .expect("room");
        topic.expect_no("news").await;
    });
    let text = "expected no broadcast `news` on `room:1`, got\n    `news` with {\"n\":1}";
    assert_eq!(heard.await, text);
}
