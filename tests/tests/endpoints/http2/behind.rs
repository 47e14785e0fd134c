//! Behind a proxy that speaks TLS, HTTP/1.1 and HTTP/2 agree on origin, URI, peer and cookie.

use std::{convert::Infallible, net::SocketAddr};

use http::{Request, Response};
use landfall::{
    Running,
    prelude::*,
    session::{Session, SessionOptions, Sessions},
    socket::RequestUri,
    testing::Network,
};
use landfall_tests::{
    client::Client,
    wire::{Connection, Request as Wire},
};

use crate::http2::browser::{self, Browser};

const SECRET: &str = "a secret of 64 bytes for a site that is there for its tests only.";
const PROXY: ([u8; 4], u16) = ([10, 0, 0, 1], 7);
const STRANGER: ([u8; 4], u16) = ([192, 0, 2, 66], 7);
const SESSION: SessionOptions = SessionOptions::new("_site", "signing salt");

/// What the proxy says of a page of `https://www.example.com`.
const SAID: [(&str, &str); 4] = [
    ("x-forwarded-proto", "https"),
    ("x-forwarded-host", "www.example.com"),
    ("x-forwarded-for", "192.0.2.9"),
    ("origin", "https://www.example.com"),
];

endpoint! {
    struct Behind;

    // This URL alone does not make cookies secure.
    url(host = "inner");
    http(port = 4000, http2 = true);
    server = true;
    secret_key_base = SECRET;
    trusted_proxies = ["10.0.0.0/8"];
    rewrite_on = [x_forwarded_proto, x_forwarded_host, x_forwarded_for];
    force_ssl(host = "www.example.com", exclude = ["health"]);
    socket("/told", Told, websocket(check_origin = conn, connect_info = [peer_data, uri]));
    plug(Sessions::new(&SESSION));
    service(tower::service_fn(page));
}

/// Answers with the URI and the client's address that it was opened with.
struct Told(String);

#[socket]
impl Told {
    async fn connect(
        #[info] uri: RequestUri,
        #[info] peer_data: PeerData,
    ) -> Result<Self, Refused> {
        let RequestUri {
            scheme, host, port, ..
        } = uri;
        Ok(Told(format!(
            "{scheme}://{host}:{port} {}",
            peer_data.address.ip()
        )))
    }

    async fn handle_in(&mut self, _: Message, out: &mut Outbox) {
        out.push(self.0.clone());
    }
}

async fn page(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let session = request.extensions().get::<Session>().expect("a session");
    session.insert("seen", &true).expect("a value");
    Ok(Response::new(Body::from("page")))
}

/// Status, `location`, whether there is `strict-transport-security`, and if the cookie is `secure`.
type Said = (u16, Option<String>, bool, Option<bool>);

fn said(status: u16, header: impl Fn(&str) -> Option<String>) -> Said {
    let secure = header("set-cookie").map(|cookie| cookie.to_ascii_lowercase().contains("secure"));
    (
        status,
        header("location"),
        header("strict-transport-security").is_some(),
        secure,
    )
}

struct Site {
    _running: Running<Behind>,
    network: Network,
}

impl Site {
    async fn start() -> Self {
        let (network, listener) = Network::new();
        let running = Behind::builder().listener(listener).start().await;
        Site {
            _running: running.expect("the site starts"),
            network,
        }
    }

    async fn wire(&self, peer: impl Into<SocketAddr>) -> Connection<tokio::io::DuplexStream> {
        Connection::through_from(&self.network, Some(peer.into())).await
    }

    async fn browser(&self, peer: impl Into<SocketAddr>) -> Browser {
        let stream = self.network.connect_from(Some(peer.into())).await;
        Browser::over(stream.expect("the endpoint listens")).await
    }

    /// What a page answers by HTTP/1.1 and by HTTP/2.
    async fn page(&self, peer: impl Into<SocketAddr> + Copy) -> [Said; 2] {
        let mut request = Wire::get("/page");
        let mut stream = browser::request("GET", "/page");
        for (name, value) in SAID {
            request = request.header(name, value);
            let value = value.parse().expect("a header");
            stream.headers_mut().insert(name, value);
        }
        let first = self.wire(peer).await.request(&request).await;
        let first = first.expect("a response");
        let second = self.browser(peer).await.ask(stream, None).await;
        let second = second.expect("a response");
        [
            said(first.status, |name| first.header(name).map(str::to_owned)),
            said(second.status().as_u16(), |name| {
                let value = second.headers().get(name)?;
                Some(value.to_str().expect("a header").to_owned())
            }),
        ]
    }
}

#[tokio::test]
async fn origin_uri_peer_cookie_and_force_ssl_agree() {
    let site = Site::start().await;
    assert_eq!(
        site.page(PROXY).await,
        [const { (200, None, true, Some(true)) }; 2]
    );

    let request = SAID.iter().fold(
        Wire::upgrade("/told/websocket"),
        |request, (name, value)| request.header(name, value),
    );
    let mut first = Client::over(site.wire(PROXY).await, &request).await;
    let mut browser = site.browser(PROXY).await;
    let mut second = browser
        .socket("/told/websocket", &SAID)
        .await
        .expect("a socket");
    let whence = "https://www.example.com:443 192.0.2.9";
    first.text("whence").await;
    assert_eq!(first.hear_text().await, whence);
    second.text("whence").await;
    assert_eq!(second.hear_text().await, whence);
    for response in [&first.response, &second.response] {
        assert!(response.header("strict-transport-security").is_some());
    }
}

/// The site trusts neither the scheme that a client names by HTTP/2 nor its headers.
#[tokio::test]
async fn who_is_no_trusted_proxy_is_sent_to_https() {
    let site = Site::start().await;
    let sent = || {
        let location = "https://www.example.com/page".to_owned();
        (301, Some(location), false, None)
    };
    assert_eq!(site.page(STRANGER).await, [sent(), sent()]);

    let mut request = browser::request("GET", "/page");
    *request.uri_mut() = "https://localhost/page".parse().expect("a URI");
    let answer = site.browser(STRANGER).await.ask(request, None).await;
    assert_eq!(answer.expect("a response").status(), 301);
    let mut browser = site.browser(STRANGER).await;
    let refused = browser.socket("/told/websocket", &SAID).await;
    assert_eq!(
        refused.err().map(|response| response.status().as_u16()),
        Some(307)
    );
}
