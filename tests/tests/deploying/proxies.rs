//! Clients that reach the application through each proxy that the chapter shows.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use landfall::Running;
use landfall_tests::{
    client::{Client, ask, port},
    longpoll::Poller,
    proxy::{self, Proxy},
    wire::{Connection, PATIENCE, Request},
};
use tokio::{net::TcpSocket, time::sleep};

use crate::board::{Board, free_port};

/// Where clients are. The proxy reaches the application from another address.
const CLIENT: Ipv4Addr = Ipv4Addr::new(127, 0, 0, 2);

fn shown(proxy: Proxy, port: u16, board: u16) -> proxy::Configured {
    let listens = match proxy {
        Proxy::Caddy => ("board.example.com {", format!("http://:{port} {{")),
        Proxy::HaProxy => ("bind :80", format!("bind 127.0.0.1:{port}")),
        Proxy::Nginx => ("listen 80;", format!("listen 127.0.0.1:{port};")),
    };
    let changes = [listens, ("127.0.0.1:4000", format!("127.0.0.1:{board}"))];
    proxy.shown("guide/deploying", &changes, env!("CARGO_TARGET_TMPDIR"))
}

/// The application, and a proxy in front of it.
struct Site {
    board: Running<Board>,
    _proxy: proxy::Running,
    /// The proxy's.
    port: u16,
}

impl Site {
    async fn start(proxy: Proxy) -> Self {
        let board = Board::listen(0).await;
        let port = free_port();
        let running = shown(proxy, port, self::port(&board)).start().unwrap();
        let site = Site {
            board,
            _proxy: running,
            port,
        };
        site.passes_on().await;
        site
    }

    /// Waits until the proxy passes requests on.
    async fn passes_on(&self) {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
            if let Ok(mut connection) = Connection::open(address).await
                && let Ok(answer) = connection.request(&Request::get("/healthz")).await
                && answer.status == 200
            {
                return;
            }
            assert!(Instant::now() < deadline, "the proxy passes nothing on");
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// A connection from the address of clients.
    async fn connect(&self) -> Connection {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind((CLIENT, 0).into()).unwrap();
        let proxy = (Ipv4Addr::LOCALHOST, self.port).into();
        Connection::over(socket.connect(proxy).await.unwrap())
    }
}

/// What all of them have to do, by the chapter.
async fn passes_all_on(proxy: Proxy) {
    let site = Site::start(proxy).await;

    // The page's own origin is let in, another is not. What the client says about itself is not believed.
    let upgrade = Request::upgrade("/socket/websocket").header("x-forwarded-for", "192.0.2.1");
    let own = upgrade.clone().header("origin", "http://localhost");
    let mut client = Client::over(site.connect().await, &own).await;
    client.text("ahoy").await;
    assert_eq!(client.hear_text().await, "127.0.0.2 says ahoy");
    let foreign = upgrade.header("origin", "http://elsewhere.example");
    let refused = site.connect().await.request(&foreign).await.unwrap();
    assert_eq!(refused.status, 403);

    let mut poller = Poller::open(site.connect().await, "/socket/longpoll").await;
    assert_eq!(poller.say("ahoy").await, 200);
    assert_eq!(poller.messages(1).await, ["127.0.0.2 says ahoy"]);

    // As large as a body may be by default.
    let body = "x".repeat(8_000_000);
    let upload = Request {
        method: "POST".to_owned(),
        body,
        ..Request::get("/").header("content-length", "8000000")
    };
    let answer = site.connect().await.request(&upload).await.unwrap();
    assert_eq!((answer.status, answer.body.as_str()), (200, "8000000"));

    // What has come of an answer is passed on before it is whole.
    let mut reader = site.connect().await;
    reader.write(&Request::get("/stream").to_bytes()).await;
    assert_eq!(reader.head().await.unwrap().status, 200);
    assert_eq!(reader.chunk_within(PATIENCE).await.unwrap(), b"first");
}

#[tokio::test]
#[ignore = "needs Caddy"]
async fn caddy_passes_all_on() {
    passes_all_on(Proxy::Caddy).await;
}

#[tokio::test]
#[ignore = "needs HAProxy"]
async fn haproxy_passes_all_on() {
    passes_all_on(Proxy::HaProxy).await;
}

#[tokio::test]
#[ignore = "needs nginx"]
async fn nginx_passes_all_on() {
    passes_all_on(Proxy::Nginx).await;
}

#[tokio::test]
#[ignore = "needs Caddy"]
async fn caddy_has_requests_wait_while_the_program_is_replaced() {
    let site = Site::start(Proxy::Caddy).await;
    let board = port(&site.board);
    site.board.shutdown().await.unwrap();

    let (began, proxy) = (Instant::now(), site.port);
    let waits = tokio::spawn(async move { ask(proxy, &Request::get("/")).await });
    sleep(Duration::from_secs(1)).await;
    assert!(!waits.is_finished(), "it waits for the next program");
    let next = Board::listen(board).await;
    assert_eq!(waits.await.unwrap().status, 200);
    assert!(began.elapsed() < Duration::from_secs(5));
    next.shutdown().await.unwrap();
}

#[test]
#[ignore = "needs Caddy"]
fn caddy_accepts_what_is_shown() {
    shown(Proxy::Caddy, free_port(), 4000).check();
}

#[test]
#[ignore = "needs HAProxy"]
fn haproxy_accepts_what_is_shown() {
    shown(Proxy::HaProxy, free_port(), 4000).check();
}

#[test]
#[ignore = "needs nginx"]
fn nginx_accepts_what_is_shown() {
    shown(Proxy::Nginx, free_port(), 4000).check();
}
