//! The server over pipes in memory, with a paused clock where time matters.

#![expect(clippy::unwrap_used, reason = "tests")]

mod limits;
mod malformed;
mod opening;
mod serving;
mod takeover;
mod tcp;
#[cfg(any(feature = "tls", feature = "tls-aws-lc-rs"))]
mod tls;

use std::{
    convert::Infallible,
    future::{Ready, ready},
    io,
    net::SocketAddr,
    task::{Context, Poll},
    time::Duration,
};

use http::{Request, Response};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    sync::mpsc,
};
use tokio_util::task::TaskTracker;
use tower_service::Service;

use super::{Admission, Front, Layer, Listener, Lost, Serve, Stop, Trackers, serve};
use crate::{
    address::Address,
    body::Body,
    config::{HttpConfig, TrustedProxies},
};

/// A listener whose connections are made by [`Harness::connect`].
struct Pairs(mpsc::UnboundedReceiver<io::Result<Arrival>>);

type Arrival = (DuplexStream, Option<SocketAddr>);

impl Listener for Pairs {
    type Io = DuplexStream;

    async fn accept(&mut self) -> io::Result<(DuplexStream, Option<SocketAddr>)> {
        match self.0.recv().await {
            Some(accepted) => accepted,
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Address> {
        Ok(Address::Unnamed)
    }
}

fn both(tracker: &TaskTracker) -> Trackers<'_> {
    Trackers {
        connections: tracker,
        tasks: tracker,
    }
}

/// How long requests of a [`Harness`] may take once it stops.
const SHUTDOWN: Duration = Duration::from_secs(30);

/// A running server.
struct Harness {
    connections: mpsc::UnboundedSender<io::Result<Arrival>>,
    tracker: TaskTracker,
    stop: Stop,
    lost: Lost,
}

impl Harness {
    fn new(service: impl Serve) -> Self {
        Self::with(service, HttpConfig::default())
    }

    fn with(service: impl Serve, config: HttpConfig) -> Self {
        Self::behind(TrustedProxies::none(), service, config)
    }

    /// Starts a server whose service opens sockets before hyper.
    fn opening(service: impl Serve) -> Self {
        let front = Front {
            opens: |_, _| true,
            ..Front::bare(service)
        };
        let (proxies, config) = (TrustedProxies::none(), HttpConfig::default());
        Self::stopping_in(SHUTDOWN, proxies, front, config)
    }

    fn behind(proxies: TrustedProxies, service: impl Serve, config: HttpConfig) -> Self {
        Self::stopping_in(SHUTDOWN, proxies, Front::bare(service), config)
    }

    /// Starts a server whose requests have a second once it stops.
    fn brief(service: impl Serve) -> Self {
        let (second, proxies) = (Duration::from_secs(1), TrustedProxies::none());
        Self::stopping_in(second, proxies, Front::bare(service), HttpConfig::default())
    }

    fn stopping_in(
        shutdown: Duration,
        proxies: TrustedProxies,
        front: Front<impl Serve>,
        config: HttpConfig,
    ) -> Self {
        let (connections, accepted) = mpsc::unbounded_channel();
        let (tracker, stop) = (
            TaskTracker::new(),
            Stop::new(tokio_util::sync::CancellationToken::new(), shutdown),
        );
        let admission = Admission::always(&config, proxies);
        let lost = serve(
            Pairs(accepted),
            Layer::Plain,
            front,
            config,
            admission,
            both(&tracker),
            stop.clone(),
        );
        Harness {
            connections,
            tracker,
            stop,
            lost,
        }
    }

    fn connect(&self) -> Client {
        self.connect_from(None)
    }

    fn connect_from(&self, address: Option<&str>) -> Client {
        let (ours, theirs) = tokio::io::duplex(64 * 1024);
        let address = address.map(|address| SocketAddr::new(address.parse().unwrap(), 7));
        self.connections.send(Ok((theirs, address))).unwrap();
        Client(ours)
    }

    /// Stops, and waits for the last task.
    async fn stopped(self) {
        self.stop.cancel();
        self.tracker.close();
        self.tracker.wait().await;
    }
}

struct Client(DuplexStream);

impl Client {
    async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.0.write_all(bytes.as_ref()).await.unwrap();
    }

    /// All bytes until the server closes.
    async fn rest(&mut self) -> String {
        let mut all = Vec::new();
        self.0.read_to_end(&mut all).await.unwrap();
        String::from_utf8(all).unwrap()
    }

    /// One response, by its `content-length`.
    async fn response(&mut self) -> String {
        let mut all = Vec::new();
        loop {
            all.push(self.0.read_u8().await.unwrap());
            if all.ends_with(b"\r\n\r\n") {
                break;
            }
        }
        let head = String::from_utf8(all).unwrap();
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.0.read_exact(&mut body).await.unwrap();
        head + &String::from_utf8(body).unwrap()
    }

    async fn exchange(&mut self, request: impl AsRef<[u8]>) -> String {
        self.send(request).await;
        self.response().await
    }
}

const HELLO: &str = "GET /hello HTTP/1.1\r\nhost: a\r\n\r\n";

/// A service from a function.
#[derive(Clone)]
struct With<F>(F);

impl<F, R> Service<Request<Body>> for With<F>
where
    F: Fn(Request<Body>) -> R,
    R: Future<Output = Response<Body>> + Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future =
        std::pin::Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let response = (self.0)(request);
        Box::pin(async move { Ok(response.await) })
    }
}

/// Answers with the request's method and target.
fn mirror() -> impl Serve {
    With(|request: Request<Body>| ready(said(&request)))
}

fn said(request: &Request<Body>) -> Response<Body> {
    let host = request
        .headers()
        .get("host")
        .map_or("none", |host| host.to_str().unwrap());
    Response::new(Body::from(format!(
        "{} {} of {host}",
        request.method(),
        request.uri()
    )))
}

type Answered = Ready<Response<Body>>;
