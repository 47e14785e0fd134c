//! What a request says, and what is refused.

use std::{sync::atomic::Ordering::SeqCst, time::Duration};

use bytes::Bytes;
use http::{Method, Request, Uri, header::HOST};
use landfall::config::Setting;
use landfall_tests::{
    client::Client,
    wait::until,
    wire::{self, Connection},
};
use tokio::time::{Instant, sleep};

use crate::http2::{
    browser::{Browser, connect, read, request},
    site::Started,
};

#[tokio::test]
async fn a_request_is_the_same_as_by_http_1() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let response = browser.get("/a/b?c=d").await;
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.body(),
        "GET /a/b?c=d HTTP/2.0 of localhost with ",
        "the authority is the host"
    );
    let response = browser.ask(request("POST", "/upload"), Some("12345")).await;
    assert_eq!(response.expect("a response").body(), "5 bytes");
    assert_eq!(browser.get("/large").await.body().len(), 16 * 1024 * 1024);
}

#[tokio::test]
async fn http_1_is_spoken_beside_it() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let mut connection = Connection::through(&site.network).await;
    let response = connection.request(&wire::Request::get("/x")).await;
    let body = response.expect("a response").body;
    assert_eq!(body, "GET /x HTTP/1.1 of localhost with ");
    assert_eq!(browser.get("/").await.status(), 200);
    let mut socket = Client::through(&site.network, "/echo/websocket").await;
    socket.text("hello").await;
    assert_eq!(socket.hear_text().await, "hello");
}

#[tokio::test]
async fn prior_knowledge_has_to_be_asked_for() {
    let site = Started::with(|http| http.http2 = Setting::given(false)).await;
    let mut raw = site.raw().await;
    assert!(raw.hear().await.is_none(), "no frame comes");
    let mut connection = Connection::through(&site.network).await;
    let response = connection.request(&wire::Request::get("/x")).await;
    assert_eq!(response.expect("a response").status, 200);
}

#[tokio::test(start_paused = true)]
async fn requests_of_a_connection_do_not_wait_for_one_another() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let (slow, _) = browser
        .begin(request("GET", "/slow"), false)
        .await
        .expect("a stream");
    for _ in 0..50 {
        assert_eq!(browser.get("/").await.status(), 200);
    }
    let response = read(slow).await.expect("a response");
    assert_eq!(response.body(), "at last");
}

async fn status(browser: &mut Browser, request: Request<()>) -> u16 {
    let response = browser.ask(request, None).await;
    response.expect("a response").status().as_u16()
}

#[tokio::test]
async fn a_tunnel_leads_to_a_socket_and_nowhere_else() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    assert_eq!(browser.get("/").await.status(), 200);
    let mut tunnel = Request::new(());
    *tunnel.method_mut() = Method::CONNECT;
    *tunnel.uri_mut() = Uri::from_static("example.com:443");
    assert_eq!(status(&mut browser, tunnel).await, 405);
    let mut other = connect("/echo/websocket");
    other
        .extensions_mut()
        .insert(h2::ext::Protocol::from_static("connect-udp"));
    assert_eq!(status(&mut browser, other).await, 501);
    // The service does not know tunnels. Its answer to any request does not become a tunnel.
    assert_eq!(status(&mut browser, connect("/nowhere")).await, 404);
    assert_eq!(browser.get("/").await.status(), 200);
}

#[tokio::test]
async fn a_host_is_named_once() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    for (host, expected) in [
        ("localhost", 200),
        ("LOCALHOST", 200),
        ("elsewhere", 400),
        ("localhost:80", 400),
    ] {
        let mut request = request("GET", "/");
        let value = host.parse().expect("a header");
        request.headers_mut().insert(HOST, value);
        assert_eq!(status(&mut browser, request).await, expected, "{host}");
    }
    for authority in ["a@localhost", "local_host!", "[::1"] {
        let uri = format!("http://{authority}/").parse::<Uri>();
        if let Ok(uri) = uri {
            let mut request = request("GET", "/");
            *request.uri_mut() = uri;
            assert_eq!(status(&mut browser, request).await, 400, "{authority}");
        }
    }
}

#[tokio::test]
async fn crumbs_of_a_cookie_become_one() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let mut request = request("GET", "/");
    for crumb in ["a=1", "b=2", "c=3"] {
        let crumb = crumb.parse().expect("a header");
        request.headers_mut().append("cookie", crumb);
    }
    let response = browser.ask(request, None).await.expect("a response");
    assert_eq!(
        response.body(),
        "GET / HTTP/2.0 of localhost with a=1; b=2; c=3"
    );
}

#[tokio::test]
async fn heads_have_the_limits_of_http_1() {
    let site = Started::with(|http| {
        http.max_headers = Setting::given(5_usize);
        http.max_head_bytes = Setting::given(8192_usize);
    })
    .await;
    let mut browser = site.browser().await;
    assert_eq!(browser.get("/").await.status(), 200);
    let mut many = request("GET", "/");
    for n in 0..6 {
        let name: http::HeaderName = format!("x-{n}").parse().expect("a name");
        many.headers_mut()
            .insert(name, "1".parse().expect("a value"));
    }
    assert_eq!(status(&mut browser, many).await, 431);
    let mut large = request("GET", "/");
    let value = "x".repeat(9000).parse().expect("a value");
    large.headers_mut().insert("x-large", value);
    assert_eq!(status(&mut browser, large).await, 431);
    let target = format!("/{}", "x".repeat(7000));
    assert_eq!(browser.get(&target).await.status(), 200);
}

/// A stream that is reset ends the service's work on it.
#[tokio::test]
async fn a_client_that_gives_up_is_noticed() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let (response, mut stream) = browser
        .begin(request("GET", "/never"), false)
        .await
        .expect("a stream");
    assert_eq!(browser.get("/").await.status(), 200);
    stream.send_reset(h2::Reason::CANCEL);
    drop(response);
    until("the request is given up", || {
        site.seen.given_up.load(SeqCst) == 1
    })
    .await;
    let (response, stream) = browser
        .begin(request("GET", "/never"), false)
        .await
        .expect("a stream");
    assert_eq!(browser.get("/").await.status(), 200);
    browser.ended.abort();
    drop((response, stream, browser));
    until("the request is given up", || {
        site.seen.given_up.load(SeqCst) == 2
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_answered_408() {
    let site = Started::new().await;
    let started = Instant::now();
    let mut browser = site.browser().await;
    let (response, mut send) = browser
        .begin(request("POST", "/upload"), true)
        .await
        .expect("a stream");
    send.send_data(Bytes::from_static(b"x"), false)
        .expect("a piece");
    let response = read(response).await.expect("a response");
    assert_eq!(response.status(), 408);
    let took = started.elapsed().as_secs();
    assert!((15..17).contains(&took), "{took} s");
    assert_eq!(browser.get("/").await.status(), 200, "others go on");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_drips_has_a_minute() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let started = Instant::now();
    let (response, mut send) = browser
        .begin(request("POST", "/upload"), true)
        .await
        .expect("a stream");
    let dripping = async {
        while send.send_data(Bytes::from_static(b"x"), false).is_ok() {
            sleep(Duration::from_secs(5)).await;
        }
        std::future::pending::<()>().await;
    };
    let response = tokio::select! {
        response = read(response) => response.expect("a response"),
        () = dripping => unreachable!(),
    };
    assert_eq!(response.status(), 408);
    let took = started.elapsed().as_secs();
    assert!((60..66).contains(&took), "{took} s");
}
