//! Which side closes, with which code, and what the socket is told.

use landfall::socket::Reason;
use landfall_tests::wire::Frame;

use crate::websocket::site;

#[tokio::test]
async fn a_clients_close_is_answered_by_its_own_code() {
    let site = site::start().await;
    for code in [1000, 1001, 1003, 1008, 1011, 1013, 3000, 4999] {
        let id = format!("close-{code}");
        let mut told = site.witness(&id);
        let mut client = site.open(&format!("/echo/websocket?id={id}")).await;
        client.send(Frame::close(code, b"why")).await;
        assert_eq!(client.hear_close().await, Some(code));
        assert_eq!(
            told.recv().await,
            Some(Reason::Closed {
                code,
                text: "why".to_owned()
            })
        );
    }
}

#[tokio::test]
async fn a_close_without_a_code_is_1005_to_the_socket() {
    let site = site::start().await;
    let mut told = site.witness("no-code");
    let mut client = site.open("/echo/websocket?id=no-code").await;
    client.send(Frame::new(8, [])).await;
    assert_eq!(client.hear_close().await, Some(1000));
    assert_eq!(
        told.recv().await,
        Some(Reason::Closed {
            code: 1005,
            text: String::new()
        })
    );
}

#[tokio::test]
async fn codes_that_may_not_be_sent_are_answered_by_1002() {
    let site = site::start().await;
    for code in [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535] {
        let mut client = site.open("/echo/websocket").await;
        client.send(Frame::close(code, b"")).await;
        assert_eq!(client.hear_close().await, Some(1002), "{code}");
    }
}

#[tokio::test]
async fn a_close_text_that_is_broken_is_answered_by_1002() {
    let site = site::start().await;
    for text in [&b"\xff\xfe"[..], &[b'x'; 124]] {
        let mut client = site.open("/echo/websocket").await;
        client.send(Frame::close(1000, text)).await;
        assert_eq!(client.hear_close().await, Some(1002));
    }
}

#[tokio::test]
async fn what_comes_after_a_close_is_ignored() {
    let site = site::start().await;
    let mut client = site.open("/echo/websocket").await;
    client
        .send_all(&[
            Frame::close(1000, b""),
            Frame::text("too late"),
            Frame::new(3, "x"),
        ])
        .await;
    assert_eq!(client.hear_close().await, Some(1000));
}

#[tokio::test]
async fn a_vanished_client_is_1006_to_the_socket() {
    let site = site::start().await;
    for (id, reset) in [("shut", false), ("reset", true)] {
        let mut told = site.witness(id);
        let mut client = site.open(&format!("/echo/websocket?id={id}")).await;
        client.is_quiet().await;
        if reset {
            client.reset()
        } else {
            client.shutdown().await
        }
        assert_eq!(
            told.recv().await,
            Some(Reason::Closed {
                code: 1006,
                text: String::new()
            })
        );
        assert_eq!(told.try_recv().ok(), None, "terminate is called once");
    }
}

fn closed_by_server(code: u16) -> Reason {
    let text = "as asked".into();
    Reason::ServerClosed { code, text }
}

#[tokio::test]
async fn a_socket_chooses_its_code() {
    let site = site::start().await;
    for (word, code, reason) in [
        ("stop", 1000, Reason::Normal),
        ("fail", 1011, Reason::Failed("as asked".into())),
        ("restart", 1012, Reason::Shutdown),
        ("close 1000", 1000, Reason::Normal),
        ("close 4001", 4001, closed_by_server(4001)),
        // A code that may not be sent.
        ("close 1006", 1011, closed_by_server(1006)),
    ] {
        let id = word.replace(' ', "-");
        let mut told = site.witness(&id);
        let mut client = site.open(&format!("/echo/websocket?id={id}")).await;
        client.text(word).await;
        assert_eq!(client.hear_close().await, Some(code), "{word}");
        assert_eq!(told.recv().await, Some(reason));
    }
}

#[tokio::test]
async fn what_was_pushed_before_stopping_arrives() {
    let site = site::start().await;
    let mut client = site.open("/echo/websocket").await;
    client.text("say and stop").await;
    assert_eq!(client.hear_text().await, "last words");
    assert_eq!(client.hear_close().await, Some(1000));
}

#[tokio::test]
async fn shutdown_sends_clients_back_with_1012() {
    let site = site::start().await;
    let mut told = site.witness("shutdown");
    let mut first = site.open("/echo/websocket?id=shutdown").await;
    let mut second = site.open("/narrow/websocket").await;
    first.is_quiet().await;
    second.is_quiet().await;
    let stopped = tokio::spawn(async move { site.running.shutdown().await });
    assert_eq!(first.hear_close_at_last().await, Some(1012));
    assert_eq!(second.hear_close_at_last().await, Some(1012));
    drop((first, second));
    assert_eq!(told.recv().await, Some(Reason::Shutdown));
    stopped.await.expect("no panic").expect("an orderly stop");
}
