//! What is refused before the service is asked, and the pages of it.

use bytes::Bytes;
use h2::ext::Protocol;
use http::{HeaderName, Request, Response};
use http_body_util::BodyExt;
use landfall::{
    BoxError, Running, config::Setting, error_page::StatusJson, prelude::*, testing::Network,
};

use crate::http2::{
    browser::{Browser, connect, read, request},
    site::{Echo, SECRET},
};

endpoint! {
    struct Strict;

    state = crate::http2::site::Seen;
    http(port = 4000, http2 = true, max_headers = 20);
    server = true;
    secret_key_base = SECRET;
    url(host = "localhost");
    render_errors(
        formats(
            html = |page| Ok(format!("page {} {} {}", page.kind(), page.method(), page.path()).into()),
            json = StatusJson,
        ),
    );
    socket("/echo", Echo, websocket(connect_info = [uri]));
    service(tower::service_fn(answer));
}

/// Reads the body of a request.
async fn answer(request: Request<Body>) -> Result<Response<Body>, BoxError> {
    if request.method() != "CONNECT" {
        let _ = request.into_body().collect().await;
    }
    Ok(Response::new("answered".into()))
}

struct Site {
    _running: Running<Strict>,
    network: Network,
}

impl Site {
    async fn start() -> Self {
        let (network, listener) = Network::new();
        let builder = Strict::builder(Default::default()).listener(listener);
        let builder = builder.settings(|settings| {
            let http = settings.http.get_or_insert_default();
            http.max_connections = Setting::given(1_usize);
        });
        let _running = builder.start().await.expect("it starts");
        Site { _running, network }
    }

    async fn browser(&self) -> Browser {
        let stream = self.network.connect_from(None).await;
        Browser::over(stream.expect("it listens")).await
    }
}

/// Asserts that the response is the page of this status.
fn assert_page(page: &Response<String>, status: u16, of: &str) {
    assert_eq!(page.status(), status, "{page:?}");
    assert_eq!(page.body(), &format!("page refusal {of}"));
    let header = |name: &str| page.headers().get(name).map(|value| value.as_bytes());
    assert_eq!(
        header("content-type"),
        Some(&b"text/html; charset=utf-8"[..])
    );
    assert_eq!(
        header("cache-control"),
        Some(&b"max-age=0, private, must-revalidate"[..])
    );
    assert_eq!(header("connection"), None);
}

#[tokio::test]
async fn a_stream_whose_head_is_known_is_refused_by_a_page() {
    let site = Site::start().await;
    let mut browser = site.browser().await;
    let mut other = request("GET", "/host");
    other
        .headers_mut()
        .insert("host", "other".parse().expect("a host"));
    let long = format!("/{}", "a".repeat(17 * 1024));
    let mut many = request("GET", "/many");
    for n in 0..30 {
        let name: HeaderName = format!("x-{n}").parse().expect("a name");
        many.headers_mut()
            .insert(name, "1".parse().expect("a value"));
    }
    for (status, request) in [(400, other), (414, request("GET", &long)), (431, many)] {
        let of = format!("GET {}", request.uri().path());
        let page = browser.ask(request, None).await.expect("a response");
        assert_page(&page, status, &of);
    }
    let mut json = request("GET", &long);
    json.headers_mut()
        .insert("accept", "application/json".parse().expect("a type"));
    let page = browser.ask(json, None).await.expect("a response");
    assert_eq!(page.body(), r#"{"errors":{"detail":"URI Too Long"}}"#);
    assert_eq!(browser.get("/").await.body(), "answered", "others go on");
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_barely() {
    let site = Site::start().await;
    let mut browser = site.browser().await;
    let mut large = request("GET", "/large");
    let value = "x".repeat(70_000).parse().expect("a value");
    large.headers_mut().insert("x-large", value);
    let bare = browser.ask(large, None).await.expect("a response");
    assert_eq!((bare.status().as_u16(), &**bare.body()), (431, ""));
}

#[tokio::test]
async fn a_connect_that_opens_no_socket_is_refused_by_a_page() {
    let site = Site::start().await;
    let mut browser = site.browser().await;
    let mut proxied = Request::new(());
    *proxied.method_mut() = http::Method::CONNECT;
    *proxied.uri_mut() = "other:443".parse().expect("an authority");
    let page = browser.ask(proxied, None).await.expect("a response");
    assert_page(&page, 405, "CONNECT ");
    // The only connection that is allowed is this one.
    let full = browser.socket("/echo/websocket", &[]).await.err();
    assert_page(&full.expect("no socket"), 503, "CONNECT /echo/websocket");
    let mut chat = connect("/chat");
    chat.extensions_mut().insert(Protocol::from_static("chat"));
    let (response, _send) = browser.begin(chat, true).await.expect("a stream");
    let page = read(response).await.expect("a response");
    assert_page(&page, 501, "CONNECT /chat");
}

#[tokio::test]
async fn a_page_that_is_asked_for_as_a_socket_is_not_found() {
    let (network, listener) = Network::new();
    let builder = Strict::builder(Default::default()).listener(listener);
    let _running = builder.start().await.expect("it starts");
    let stream = network.connect_from(None).await.expect("it listens");
    let mut browser = Browser::over(stream).await;
    let page = browser.socket("/page", &[]).await.err();
    assert_page(&page.expect("no socket"), 404, "CONNECT /page");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_does_not_come_is_refused_by_a_page() {
    let site = Site::start().await;
    let mut browser = site.browser().await;
    let late = request("POST", "/late");
    let (response, mut send) = browser.begin(late, true).await.expect("a stream");
    send.send_data(Bytes::from_static(b"x"), false)
        .expect("a piece");
    let page = read(response).await.expect("a response");
    assert_page(&page, 408, "POST /late");
}
