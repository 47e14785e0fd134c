//! Sockets without channels, over both transports.

use std::time::Duration;

use landfall::{
    Message,
    testing::{self, Connect, Raw},
};

use crate::testing::chat::Chat;

fn by_websocket(connect: Connect<Raw>) -> Connect<Raw> {
    connect
}

fn by_longpoll(connect: Connect<Raw>) -> Connect<Raw> {
    connect.longpoll()
}

#[tokio::test(start_paused = true)]
async fn text() {
    let site = testing::start::<Chat>().await;
    for by in [by_websocket, by_longpoll] {
        let mut echo = by(site.raw("/echo/ann")).await.expect("a connection");
        echo.send("name");
        echo.expect("ann").await;
        // Longpoll encodes these texts in different ways.
        let texts = ["hello", "[1]", "[1,\n2]", "", "[2]", "é", "[3]", "[4]"];
        texts.iter().for_each(|text| echo.send(*text));
        for text in texts {
            assert_eq!(echo.recv().await, Message::from(text));
        }
        echo.expect_nothing().await;
        echo.send("many");
        for number in 0..2_000 {
            echo.expect(format!("[{number}]")).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn bytes() {
    let site = testing::start::<Chat>().await;
    let mut echo = site
        .raw("/elsewhere")
        .transport_path("/ws")
        .param("name", "a&b")
        .await
        .expect("a connection");
    assert_eq!(echo.response().status(), 101);
    for length in [0, 1, 125, 126, 65_535, 65_536, 1_000_000] {
        let message = vec![7; length];
        echo.send(message.clone());
        echo.expect(message).await;
    }
    echo.send("name");
    echo.expect("a&b").await;
}

#[tokio::test(start_paused = true)]
async fn ends() {
    let site = testing::start::<Chat>().await;
    let mut echo = site.raw("/echo/ann").await.expect("a connection");
    echo.send("bye");
    let closed = echo.expect_close(4001).await;
    assert_eq!(
        (closed.reason(), closed.to_string()),
        ("see you", "4001 (see you)".to_owned())
    );
    let mut echo = site
        .raw("/echo/ann")
        .longpoll()
        .await
        .expect("a connection");
    echo.send("bye");
    assert_eq!(echo.closed().await.code(), 3410);
    let echo = site.raw("/echo/ann").await.expect("a connection");
    assert_eq!(echo.close().await.code(), 1000);
    let refused = site.raw("/echo/nobody").await.expect_err("nobody");
    assert_eq!(refused.status(), 403);
}

#[tokio::test(start_paused = true)]
async fn a_socket_that_hangs() {
    let site = testing::start::<Chat>()
        .patience(Duration::from_secs(30))
        .await;
    let mut echo = site
        .raw("/echo/ann")
        .longpoll()
        .await
        .expect("a connection");
    echo.send("hang");
    let closed = echo.expect_close(1011).await;
    assert_eq!(closed.reason(), "a POST was answered with the status 408");
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_is_dropped_is_cut() {
    let site = testing::start::<Chat>().await;
    let echo = site.raw("/echo/ann").await.expect("a connection");
    assert_eq!(site.stats().connections, 1);
    drop(echo);
    landfall_tests::wait::until("the server has noticed", || site.stats().connections == 0).await;
}
