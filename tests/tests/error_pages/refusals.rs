//! What the server refuses before the service is asked, over HTTP/1.

use http_body_util::BodyExt;
use landfall::{
    BoxError, Running, config::Scheme, endpoint::Address, prelude::*, testing::Network,
};
use landfall_tests::wire::{Connection, Request, Response};
use tokio::time::Instant;

endpoint! {
    struct Strict;

    http(
        ip = [127, 0, 0, 1],
        port = 0,
        max_headers = 20,
    );
    server = true;
    render_errors(
        formats(
            html = |page| Ok(format!("page {} {} {}", page.kind(), page.method(), page.path()).into()),
            json = landfall::error_page::StatusJson,
        ),
    );
    service(tower::service_fn(read));
}

/// Reads the body of a request.
async fn read(request: http::Request<Body>) -> Result<http::Response<Body>, BoxError> {
    let read = request.into_body().collect().await;
    let text = read.map_or("broken", |_| "read");
    Ok(http::Response::new(text.into()))
}

async fn connect(site: &Running<Strict>) -> Connection {
    let Ok(Address::Tcp(address)) = site.server_info(Scheme::Http) else {
        panic!("it listens on TCP");
    };
    Connection::open(address).await.expect("it listens")
}

async fn started() -> Running<Strict> {
    Strict::builder().start().await.expect("it starts")
}

/// The response to a request as it is, and whether the connection ends after it.
async fn ask(site: &Running<Strict>, request: &str) -> (Response, bool) {
    let mut connection = connect(site).await;
    connection.write(request.as_bytes()).await;
    let response = connection.response(false).await.expect("a response");
    let rest = connection.closed().await;
    (response, rest.is_some_and(|rest| rest.is_empty()))
}

#[tokio::test]
async fn a_request_whose_head_is_known_is_refused_by_a_page() {
    let site = started().await;
    let long = "a".repeat(17 * 1024);
    for (status, method, path, request) in [
        (400, "GET", "/no/host", "GET /no/host HTTP/1.1\r\n"),
        (
            400,
            "GET",
            "/two",
            "GET /two HTTP/1.1\r\nhost: a\r\nhost: b\r\n",
        ),
        (400, "GET", "/port", "GET /port HTTP/1.1\r\nhost: a:b\r\n"),
        (
            400,
            "GET",
            "/user",
            "GET http://u@x/user HTTP/1.1\r\nhost: x\r\n",
        ),
        (
            400,
            "POST",
            "/lengths",
            "POST /lengths HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 1\r\n",
        ),
        (
            400,
            "POST",
            "/chunks",
            "POST /chunks HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc",
        ),
        (
            414,
            "GET",
            &format!("/{long}"),
            &format!("GET /{long} HTTP/1.1\r\nhost: a\r\n"),
        ),
        (
            501,
            "POST",
            "/coded",
            "POST /coded HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n",
        ),
    ] {
        let (page, ends) = ask(&site, &format!("{request}\r\n")).await;
        assert_eq!((page.status, ends), (status, true), "{request}");
        assert_eq!(page.body, format!("page refusal {method} {path}"));
        assert_eq!(
            page.header("content-type"),
            Some("text/html; charset=utf-8")
        );
        assert_eq!(page.header("connection"), Some("close"));
        assert_eq!(
            page.header("cache-control"),
            Some("max-age=0, private, must-revalidate")
        );
    }
}

#[tokio::test]
async fn the_format_is_negotiated() {
    let site = started().await;
    let request = "GET /x HTTP/1.1\r\naccept: application/json\r\n\r\n";
    let (page, _) = ask(&site, request).await;
    assert_eq!(page.body, r#"{"errors":{"detail":"Bad Request"}}"#);
    let (page, _) = ask(&site, "GET /x?_format=json HTTP/1.1\r\n\r\n").await;
    assert_eq!(page.body, r#"{"errors":{"detail":"Bad Request"}}"#);
    let mut connection = connect(&site).await;
    connection.write(b"HEAD /x HTTP/1.1\r\n\r\n").await;
    let page = connection.response(true).await.expect("a response");
    assert_eq!(page.status, 400);
    assert_eq!(connection.closed().await, Some(Vec::new()), "no body");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_refused_by_a_page() {
    let (network, listener) = Network::new();
    let builder = Strict::builder().listener(listener);
    let _site = builder.start().await.expect("it starts");
    let started = Instant::now();
    let mut connection = Connection::through(&network).await;
    connection
        .write(b"POST /late HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nfive.")
        .await;
    connection.arrival().await;
    let page = connection.response(false).await.expect("a response");
    assert_eq!(started.elapsed().as_secs(), 15);
    assert_eq!((page.status, &*page.body), (408, "page refusal POST /late"));
    assert_eq!(page.header("connection"), Some("close"));
    assert_eq!(connection.closed().await, Some(Vec::new()));
    // A head that does not come is no request.
    let mut connection = Connection::through(&network).await;
    connection
        .write(b"POST /late HTTP/1.1\r\nhost: a\r\n")
        .await;
    connection.arrival().await;
    let bare = connection.response(false).await.expect("a response");
    assert_eq!((bare.status, &*bare.body), (408, "Request Timeout"));
    assert_eq!(bare.header("content-type"), None);
}

#[tokio::test]
async fn what_is_no_request_is_refused_barely() {
    let site = started().await;
    let large = format!(
        "GET / HTTP/1.1\r\nhost: a\r\nx: {}\r\n\r\n",
        "x".repeat(70_000)
    );
    let many = format!("GET / HTTP/1.1\r\nhost: a\r\n{}\r\n", "x: y\r\n".repeat(30));
    for (status, bytes) in [
        (400, "\0\x01\x02\r\n\r\n"),
        (400, "GET / HTTP/1.1\r\nbad name: y\r\n\r\n"),
        (
            400,
            "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
        ),
        (431, &large),
        (431, &many),
    ] {
        let (bare, ends) = ask(&site, bytes).await;
        assert_eq!(
            (bare.status, &*bare.body, ends),
            (status, "", true),
            "{bytes:?}"
        );
        assert_eq!(bare.header("content-type"), None);
    }
}

#[tokio::test]
async fn a_connection_past_a_limit_is_refused_barely() {
    for (status, name, limit) in [
        (503, "Service Unavailable", "max_connections"),
        (429, "Too Many Requests", "max_connections_per_ip"),
    ] {
        let builder = Strict::builder().settings(|settings| {
            let http = settings.http.get_or_insert_default();
            let two = landfall::config::Setting::given(2_usize);
            match limit {
                "max_connections" => http.max_connections = two,
                _ => http.max_connections_per_ip = two,
            }
        });
        let site = builder.start().await.expect("it starts");
        let mut held = Vec::new();
        for _ in 0..2 {
            let mut connection = connect(&site).await;
            let answer = connection.request(&Request::get("/")).await;
            assert_eq!(answer.expect("a response").status, 200);
            held.push(connection);
        }
        let mut third = connect(&site).await;
        let bare = third.response(false).await.expect("a response");
        assert_eq!((bare.status, &*bare.body), (status, name), "{limit}");
        assert_eq!(bare.header("content-type"), None);
    }
}
