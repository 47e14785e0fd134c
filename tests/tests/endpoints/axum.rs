//! axum and an endpoint in one application, each inside the other.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};

use axum::{Router, extract::ConnectInfo, routing::get};
use landfall::{
    Endpoint, Handle, Message, Running, endpoint, socket,
    socket::{Flow, Outbox, PeerData, Refused, RequestUri},
};
use landfall_tests::{
    client::{self, Client, ask},
    wait::until,
    wire::{Frame, Request},
};
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

endpoint! {
    /// An endpoint that is nested in a router of axum.
    struct Inner;

    url(path = "/rt");
    check_origin = conn;
    trusted_proxies = ["127.0.0.0/8"];
    secret_key_base = insecure("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", reason = "a test");
    server = false;
    socket(
        "/echo/:room",
        Echo,
        websocket(connect_info = [peer_data, uri]),
        longpoll(connect_info = [peer_data, uri], max_sessions_per_ip = 1),
    );
}

endpoint! {
    /// An endpoint whose service is a router of axum.
    struct Outer;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    socket("/echo/:room", Echo, websocket(connect_info = [peer_data, uri]));
    service(router());
}

struct Echo(String);

#[socket]
impl Echo {
    async fn connect(
        #[info] peer_data: PeerData,
        #[info] uri: RequestUri,
    ) -> Result<Self, Refused> {
        Ok(Echo(format!(
            "{} {}?{}",
            peer_data.address, uri.path, uri.query
        )))
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.forward("news");
        out.push(self.0.as_str());
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        out.push(message);
        Flow::Continue
    }
}

fn router() -> Router {
    Router::new()
        .route(
            "/who",
            get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }),
        )
        .route("/edge", get(|edge: Handle| async move { edge.name() }))
        .route("/panic", get(panicking))
        .route("/slow", get(slow))
}

async fn panicking() -> &'static str {
    panic!("as asked")
}

async fn slow() -> &'static str {
    tokio::time::sleep(Duration::from_millis(300)).await;
    "done"
}

/// axum's server, and what stops it.
struct Served {
    inner: Running<Inner>,
    port: u16,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

async fn serve() -> Served {
    let inner = Inner::start().await.expect("the endpoint starts");
    let router = router().nest_service("/rt", inner.service());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .await
        .expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let (stop, stopped) = oneshot::channel::<()>();
    let edge = inner.clone();
    let stopped = async move {
        let _ = stopped.await;
        edge.shutdown().await.expect("a clean end");
    };
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = tokio::spawn(async move {
        axum::serve(listener, service)
            .with_graceful_shutdown(stopped)
            .await
    });
    Served {
        inner,
        port,
        stop,
        serving,
    }
}

/// The IP address at the start of the text, and the rest.
fn split_peer(told: &str) -> (IpAddr, &str) {
    let (peer, rest) = told.split_once(' ').unwrap_or((told, ""));
    (peer.parse::<SocketAddr>().expect("an address").ip(), rest)
}

#[tokio::test]
async fn nested_sockets_know_their_peer_and_the_whole_path() {
    let served = serve().await;
    let mut client = Client::open(served.port, "/rt/echo/7/websocket?a=b").await;
    let told = client.hear_text().await;
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    assert_eq!(split_peer(&told), (here, "/rt/echo/7/websocket?a=b"));
    client.text("hello").await;
    assert_eq!(client.hear_text().await, "hello");
    served
        .inner
        .broadcast("news", "said", "to all")
        .expect("room for a broadcast");
    assert_eq!(client.hear_text().await, "to all");
    assert_eq!(served.inner.path("/echo"), "/rt/echo");
}

/// axum's `ConnectInfo` is the address of the proxy.
#[tokio::test]
async fn nested_sockets_count_clients_behind_proxies() {
    let served = serve().await;
    for (client, status) in [
        ("192.0.2.1", 200),
        ("6.6.6.6, 192.0.2.1", 429),
        ("192.0.2.2", 200),
    ] {
        let request =
            Request::get("/rt/echo/7/longpoll?vsn=2.0.0").header("x-forwarded-for", client);
        assert_eq!(ask(served.port, &request).await.status, status, "{client}");
    }
}

#[tokio::test]
async fn a_router_beside_a_nested_endpoint_is_served() {
    let served = serve().await;
    let who = ask(served.port, &Request::get("/who")).await;
    assert_eq!(
        (who.status, split_peer(&who.body).0),
        (200, IpAddr::V4(Ipv4Addr::LOCALHOST))
    );
    assert_eq!(
        ask(served.port, &Request::get("/nowhere")).await.status,
        404
    );
    assert_eq!(
        ask(served.port, &Request::get("/rt/nowhere")).await.status,
        404
    );
    assert_eq!(
        ask(served.port, &Request::get("/edge")).await.status,
        500,
        "outside of any endpoint"
    );
}

#[tokio::test]
async fn nested_origins_are_compared_with_the_original_request() {
    let served = serve().await;
    let request = |host: &str, origin: &str| {
        let mut request = Request::upgrade("/rt/echo/1/websocket").header("origin", origin);
        request.headers.retain(|(name, _)| name != "host");
        request.header("host", host)
    };
    for (host, origin) in [
        ("a.example", "http://a.example"),
        ("a.example:8080", "http://a.example:8080"),
    ] {
        Client::open_by(served.port, &request(host, origin)).await;
    }
    for (host, origin) in [
        ("a.example", "http://b.example"),
        ("a.example:8080", "http://a.example"),
        ("a.example", "https://a.example"),
    ] {
        let refused = Client::refused(served.port, &request(host, origin)).await;
        assert_eq!(refused.status, 403, "{origin} at {host}");
    }
}

/// A client need not wait for the answer to its handshake.
#[tokio::test]
async fn a_frame_that_comes_with_the_handshake_is_heard() {
    let served = serve().await;
    let outer = Outer::start().await.expect("the endpoint starts");
    for (port, target) in [
        (served.port, "/rt/echo/1/websocket"),
        (client::port(&outer), "/echo/1/websocket"),
    ] {
        for length in [5, 100, 100_000] {
            let text = "e".repeat(length);
            let mut client =
                Client::open_with(port, &Request::upgrade(target), &Frame::text(&text)).await;
            assert!(client.hear_text().await.contains(target));
            assert_eq!(client.hear_text().await, text);
            client.is_quiet().await;
        }
    }
}

#[tokio::test]
async fn both_stop_together() {
    let served = serve().await;
    let mut clients = Vec::new();
    for _ in 0..20 {
        let mut client = Client::open(served.port, "/rt/echo/1/websocket").await;
        client.hear_text().await;
        clients.push(client);
    }
    let slow = tokio::spawn({
        let port = served.port;
        async move { ask(port, &Request::get("/slow")).await }
    });
    until("all are connected", || {
        served.inner.stats().connections == 20
    })
    .await;
    served.stop.send(()).expect("the server runs");
    for mut client in clients {
        let frame = client.hear().await;
        assert_eq!(frame.close_code(), Some(1012), "{frame:?}");
        client.send(Frame::close(1012, b"")).await;
    }
    assert_eq!(
        slow.await.expect("no panic").body,
        "done",
        "what was in flight is finished"
    );
    served
        .serving
        .await
        .expect("no panic")
        .expect("a clean end");
    let stats = served.inner.stats();
    assert_eq!((stats.connections, stats.tasks), (0, 0));
}

/// Connections leave on one worker while the endpoint counts them on another.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nested_sockets_that_leave_during_the_shutdown_were_not_cut_off() {
    for _ in 0..20 {
        let served = serve().await;
        let mut clients = Vec::new();
        for _ in 0..20 {
            clients.push(Client::open(served.port, "/rt/echo/1/websocket").await);
        }
        until("all are connected", || {
            served.inner.stats().connections == 20
        })
        .await;
        let leaving = tokio::spawn(async move { clients.into_iter().for_each(Client::reset) });
        served.inner.shutdown().await.expect("a clean end");
        leaving.await.expect("no panic");
    }
}

#[tokio::test]
async fn inside_an_endpoint_axum_has_its_extractors() {
    let outer = Outer::start().await.expect("the endpoint starts");
    let port = client::port(&outer);
    let who = ask(port, &Request::get("/who")).await;
    assert_eq!(
        (who.status, split_peer(&who.body).0),
        (200, IpAddr::V4(Ipv4Addr::LOCALHOST))
    );
    assert_eq!(ask(port, &Request::get("/edge")).await.body, "Outer");
    assert_eq!(ask(port, &Request::get("/nowhere")).await.status, 404);
    let mut client = Client::open(port, "/echo/1/websocket").await;
    assert_eq!(
        split_peer(&client.hear_text().await).1,
        "/echo/1/websocket?"
    );
}

#[tokio::test]
async fn a_handler_that_panics_is_a_500_and_the_next_request_is_served() {
    let outer = Outer::start().await.expect("the endpoint starts");
    let port = client::port(&outer);
    for _ in 0..3 {
        assert_eq!(ask(port, &Request::get("/panic")).await.status, 500);
        assert_eq!(ask(port, &Request::get("/edge")).await.status, 200);
    }
    outer.shutdown().await.expect("a clean end");
    assert_eq!(outer.stats().tasks, 0);
}
