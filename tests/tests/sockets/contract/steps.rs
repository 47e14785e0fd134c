//! A transport of the application's own takes every step that the built-in ones take.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use landfall::{
    Body, Endpoint, Message, Running, Socket, endpoint,
    endpoint::{ForceSsl, Forwarded},
    message::Unsupported,
    mount::Timeout,
    socket,
    socket::{ConnectInfo, Flow, Outbox, PeerData, Refused},
    testing::Network,
    transport::{Attempt, Denied, Driver, Format, Transport, TransportOptions},
};
use landfall_tests::wire::{Connection, Request, Response as Answer};

endpoint! {
    struct Site;

    url(host = "www.example.com", scheme = "https", port = 443);
    http(port = 4000);
    server = true;
    trusted_proxies = ["10.0.0.1"];
    socket("/news", News, websocket = false, transport = Careful, log = false);
}

const FORCE_SSL: ForceSsl = ForceSsl {
    rewrite_on: &[Forwarded::Proto, Forwarded::For],
    ..ForceSsl::DEFAULT
};

struct Careful;

impl Transport for Careful {
    const NAME: &'static str = "careful";

    fn options(&self) -> TransportOptions {
        TransportOptions {
            path: "/careful",
            connect_info: ConnectInfo {
                peer_data: true,
                ..ConnectInfo::NOTHING
            },
            auth_token: true,
            transport_log: Some(tracing::Level::INFO),
            timeout: Timeout::Never,
            ..TransportOptions::DEFAULT
        }
    }

    async fn answer<S: Socket>(&self, mut attempt: Attempt) -> Result<Response<Body>, Denied> {
        let hsts = attempt.force_ssl(&FORCE_SSL)?;
        let params = attempt.params()?;
        attempt.check_origin()?;
        let authorization = attempt.parts().headers.get(header::AUTHORIZATION);
        let token = authorization.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let token = token.map(str::to_owned);
        let subprotocol = attempt.check_subprotocols(&["lines.v2", "lines.v1"])?;
        let (driver, outgoing) = attempt.connect::<S, Line>(params, token).await?;
        driver.spawn(run);
        let mut response = Response::new(outgoing.into_body());
        let headers = response.headers_mut();
        headers.extend(hsts.map(|value| (header::STRICT_TRANSPORT_SECURITY, value)));
        let subprotocol = subprotocol.map(HeaderValue::from_static);
        headers.extend(subprotocol.map(|value| (header::SEC_WEBSOCKET_PROTOCOL, value)));
        Ok(response)
    }
}

async fn run<S: Socket>(mut driver: Driver<S>) {
    let flow = driver.init().await;
    if let Flow::Stop { reason, .. } = flow {
        driver.terminate(reason);
    }
}

struct Line;

impl Format for Line {
    fn format(message: Message) -> Result<Bytes, Unsupported> {
        let text = message.as_text().map(|text| format!("{text}\n").into());
        text.ok_or(Unsupported::new("a line holds text"))
    }
}

/// Tells its client who it is, and ends.
struct News(String);

#[socket]
impl News {
    async fn connect(
        #[param] tide: String,
        #[info] peer_data: PeerData,
        #[info] auth_token: Option<String>,
    ) -> Result<Self, Refused> {
        Ok(News(format!(
            "{tide} {} {auth_token:?}",
            peer_data.address.ip()
        )))
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.push(self.0.as_str());
        Flow::stop()
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

async fn start() -> (Running<Site>, Network) {
    let (network, listener) = Network::new();
    let site = Site::builder().listener(listener).start();
    (site.await.expect("the site starts"), network)
}

async fn ask(network: &Network, request: &Request) -> Answer {
    let proxy = SocketAddr::from(([10, 0, 0, 1], 9));
    let mut connection = Connection::through_from(network, Some(proxy)).await;
    connection.request(request).await.expect("an answer")
}

/// A request that came over TLS to a trusted proxy.
fn secure() -> Request {
    let mut request = Request::get("/news/careful?tide=high");
    request.headers[0].1 = "www.example.com".to_owned();
    request
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-for", "192.0.2.7")
}

#[tokio::test(start_paused = true)]
async fn each_step_refuses_in_its_own_way() {
    let (_site, network) = start().await;
    let mut plain = secure();
    plain.headers.truncate(1);
    let redirected = ask(&network, &plain).await;
    assert_eq!(redirected.status, 301);
    assert_eq!(
        redirected.header("location"),
        Some("https://www.example.com/news/careful?tide=high")
    );
    for (request, status) in [
        (secure().header("origin", "https://elsewhere.example"), 403),
        (secure().header("sec-websocket-protocol", "other"), 403),
    ] {
        let refused = ask(&network, &request).await;
        assert_eq!((refused.status, &*refused.body), (status, ""));
    }
    let mut without = secure();
    without.target = "/news/careful".to_owned();
    assert_eq!(ask(&network, &without).await.status, 400);
    without.target = "/news/careful?tide=%ff".to_owned();
    assert_eq!(ask(&network, &without).await.status, 400);
}

#[tokio::test(start_paused = true)]
async fn who_passes_all_steps_is_connected() {
    let (_site, network) = start().await;
    let request = secure()
        .header("origin", "https://www.example.com")
        .header("authorization", "Bearer open sesame")
        .header("sec-websocket-protocol", "lines.v1, lines.v2");
    let answer = ask(&network, &request).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.body, "high 192.0.2.7 Some(\"open sesame\")\n");
    assert_eq!(
        answer.header("strict-transport-security"),
        Some("max-age=31536000")
    );
    assert_eq!(answer.header("sec-websocket-protocol"), Some("lines.v2"));
}
