//! Request bodies: what becomes a message, and what is refused.

use landfall_tests::{
    longpoll::{Answer, Poller, post},
    wire::{Connection, Request, Response},
};
use tokio::io::DuplexStream;

use super::site::{Harbour, start};

async fn client() -> (Harbour, Poller<DuplexStream>) {
    let harbour = start().await;
    let client = harbour.open("/narrow/longpoll").await;
    (harbour, client)
}

/// A request with that body, written as it is.
async fn raw(harbour: &Harbour, token: &str, head: &str, body: &[u8]) -> Response {
    let mut connection = Connection::through(&harbour.network).await;
    let head = format!(
        "POST /narrow/longpoll?token={token} HTTP/1.1\r\nhost: localhost\r\n{head}\r\n\r\n"
    );
    connection.write(&[head.as_bytes(), body].concat()).await;
    connection.response(false).await.expect("an answer")
}

#[tokio::test(start_paused = true)]
async fn one_message_a_line() {
    let (_harbour, mut client) = client().await;
    // A line that begins with a bracket is text. Every other line is base64 of bytes.
    assert_eq!(client.say_all("[\"1\",2]\r\nAQID\n[3]").await, 200);
    assert_eq!(
        client.messages(3).await,
        ["[\"1\",2]", "binary [1, 2, 3]", "[3]"]
    );
}

#[tokio::test(start_paused = true)]
async fn empty_lines_are_no_messages() {
    let (_harbour, mut client) = client().await;
    for body in ["", "\n", "\r\n\r\n\n", "\n[1]\n\n", "[2]\r\n"] {
        assert_eq!(client.say_all(body).await, 200, "{body:?}");
    }
    assert_eq!(client.messages(2).await, ["[1]", "[2]"]);
}

#[tokio::test(start_paused = true)]
async fn of_any_other_type_the_body_is_one_message() {
    let (_harbour, mut client) = client().await;
    let token = client.token.clone();
    let post = |text| post("/narrow/longpoll", &token, text);
    let plain = post("[1]\n[2]");
    for request in [
        plain.clone(),
        plain.clone().header("content-type", "text/plain"),
        plain
            .clone()
            .header("content-type", "text/plain; was=application/x-ndjson"),
        plain
            .header("content-type", "application/x-ndjson")
            .header("content-type", "text/plain"),
        post(""),
    ] {
        assert_eq!(client.ask(&request).await.status, 200, "{request:?}");
    }
    assert_eq!(
        client.messages(5).await,
        ["[1]\n[2]", "[1]\n[2]", "[1]\n[2]", "[1]\n[2]", ""]
    );
}

#[tokio::test(start_paused = true)]
async fn the_type_has_no_case_and_may_have_parameters() {
    let (_harbour, mut client) = client().await;
    let plain = post("/narrow/longpoll", &client.token, "[1]\n[2]");
    let typed = |kind: &str| plain.clone().header("content-type", kind);
    for request in [
        typed("application/x-ndjson"),
        typed("application/x-ndjson; charset=utf-8"),
        typed("Application/X-NDJSON"),
        typed("application/x-ndjson\t;\tcharset=\"a,b\""),
        typed("application/x-ndjson").header("content-type", "application/x-ndjson;charset=utf-8"),
    ] {
        assert_eq!(client.ask(&request).await.status, 200, "{request:?}");
        assert_eq!(client.poll().await.messages, ["[1]", "[2]"], "{request:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_is_accepted_whole_or_not_at_all() {
    let (harbour, mut client) = client().await;
    let ndjson =
        |length: usize| format!("content-type: application/x-ndjson\r\ncontent-length: {length}");
    let bodies: [(&[u8], u16, &str); 6] = [
        (
            b"[1]\nnot base64",
            400,
            "neither a JSON list nor a binary message in base64",
        ),
        (b"[1]\nAQI", 400, "base64"),
        (b"[1]\n{\"json\":1}", 400, "base64"),
        (b"[1]\n[\"\xff\"]", 400, "not UTF-8"),
        (b"[1]\n[2]\n[3]\n[4]", 413, "too many messages"),
        (b"[1]\n\n[2]\n\n[3]\n\n[4]\n", 413, "too many messages"),
    ];
    for (body, status, text) in bodies {
        let answer = raw(&harbour, &client.token, &ndjson(body.len()), body).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.body.contains(text), "{answer:?}");
    }
    let answer = raw(&harbour, &client.token, "content-length: 1", b"\xff").await;
    assert_eq!(answer.status, 400, "{answer:?}");
    assert_eq!(client.say("say only this").await, 200);
    assert_eq!(client.messages(1).await, ["only this"]);
}

#[tokio::test(start_paused = true)]
async fn a_body_past_the_limit_is_413_before_it_is_read() {
    let (harbour, mut client) = client().await;
    let answer = raw(&harbour, &client.token, "content-length: 1001", b"").await;
    assert_eq!(answer.status, 413, "{answer:?}");
    // A body without a length is read as far as the limit.
    let chunk = [b"190\r\n".as_slice(), &[b'x'; 400], b"\r\n"].concat();
    let endless = chunk.repeat(3);
    let answer = raw(
        &harbour,
        &client.token,
        "transfer-encoding: chunked",
        &endless,
    )
    .await;
    assert_eq!(answer.status, 413, "{answer:?}");

    let exactly = "x".repeat(1000);
    assert_eq!(client.say(&exactly).await, 200);
    let chunked = [
        chunk.repeat(2),
        b"c8\r\n".to_vec(),
        vec![b'y'; 200],
        b"\r\n0\r\n\r\n".to_vec(),
    ]
    .concat();
    let answer = raw(
        &harbour,
        &client.token,
        "transfer-encoding: chunked",
        &chunked,
    )
    .await;
    assert_eq!(Answer::of(answer).status, 200);
    let expected = "x".repeat(800) + &"y".repeat(200);
    assert_eq!(client.messages(2).await, [exactly, expected]);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_given_up() {
    let (harbour, client) = client().await;
    let mut connection = Connection::through(&harbour.network).await;
    let head = Request {
        method: "POST".to_owned(),
        ..landfall_tests::longpoll::poll("/narrow/longpoll", &client.token)
    };
    connection
        .write(&head.header("content-length", "10").to_bytes())
        .await;
    connection.write(b"[1]").await;
    tokio::time::sleep(std::time::Duration::from_secs(61)).await;
    let answer = connection.response(false).await.expect("an answer");
    assert_eq!(answer.status, 408);
}
