//! The endpoint that these tests talk to.

use std::{
    convert::Infallible,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use landfall::{Running, config::Http, prelude::*, socket::RequestUri, testing::Network};
use tokio::io::DuplexStream;

use crate::http2::{browser::Browser, raw::Raw};

pub(crate) const SECRET: &str = "a secret of 64 bytes for a site that is there for its tests only.";

endpoint! {
    pub(crate) struct Site;

    state = Seen;

    http(port = 4000, http2 = true);
    server = true;
    secret_key_base = SECRET;
    url(host = "localhost");

    socket("/echo", Echo, websocket(compress = true, connect_info = [uri]));
    socket("/conn", Echo, websocket(check_origin = conn, connect_info = [uri]));
    socket("/spoken", Echo, websocket(subprotocols = ["v2", "v1"], connect_info = [uri]));
    socket("/closed", Closed);
    socket("/talk", Talker, websocket = false, longpoll(window = secs(4)));
    service(|edge| {
        let seen = edge.state().clone();
        tower::service_fn(move |request| answer(request, seen.clone()))
    });
}

/// What the site has seen of its clients.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Requests whose clients went away.
    pub(crate) given_up: Arc<AtomicUsize>,
    /// Why sockets ended.
    ends: Arc<Mutex<Vec<String>>>,
}

impl Seen {
    pub(crate) fn ends(&self) -> Vec<String> {
        self.ends
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Echoes, and forwards the topic `news`.
pub(crate) struct Echo {
    uri: String,
    seen: Seen,
}

#[socket]
impl Echo {
    async fn connect(#[info] uri: RequestUri, #[state] seen: Seen) -> Result<Self, Refused> {
        let uri = format!("{}://{}:{}{}", uri.scheme, uri.host, uri.port, uri.path);
        Ok(Echo { uri, seen })
    }

    async fn init(&mut self, out: &mut Outbox) {
        out.forward("news");
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        match message.as_text() {
            Some("where") => out.push(self.uri.clone()),
            Some("stop") => return Flow::stop(),
            Some("tell") => match out.broadcast("news", "said", "news for all") {
                Ok(()) => {}
                Err(overloaded) => return Flow::close(1013, overloaded.to_string()),
            },
            _ => out.push(message),
        }
        Flow::Continue
    }

    fn terminate(self, reason: Reason) {
        let mut ends = self
            .seen
            .ends
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        ends.push(format!("{reason:?}"));
    }
}

struct Closed;

#[socket]
impl Closed {
    async fn connect() -> Result<Self, Refused> {
        Err(Refused::because("nobody enters"))
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

struct Talker;

#[socket]
impl Talker {
    async fn connect() -> Result<Self, Refused> {
        Ok(Talker)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

/// Counts the requests that are dropped before they are answered.
struct Given(Option<Seen>);

impl Drop for Given {
    fn drop(&mut self) {
        if let Some(seen) = &self.0 {
            seen.given_up.fetch_add(1, SeqCst);
        }
    }
}

type Answer = UnsyncBoxBody<Bytes, Infallible>;

async fn answer(request: Request<Body>, seen: Seen) -> Result<Response<Answer>, Infallible> {
    let text = |text: String| Full::new(Bytes::from(text)).boxed_unsync();
    let header = |name: &str| {
        let values = request.headers().get_all(name).into_iter();
        let values: Vec<_> = values
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        values.join("|")
    };
    let body = match request.uri().path() {
        "/never" => {
            let _given = Given(Some(seen));
            std::future::pending().await
        }
        "/slow" => {
            tokio::time::sleep(Duration::from_secs(3)).await;
            text("at last".to_owned())
        }
        "/large" => {
            let piece = Bytes::from(vec![b'x'; 16 * 1024]);
            let pieces = (0..1024).map(move |_| Ok(http_body::Frame::data(piece.clone())));
            StreamBody::new(stream::iter(pieces)).boxed_unsync()
        }
        "/upload" => {
            let read = request.into_body().collect().await;
            text(match read {
                Ok(body) => format!("{} bytes", body.to_bytes().len()),
                Err(_) => "broken".to_owned(),
            })
        }
        _ => text(format!(
            "{} {} {:?} of {} with {}",
            request.method(),
            request.uri(),
            request.version(),
            header("host"),
            header("cookie"),
        )),
    };
    Ok(Response::new(body))
}

/// A running site in memory.
pub(crate) struct Started {
    pub(crate) running: Running<Site>,
    pub(crate) seen: Seen,
    pub(crate) network: Network,
}

impl Started {
    pub(crate) async fn new() -> Self {
        Started::with(|_| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Http)) -> Self {
        let (network, listener) = Network::new();
        let seen = Seen::default();
        let mut http = Http::DEFAULT;
        change(&mut http);
        let builder = Site::builder(seen.clone())
            .listener(listener)
            .settings(|settings| settings.http = landfall::config::Group::on(http));
        Started {
            running: builder.start().await.expect("the site starts"),
            seen,
            network,
        }
    }

    pub(crate) async fn pipe(&self) -> DuplexStream {
        self.pipe_from(None).await
    }

    pub(crate) async fn pipe_from(&self, address: Option<SocketAddr>) -> DuplexStream {
        let stream = self.network.connect_from(address).await;
        stream.expect("the endpoint listens")
    }

    /// A client that speaks HTTP/2 by prior knowledge.
    pub(crate) async fn browser(&self) -> Browser {
        Browser::over(self.pipe().await).await
    }

    /// A client that writes frames by hand.
    pub(crate) async fn raw(&self) -> Raw {
        Raw::begin(self.pipe().await).await
    }
}
