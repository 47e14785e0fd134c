//! `force_ssl` and `rewrite_on` as they are declared.

use landfall::{
    config::{Scheme, Setting},
    prelude::*,
    socket::RequestUri,
};
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

/// Functions decide.
mod computed {
    use landfall::{Handle, endpoint::Address};

    use super::*;

    endpoint! {
        pub(crate) struct Tenants;

        state = Hosts;
        url(host = "www.example.com", scheme = "https", port = 443);
        http(ip = [127, 0, 0, 1], port = 0);
        trusted_proxies = ["127.0.0.1"];
        rewrite_on = [x_forwarded_host];
        force_ssl(
            exclude = |head| head.uri.path().starts_with("/internal/"),
            host = own_host,
            rewrite_on = [x_forwarded_proto],
        );
    }

    endpoint! {
        pub(crate) struct Ported;

        http(ip = [127, 0, 0, 1], port = 0);
        trusted_proxies = ["127.0.0.1"];
        force_ssl(
            exclude = is_internal,
            host = |head, edge| match edge.server_info(Scheme::Http) {
                Ok(Address::Tcp(address)) => format!("{}.example.com:{}", head.method, address.port()),
                _ => "none".to_owned(),
            },
            rewrite_on = [x_forwarded_proto],
        );
    }

    /// The hosts that the application knows.
    #[derive(Clone)]
    pub(crate) struct Hosts(pub(crate) &'static [&'static str]);

    fn own_host(head: &http::request::Parts, edge: &Handle) -> String {
        let named = head
            .headers
            .get("x-tenant")
            .and_then(|host| host.to_str().ok());
        match named {
            Some("panic") => panic!("as asked"),
            Some("bent") => "www.example.com@evil.example".to_owned(),
            named => {
                let known = edge.state::<Hosts>().map_or(&[][..], |hosts| hosts.0);
                let own = known.iter().find(|host| Some(**host) == named);
                own.copied().unwrap_or("login.example.com").to_owned()
            }
        }
    }

    fn is_internal(head: &http::request::Parts) -> bool {
        match head.uri.path() {
            "/panic" => panic!("as asked"),
            path => path == "/internal",
        }
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
async fn functions_see_the_head_and_the_endpoint() {
    let hosts = computed::Hosts(&["a.example.com", "b.example.com"]);
    let web = computed::Tenants::start(hosts).await.expect("a start");
    let web_port = port(&web);
    let to = async |tenant| {
        let request = with(Request::get("/page?x=y"), &[("x-tenant", tenant)]);
        let answer = ask(web_port, &request).await;
        assert_eq!(answer.status, 301);
        answer.header("location").unwrap_or_default().to_owned()
    };
    assert_eq!(to("b.example.com").await, "https://b.example.com/page?x=y");
    assert_eq!(
        to("evil.example").await,
        "https://login.example.com/page?x=y"
    );
    // No host, and a panic: the endpoint's own URL.
    for tenant in ["bent", "panic"] {
        assert_eq!(to(tenant).await, "https://www.example.com/page?x=y");
    }
    let internal = ask(web_port, &Request::get("/internal/health")).await;
    assert_eq!(internal.status, 404, "excluded");
    let internal = with(Request::get("/internal/health"), &[PROTO]);
    let internal = ask(web_port, &internal).await;
    assert_eq!(internal.header("strict-transport-security"), None);
    web.shutdown().await.expect("a stop");
}

#[tokio::test]
async fn functions_have_the_forms_of_others() {
    let web = computed::Ported::start().await.expect("a start");
    let port = port(&web);
    let answer = ask(port, &Request::get("/page")).await;
    let expected = format!("https://GET.example.com:{port}/page");
    assert_eq!(location(&answer), (301, Some(expected.as_str())));
    assert_eq!(ask(port, &Request::get("/internal")).await.status, 404);
    // What panics excludes nothing.
    assert_eq!(ask(port, &Request::get("/panic")).await.status, 301);
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
