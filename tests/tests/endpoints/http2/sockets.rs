//! Sockets on streams (RFC 8441).

use http::Method;
use landfall_tests::{
    wait::until,
    wire::{Deflater, Frame},
};

use crate::http2::{
    browser::{connect, request},
    site::Started,
};

#[tokio::test]
async fn a_socket_is_a_stream_beside_others() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let mut first = browser
        .socket("/echo/websocket", &[])
        .await
        .expect("a socket");
    assert_eq!(first.response.status, 200);
    for absent in ["sec-websocket-accept", "upgrade", "connection"] {
        assert_eq!(first.response.header(absent), None, "{absent}");
    }
    let mut second = browser
        .socket("/echo/websocket", &[])
        .await
        .expect("a socket");
    for n in 0..3 {
        first.text(&format!("first {n}")).await;
        second.text(&format!("second {n}")).await;
        assert_eq!(browser.get("/").await.status(), 200);
        assert_eq!(first.hear_text().await, format!("first {n}"));
        assert_eq!(second.hear_text().await, format!("second {n}"));
    }
    first.text("tell").await;
    assert_eq!(first.hear_text().await, "news for all");
    assert_eq!(second.hear_text().await, "news for all");
    let large = "x".repeat(3_000_000);
    first.text(&large).await;
    assert_eq!(first.hear_text().await, large);
    first.send(Frame::close(1000, b"")).await;
    assert_eq!(first.hear_close().await, Some(1000));
    second.is_quiet().await;
    assert_eq!(site.seen.ends().len(), 1);
}

#[tokio::test]
async fn a_socket_knows_where_it_was_opened() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let mut socket = browser
        .socket("/echo/websocket", &[])
        .await
        .expect("a socket");
    socket.text("where").await;
    assert_eq!(
        socket.hear_text().await,
        "http://localhost:80/echo/websocket"
    );
    let mut socket = browser
        .socket("/conn/websocket", &[])
        .await
        .expect("a socket");
    socket.is_quiet().await;
}

#[tokio::test]
async fn what_refuses_a_socket_is_the_same_as_by_http_1() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    for (target, headers, status) in [
        ("/echo/websocket", &[("origin", "http://evil.com")][..], 403),
        ("/conn/websocket", &[("origin", "https://localhost")], 403),
        ("/closed/websocket", &[], 403),
        ("/echo/websocket", &[("sec-websocket-version", "8")], 400),
        (
            "/spoken/websocket",
            &[("sec-websocket-protocol", "v3")],
            403,
        ),
    ] {
        let refused = browser.socket(target, headers).await.err();
        let refused = refused.expect("no socket");
        assert_eq!(refused.status(), status, "{target} {headers:?}");
        if status == 400 {
            assert_eq!(refused.headers()["sec-websocket-version"], "13");
        }
    }
    let mut upgrade = request("GET", "/echo/websocket");
    let version = "13".parse().expect("a header");
    upgrade
        .headers_mut()
        .insert("sec-websocket-version", version);
    let response = browser.ask(upgrade, None).await.expect("a response");
    assert_eq!(response.status(), 400, "there is no upgrade in HTTP/2");
    let mut plain = connect("/echo/websocket");
    *plain.method_mut() = Method::POST;
    plain.extensions_mut().clear();
    let response = browser.ask(plain, None).await.expect("a response");
    assert_eq!(response.status(), 400);
}

#[tokio::test]
async fn a_subprotocol_and_compression_are_agreed_upon() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let spoken = [("sec-websocket-protocol", "v9, v1")];
    let socket = browser.socket("/spoken/websocket", &spoken).await;
    let socket = socket.expect("a socket");
    assert_eq!(socket.response.header("sec-websocket-protocol"), Some("v1"));
    let deflate = [("sec-websocket-extensions", "permessage-deflate")];
    let mut socket = browser
        .socket("/echo/websocket", &deflate)
        .await
        .expect("a socket");
    let agreed = socket.response.header("sec-websocket-extensions");
    assert!(agreed.is_some_and(|agreed| agreed.starts_with("permessage-deflate")));
    let text = "again and ".repeat(1000);
    let deflated = Deflater::default().deflate(text.as_bytes());
    socket.send(Frame::new(1, deflated).rsv(4)).await;
    let heard = socket.hear().await;
    assert_eq!(heard.payload, text.as_bytes());
}

#[tokio::test]
async fn a_socket_ends_with_its_stream_or_its_connection() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let socket = browser
        .socket("/echo/websocket", &[])
        .await
        .expect("a socket");
    socket.into_stream().reset();
    until("the socket has ended", || site.seen.ends().len() == 1).await;
    let mut stays = browser
        .socket("/echo/websocket", &[])
        .await
        .expect("a socket");
    let mut socket = browser
        .socket("/echo/websocket", &[])
        .await
        .expect("a socket");
    socket.shutdown().await;
    until("the socket has ended", || site.seen.ends().len() == 2).await;
    let mut socket = browser
        .socket("/echo/websocket", &[])
        .await
        .expect("a socket");
    socket.text("stop").await;
    assert_eq!(socket.hear_close().await, Some(1000));
    stays.is_quiet().await;
    browser.ended.abort();
    drop(browser);
    until("all sockets have ended", || site.seen.ends().len() == 4).await;
    until("nobody is connected", || {
        site.running.stats().connections == 0
    })
    .await;
}

/// A client that reads nothing holds at most its limit, and does not disturb others.
#[tokio::test]
async fn a_reader_that_sleeps_is_not_written_to_without_end() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let mut asleep = browser
        .socket("/echo/websocket", &[])
        .await
        .expect("a socket");
    let mut awake = browser
        .socket("/echo/websocket", &[])
        .await
        .expect("a socket");
    let piece = "x".repeat(20_000);
    for _ in 0..40 {
        asleep.text(&piece).await;
        awake.text("still there?").await;
        assert_eq!(awake.hear_text().await, "still there?");
    }
    for _ in 0..40 {
        assert_eq!(asleep.hear_text().await, piece);
    }
}
