//! `force_ssl` and `rewrite_on` as they are declared.

use landfall::{config::Setting, prelude::*, socket::RequestUri};
use landfall_tests::{
    client::{Client, ask, port},
    wire::{Request, Response},
};

/// Behind a proxy that speaks TLS.
mod behind {
    use super::*;

    endpoint! {
        pub(crate) struct Behind;

        url(host = "www.example.com", scheme = "https", port = 443);
        http(ip = [127, 0, 0, 1], port = 0);
        trusted_proxies = ["127.0.0.1"];
        rewrite_on = [x_forwarded_host];
        force_ssl(
            subdomains = true,
            expires = 63_072_000,
            preload = true,
            exclude = ["health.example.com"],
            rewrite_on = [x_forwarded_proto, x_forwarded_for],
            log = debug,
        );
        socket("/told", Told, websocket(check_origin = conn, connect_info = [peer_data, uri]));
    }
}

/// Nothing is declared about proxies.
mod bare {
    use super::*;

    endpoint! {
        pub(crate) struct Bare;

        http(ip = [127, 0, 0, 1], port = 0);
        socket("/told", Told, websocket(check_origin = conn, connect_info = [peer_data, uri]));
    }
}

/// Tells the URI and the client's address that it was opened with.
pub(crate) struct Told(String);

#[socket]
impl Told {
    async fn connect(
        #[info] uri: RequestUri,
        #[info] peer_data: PeerData,
    ) -> Result<Self, Refused> {
        Ok(Told(format!(
            "{}://{}:{} {}",
            uri.scheme,
            uri.host,
            uri.port,
            peer_data.address.ip()
        )))
    }

    async fn handle_in(&mut self, _: Message, out: &mut Outbox) {
        out.push(self.0.clone());
    }
}

const PROTO: (&str, &str) = ("x-forwarded-proto", "https");

fn with(request: Request, headers: &[(&str, &str)]) -> Request {
    headers.iter().fold(request, |request, (name, value)| {
        request.header(name, value)
    })
}

fn location(response: &Response) -> (u16, Option<&str>) {
    (response.status, response.header("location"))
}

#[tokio::test]
async fn what_is_declared_is_done_before_sockets_and_service() {
    let web = behind::Behind::start().await.expect("a start");
    let port = port(&web);
    let answer = ask(port, &Request::get("/page?x=y")).await;
    assert_eq!(
        location(&answer),
        (301, Some("https://www.example.com/page?x=y"))
    );
    let answer = Client::refused(port, &Request::upgrade("/told/websocket")).await;
    assert_eq!(
        location(&answer),
        (301, Some("https://www.example.com/told/websocket"))
    );
    let answer = ask(port, &with(Request::get("/page"), &[PROTO])).await;
    assert_eq!(answer.status, 404);
    let hsts = answer.header("strict-transport-security");
    assert_eq!(hsts, Some("max-age=63072000; preload; includeSubDomains"));
    let health = with(
        Request::get("/page"),
        &[("x-forwarded-host", "health.example.com")],
    );
    assert_eq!(ask(port, &health).await.status, 404, "excluded");
    web.shutdown().await.expect("a stop");
}

#[tokio::test]
async fn origin_uri_and_peer_agree_with_what_the_proxy_was_asked() {
    let web = behind::Behind::start().await.expect("a start");
    let headers = [
        PROTO,
        ("x-forwarded-host", "www.example.com"),
        ("x-forwarded-for", "192.0.2.9"),
        ("origin", "https://www.example.com"),
    ];
    let request = with(Request::upgrade("/told/websocket"), &headers);
    let mut client = Client::open_by(port(&web), &request).await;
    assert!(
        client
            .response
            .header("strict-transport-security")
            .is_some()
    );
    client.text("whence").await;
    assert_eq!(
        client.hear_text().await,
        "https://www.example.com:443 192.0.2.9"
    );
}

/// Without a declaration, headers are ignored. `rewrite_on` without a trusted proxy is an error.
#[tokio::test]
async fn who_is_not_declared_is_not_believed() {
    let web = bare::Bare::start().await.expect("a start");
    let request = with(
        Request::upgrade("/told/websocket"),
        &[PROTO, ("origin", "https://localhost")],
    );
    assert_eq!(Client::refused(port(&web), &request).await.status, 403);
    let nobody = behind::Behind::builder().settings(|settings| {
        settings.trusted_proxies = Setting::given([""; 0]);
    });
    let wrong = nobody
        .start()
        .await
        .expect_err("nobody is trusted")
        .to_string();
    assert!(
        wrong.contains("`rewrite_on` believes nobody: there are no trusted proxies"),
        "{wrong}"
    );
}
