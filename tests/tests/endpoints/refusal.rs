//! Who may connect, what `connect` gets, and how the others are refused.

use std::str::FromStr;

use http::{StatusCode, request::Parts};
use landfall::{
    Body, Endpoint, Handle, Message, Running, endpoint,
    origin::Origin,
    socket,
    socket::{Flow, Headers, Outbox, Params, PeerData, Refused, RequestUri},
};
use landfall_tests::{
    client::{self, Client},
    longpoll::{Answer, Poller, poll},
    wait::until,
    wire::{Connection, Request, Response},
};

endpoint! {
    struct Site;

    url(host = "www.example.com", scheme = "https", port = 443);
    http(ip = [127, 0, 0, 1], port = 0, max_head_bytes = 2_000_000);
    server = true;
    secret_key_base = SECRET;
    socket("/door", Door);
    socket("/handled", Door, websocket(error_handler = explain));
    socket("/typed/:room", Typed);
    socket("/known", Known, websocket(connect_info = [peer_data, uri, x_headers, region = "eu", limit = 7u32]));
    socket(
        "/traced",
        Traced,
        websocket(connect_info = [trace_context_headers, sec_websocket_headers]),
        longpoll(connect_info = [trace_context_headers, sec_websocket_headers]),
    );
    socket("/token", Token, websocket(auth_token = true));
    socket("/judged", Door, websocket(check_origin = judge));
    socket("/apps", Door, websocket(check_origin = APPS));
}

endpoint! {
    struct Crowded;

    http(ip = [127, 0, 0, 1], port = 0, max_connections_per_ip = 2);
    server = true;
    socket("/door", Door);
}

const SECRET: &str = "a secret of 64 bytes for a site that is there for its tests only.";

const APPS: &[&str] = &[
    "capacitor://localhost",
    "tauri://localhost",
    "app://-",
    "Ionic://LocalHost:8100",
    "chrome-extension://abcdefghijklmnopabcdefghijklmnop",
    "moz-extension://0f1e2d3c-0000-4000-8000-123456789abc",
];

fn explain(request: &Parts, refused: Refused) -> http::Response<Body> {
    let reason = refused
        .reason()
        .expect("handlers are asked about reasons")
        .to_string();
    assert_ne!(reason, "panic", "as asked");
    let text = format!(
        "{} {}: {reason} ({})",
        request.method,
        request.uri,
        refused.status().as_u16()
    );
    let mut response = http::Response::new(Body::from(text));
    *response.status_mut() = StatusCode::IM_A_TEAPOT;
    response
}

fn judge(origin: &Origin) -> bool {
    assert_ne!(origin.host.as_deref(), Some("panic.example"), "as asked");
    origin.host.as_deref() == Some("good.example")
}

/// Refuses in the way that `?no=` names.
struct Door;

#[socket]
impl Door {
    async fn connect(#[param] no: Option<String>) -> Result<Self, Refused> {
        match no.as_deref() {
            None => Ok(Door),
            Some("new") => Err(Refused::new()),
            Some("status") => Err(Refused::new().with_status(StatusCode::TOO_MANY_REQUESTS)),
            Some("because and status") => {
                Err(Refused::because("full").with_status(StatusCode::TOO_MANY_REQUESTS))
            }
            Some("error") => {
                "seven".parse::<u32>()?;
                Ok(Door)
            }
            Some(reason) => Err(Refused::because(reason.to_owned())),
        }
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        out.push(message);
        Flow::Continue
    }
}

struct Colour(u8);

impl FromStr for Colour {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "red" {
            Ok(Colour(1))
        } else {
            Err("no such colour")
        }
    }
}

/// Sends the parameters that it got.
struct Typed(String);

#[socket]
impl Typed {
    async fn connect(
        #[param] room: u32,
        #[param] level: i8,
        #[param] dark: Option<bool>,
        #[param(default = 10)] limit: u16,
        #[param(name = "tag")] tags: Option<Vec<String>>,
        #[param(from_str)] colour: Option<Colour>,
        params: Params,
    ) -> Result<Self, Refused> {
        let (colour, count) = (colour.map(|colour| colour.0), params.len());
        Ok(Typed(format!(
            "{room} {level} {dark:?} {limit} {tags:?} {colour:?} of {count}"
        )))
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.push(self.0.as_str());
        Flow::Continue
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
        Flow::Continue
    }
}

/// Sends what it read of the request.
struct Known(String);

#[socket]
impl Known {
    async fn connect(
        #[info] peer_data: PeerData,
        #[info] uri: RequestUri,
        #[info] x_headers: Headers,
        #[info] region: &'static str,
        #[info] limit: u32,
        endpoint: Handle,
    ) -> Result<Self, Refused> {
        let names: Vec<_> = x_headers.iter().map(|(name, _)| name.as_str()).collect();
        Ok(Known(format!(
            "{}|{}://{}:{}{}?{}|{}|{region} {limit}|{}",
            peer_data.address,
            uri.scheme,
            uri.host,
            uri.port,
            uri.path,
            uri.query,
            names.join(","),
            endpoint.url(),
        )))
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.push(self.0.as_str());
        Flow::Continue
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
        Flow::Continue
    }
}

/// Sends the headers of a trace and those of a handshake.
struct Traced(String);

#[socket]
impl Traced {
    async fn connect(
        #[info] trace_context_headers: Headers,
        #[info] sec_websocket_headers: Headers,
    ) -> Result<Self, Refused> {
        let lines = |headers: Headers| -> Vec<_> {
            let line = |(name, value): &(_, http::HeaderValue)| format!("{name}={value:?}");
            headers.iter().map(line).collect()
        };
        let all = [lines(trace_context_headers), lines(sec_websocket_headers)];
        Ok(Traced(all.map(|lines| lines.join(", ")).join("; ")))
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.push(self.0.as_str());
        Flow::Continue
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
        Flow::Continue
    }
}

/// Sends its bearer token.
struct Token(Option<String>);

#[socket]
impl Token {
    async fn connect(#[info] auth_token: Option<String>) -> Result<Self, Refused> {
        Ok(Token(auth_token))
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.push(format!("{:?}", self.0));
        Flow::Continue
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
        Flow::Continue
    }
}

struct Started {
    _site: Running<Site>,
    port: u16,
}

async fn start() -> Started {
    let site = Site::start().await.expect("the site starts");
    let port = client::port(&site);
    Started { _site: site, port }
}

impl Started {
    async fn refused(&self, target: &str) -> Response {
        Client::refused(self.port, &Request::upgrade(target)).await
    }

    async fn status(&self, target: &str) -> u16 {
        self.refused(target).await.status
    }

    async fn first(&self, request: &Request) -> String {
        Client::open_by(self.port, request).await.hear_text().await
    }
}

#[tokio::test]
async fn a_refusal_is_an_empty_403_or_the_status_it_names() {
    let site = start().await;
    for (no, status) in [
        ("new", 403),
        ("any+reason", 403),
        ("status", 429),
        ("because+and+status", 429),
    ] {
        let refused = site.refused(&format!("/door/websocket?no={no}")).await;
        assert_eq!(
            (refused.status, refused.body.as_str()),
            (status, ""),
            "{no}"
        );
    }
    let failed = site.refused("/door/websocket?no=error").await;
    assert_eq!(
        (failed.status, failed.body.as_str()),
        (500, "Internal Server Error")
    );
    Client::open(site.port, "/door/websocket")
        .await
        .is_quiet()
        .await;
}

#[tokio::test]
async fn an_error_handler_answers_reasons() {
    let site = start().await;
    for (no, reason) in [
        ("sold+out", "sold out (403)"),
        ("because+and+status", "full (429)"),
    ] {
        let target = format!("/handled/websocket?no={no}");
        let refused = site.refused(&target).await;
        assert_eq!(
            (refused.status, refused.body),
            (418, format!("GET {target}: {reason}"))
        );
    }
    assert_eq!(
        site.status("/handled/websocket?no=new").await,
        403,
        "there is no reason to explain"
    );
    assert_eq!(
        site.status("/handled/websocket?no[]=new").await,
        400,
        "the mistake is the client's"
    );
    assert_eq!(
        site.status("/handled/websocket?no=error").await,
        500,
        "what failed is not to be explained"
    );
    assert_eq!(site.status("/handled/websocket?no=panic").await, 500);
    Client::open(site.port, "/handled/websocket")
        .await
        .is_quiet()
        .await;
}

#[tokio::test]
async fn parameters_have_types() {
    let site = start().await;
    for (target, told) in [
        ("/typed/7/websocket?level=-3", "7 -3 None 10 None None of 2"),
        (
            "/typed/7/websocket?level=1&dark=true&limit=2&tag[]=a&tag[]=b&colour=red&else=1",
            r#"7 1 Some(true) 2 Some(["a", "b"]) Some(1) of 7"#,
        ),
        (
            "/typed/7/websocket?level=1&room=8",
            "7 1 None 10 None None of 2",
        ),
    ] {
        assert_eq!(site.first(&Request::upgrade(target)).await, told);
    }
    for (query, body) in [
        ("", "parameter `level` is missing"),
        ("level=200", "parameter `level` is not valid: "),
        ("level=1&dark=yes", "parameter `dark` is not valid: "),
        ("level=1&limit=-1", "parameter `limit` is not valid: "),
        ("level=1&tag=a", "parameter `tag` is not valid: "),
        (
            "level=1&colour=blue",
            "parameter `colour` is not valid: no such colour",
        ),
        ("level[]=1", "parameter `level` is not valid: "),
        ("level[a]=1", "parameter `level` is not valid: "),
        (
            "level=1&colour[]=red",
            "parameter `colour` is not valid: expected one value",
        ),
    ] {
        let refused = site.refused(&format!("/typed/7/websocket?{query}")).await;
        assert_eq!(refused.status, 400, "{query}");
        assert!(refused.body.starts_with(body), "{query}: {}", refused.body);
        assert!(
            !refused.body.contains("200") && !refused.body.contains("blue"),
            "{}",
            refused.body
        );
    }
    assert_eq!(site.status("/typed/seven/websocket?level=1").await, 400);
}

#[tokio::test]
async fn queries_that_cannot_be_read_are_the_clients_mistake() {
    let site = start().await;
    assert_eq!(site.status("/door/websocket?a=%ff").await, 400);
    assert_eq!(site.status("/door/websocket?%c3%28=a").await, 400);
    let fits = format!("/door/websocket?a={}", "x".repeat(8_000));
    Client::open(site.port, &fits).await.is_quiet().await;
    // Names nest up to a depth. Deeper names are plain names.
    let nested = |depth| format!("/door/websocket?no{}=1", "[a]".repeat(depth));
    assert_eq!(site.status(&nested(32)).await, 400);
    Client::open(site.port, &nested(4_000))
        .await
        .is_quiet()
        .await;
    let huge = format!("/door/websocket?a={}", "x".repeat(1_000_001));
    assert_eq!(site.status(&huge).await, 414);
}

#[tokio::test]
async fn what_a_client_says_of_itself_is_not_believed() {
    let site = start().await;
    let mut request = Request::upgrade("/known/websocket?a=%20b")
        .header("x-forwarded-for", "6.6.6.6")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-port", "1")
        .header("forwarded", "for=6.6.6.6;host=evil.example;proto=https");
    request.headers.retain(|(name, _)| name != "host");
    let request = request.header("host", "evil.example:66");
    let told = site.first(&request).await;
    let told: Vec<_> = told.split('|').collect();
    let [peer, uri, x_headers, custom, url] = told[..] else {
        panic!("{told:?}")
    };
    assert!(
        peer.starts_with("127.0.0.1:") && peer != "127.0.0.1:1",
        "{peer}"
    );
    // The URI is documented as the client's claim. Its scheme is the connection's.
    assert_eq!(uri, "http://evil.example:66/known/websocket?a=%20b");
    assert_eq!(
        x_headers,
        "x-forwarded-for,x-forwarded-host,x-forwarded-proto,x-forwarded-port"
    );
    assert_eq!(custom, "eu 7");
    assert_eq!(
        url, "https://www.example.com",
        "URLs are the configuration's"
    );
}

#[tokio::test]
async fn a_forwarded_host_does_not_let_an_origin_in() {
    let site = start().await;
    let evil = |request: Request| request.header("origin", "https://evil.example");
    let mut request =
        Request::upgrade("/door/websocket").header("x-forwarded-host", "evil.example");
    request.headers.retain(|(name, _)| name != "host");
    let refused = Client::refused(site.port, &evil(request.header("host", "evil.example"))).await;
    assert_eq!((refused.status, refused.body.as_str()), (403, ""));
    let own = Request::upgrade("/door/websocket").header("origin", "https://www.example.com");
    Client::open_by(site.port, &own).await.is_quiet().await;
}

#[tokio::test]
async fn a_bearer_token_comes_by_the_subprotocol() {
    let site = start().await;
    let offer =
        |text: &str| Request::upgrade("/token/websocket").header("sec-websocket-protocol", text);
    assert_eq!(
        site.first(&offer("phoenix, base64url.bearer.phx.c2VjcmV0Pw"))
            .await,
        r#"Some("secret?")"#
    );
    assert_eq!(site.first(&offer("phoenix")).await, "None");
    assert_eq!(
        site.first(&Request::upgrade("/token/websocket")).await,
        "None"
    );
    let client = Client::open_by(
        site.port,
        &offer("phoenix, base64url.bearer.phx.c2VjcmV0Pw"),
    )
    .await;
    assert_eq!(
        client.response.header("sec-websocket-protocol"),
        Some("phoenix"),
        "and is not sent back"
    );
    for bad in [
        "phoenix, base64url.bearer.phx.!!",
        "base64url.bearer.phx.A",
        "base64url.bearer.phx._w",
    ] {
        assert_eq!(
            Client::refused(site.port, &offer(bad)).await.status,
            400,
            "{bad}"
        );
    }
    let two_lines =
        offer("phoenix").header("sec-websocket-protocol", "base64url.bearer.phx.c2VjcmV0Pw");
    assert_eq!(
        site.first(&two_lines).await,
        r#"Some("secret?")"#,
        "several lines are one list"
    );
    let foreign = offer("mqtt, base64url.bearer.phx.c2VjcmV0Pw");
    assert_eq!(Client::refused(site.port, &foreign).await.status, 403);
}

#[tokio::test]
async fn a_function_judges_origins_and_may_panic() {
    let site = start().await;
    let from = |origin: &str| Request::upgrade("/judged/websocket").header("origin", origin);
    Client::open_by(site.port, &from("https://good.example"))
        .await
        .is_quiet()
        .await;
    Client::open_by(site.port, &Request::upgrade("/judged/websocket"))
        .await
        .is_quiet()
        .await;
    for (origin, status) in [
        ("https://www.example.com", 403),
        ("null", 403),
        ("https://panic.example", 500),
    ] {
        let refused = Client::refused(site.port, &from(origin)).await;
        assert_eq!(refused.status, status, "{origin}");
    }
    Client::open_by(site.port, &from("https://good.example:8443"))
        .await
        .is_quiet()
        .await;
}

/// A connection keeps its place when it becomes a socket.
#[tokio::test]
async fn one_client_has_so_many_connections_whatever_they_are() {
    let site = Crowded::start().await.expect("the site starts");
    let port = client::port(&site);
    let first = Client::open(port, "/door/websocket").await;
    let second = Client::open(port, "/door/websocket").await;
    let refused = client::ask(port, &Request::get("/")).await;
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (429, Some("1"))
    );
    drop(first);
    until("the first has left", || site.stats().connections == 1).await;
    let third = Client::open(port, "/door/websocket").await;
    assert_eq!(client::ask(port, &Request::get("/")).await.status, 429);
    drop((second, third));
    site.shutdown().await.expect("a clean end");
}

#[tokio::test]
async fn web_views_and_extensions_can_be_listed() {
    let site = start().await;
    let from = |origin: &str| Request::upgrade("/apps/websocket").header("origin", origin);
    let listed = APPS.iter().copied();
    for origin in listed.chain(["CAPACITOR://LOCALHOST", "ionic://localhost:8100"]) {
        Client::open_by(site.port, &from(origin))
            .await
            .is_quiet()
            .await;
    }
    for origin in [
        "http://localhost",
        "https://localhost",
        "capacitor://localhost:80",
        "capacitor://localhost.evil.example",
        "capacitor://a.localhost",
        "capacitor://",
        "ionic://localhost",
        "ionic://localhost:8101",
        "file://",
        "file://localhost",
        "null",
        "app://evil",
        "//localhost",
        "chrome-extension://ponmlkjihgfedcbaponmlkjihgfedcba",
        "moz-extension://abcdefghijklmnopabcdefghijklmnop",
    ] {
        assert_eq!(
            Client::refused(site.port, &from(origin)).await.status,
            403,
            "{origin}"
        );
    }
}

#[tokio::test]
async fn headers_of_a_trace_and_of_a_handshake_come_on_both_transports() {
    const TRACE: &str = "traceparent=\"00-0af7-b7ad-01\", tracestate=\"a=1\", tracestate=\"b=2\"";

    let site = start().await;
    let traced = |request: Request| {
        request
            .header("traceparent", "00-0af7-b7ad-01")
            .header("x-traceparent", "another")
            .header("tracestate", "a=1")
            .header("tracestate", "b=2")
            .header("tracestated", "another")
    };
    let upgrade =
        traced(Request::upgrade("/traced/websocket")).header("sec-websocket-extensions", "x-tide");
    let mut client = Client::open_by(site.port, &upgrade).await;
    let handshake = "sec-websocket-version=\"13\", sec-websocket-key=\"dGhlIHNhbXBsZSBub25jZQ==\", \
                     sec-websocket-extensions=\"x-tide\"";
    assert_eq!(client.hear_text().await, format!("{TRACE}; {handshake}"));

    let address = ([127, 0, 0, 1], site.port).into();
    let mut connection = Connection::open(address).await.expect("a connection");
    let request = traced(poll("/traced/longpoll", "")).header("sec-websocket-tide", "high");
    let answer = Answer::of(connection.request(&request).await.expect("an answer"));
    let token = answer.token.expect("a token");
    let mut poller = Poller::with(connection, "/traced/longpoll", &token);
    assert_eq!(
        poller.messages(1).await,
        [format!("{TRACE}; sec-websocket-tide=\"high\"")]
    );
}
