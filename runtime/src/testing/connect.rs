//! Connections to sockets.

use std::{
    fmt, future::IntoFuture, marker::PhantomData, net::SocketAddr, pin::Pin, sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Method, StatusCode,
    header::{
        CONNECTION, ORIGIN, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
        SEC_WEBSOCKET_VERSION, UPGRADE,
    },
};
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use tungstenite::handshake::{client::generate_key, derive_accept_key};

use super::{
    caller::Caller,
    client::Client,
    connect_error::ConnectError,
    given::{Given, Left},
    longpoll::PollSession,
    pipe::{Pipe, Sink},
    raw::Raw,
    request::{add_header, parse_target, query, set},
    response::Response,
    router::Router,
    visitor::{Visitor, within},
    websocket::{self, Heartbeat},
    wire,
};
use crate::error::BoxError;

/// The interval of heartbeats of Phoenix's clients.
const HEARTBEAT: Duration = Duration::from_secs(30);

impl Visitor {
    /// A connection that holds channels, to a socket at this path: [`Connect`] says how.
    #[track_caller]
    pub fn connect(&self, path: &str) -> Connect<Client> {
        Connect::new(self.clone(), path)
    }

    /// A connection to a socket without channels, at this path: [`Connect`] says how.
    #[track_caller]
    pub fn raw(&self, path: &str) -> Connect<Raw> {
        Connect::new(self.clone(), path)
    }
}

/// A connection to a socket. Await it to open it, by WebSocket unless
/// [`longpoll`](Connect::longpoll) is called.
///
/// The path is that of a mount: `/websocket` or `/longpoll` is added, as Phoenix's clients do. No
/// `origin` is sent unless [`origin`](Connect::origin) is called, because the test is not a web
/// page.
///
/// # Errors
/// [`ConnectError`] when the connection was refused.
///
/// # Panics
/// Awaiting it panics when no response comes in time, or one that violates the protocol.
#[must_use = "it is opened when it is awaited"]
pub struct Connect<C> {
    visitor: Visitor,
    path: String,
    longpoll: bool,
    suffix: Option<String>,
    params: Vec<(String, String)>,
    headers: HeaderMap,
    auth_token: Option<String>,
    peer: Option<SocketAddr>,
    given: Option<Given>,
    heartbeat: bool,
    at: Caller,
    kind: PhantomData<fn() -> C>,
}

impl<C> Connect<C> {
    #[track_caller]
    pub(super) fn new(visitor: Visitor, path: &str) -> Self {
        parse_target(path);
        Connect {
            visitor,
            path: path.to_owned(),
            longpoll: false,
            suffix: None,
            params: Vec::new(),
            headers: HeaderMap::new(),
            auth_token: None,
            peer: None,
            given: None,
            heartbeat: true,
            at: Caller::here(),
            kind: PhantomData,
        }
    }

    /// Connects by longpoll. It does all that WebSocket does, except that it carries no bytes to
    /// the client.
    pub fn longpoll(mut self) -> Self {
        self.longpoll = true;
        self
    }

    /// What is added to the path instead of `/websocket` or `/longpoll`, for mounts whose `path` is
    /// not the default.
    #[track_caller]
    pub fn transport_path(mut self, path: &str) -> Self {
        parse_target(path);
        self.suffix = Some(path.to_owned());
        self
    }

    /// Adds a query parameter, which `connect` reads; `"user[name]"` is a part of a map.
    pub fn param(mut self, name: &str, value: &str) -> Self {
        self.params.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a header. Longpoll sends it with all requests of the session.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        add_header(&mut self.headers, name, value);
        self
    }

    /// The origin of the web page that connects, such as `"https://example.com"`.
    #[track_caller]
    pub fn origin(mut self, origin: &str) -> Self {
        let origin = HeaderValue::from_str(origin);
        self.headers.insert(
            ORIGIN,
            origin.unwrap_or_else(|error| panic!("header `origin`: {error}")),
        );
        self
    }

    /// Sends a token for `auth_token = true`, as Phoenix's clients do.
    pub fn auth_token(mut self, token: &str) -> Self {
        self.auth_token = Some(token.to_owned());
        self
    }

    /// The address that it comes from. Default: localhost, with a port of its own.
    pub fn peer(mut self, peer: impl Into<SocketAddr>) -> Self {
        self.peer = Some(peer.into());
        self
    }

    /// The socket that the client gets: its `connect` is not called. All else is as for any client.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use landfall::{prelude::*, testing};
    ///
    /// struct UserSocket {
    ///     user: u64,
    /// }
    ///
    /// #[socket(channel("room:*", Room))]
    /// impl UserSocket {
    ///     fn connect(#[param] token: String) -> Result<Self, Refused> {
    ///         Err(Refused::because(token))
    ///     }
    /// }
    ///
    /// struct Room;
    ///
    /// #[channel(UserSocket)]
    /// impl Room {
    ///     fn join(socket: &UserSocket) -> (Self, serde_json::Value) {
    ///         (Room, serde_json::json!({ "user": socket.user }))
    ///     }
    /// }
    ///
    /// endpoint! {
    ///     struct Chat;
    ///     socket("/socket", UserSocket);
    /// }
    ///
    /// let site = testing::start::<Chat>().await;
    /// let client = site.connect("/socket").socket(UserSocket { user: 7 }).await.unwrap();
    /// let room = client.join("room:1", serde_json::json!({})).await.unwrap();
    /// assert_eq!(room.joined().parse::<serde_json::Value>(), serde_json::json!({ "user": 7 }));
    /// # }
    /// ```
    ///
    /// Awaiting it panics if the socket at its path is of another type.
    pub fn socket<S: Send + 'static>(mut self, socket: S) -> Self {
        self.given = Some(Given::new(socket));
        self
    }

    async fn open(
        mut self,
        sink: Arc<dyn Sink>,
        heartbeat: Option<Heartbeat>,
    ) -> Result<Pipe, ConnectError> {
        let (patience, at) = (self.visitor.patience(), self.at);
        let mount = self.path.clone();
        let (path, mut query_text) = match self.path.split_once('?') {
            Some((path, query)) => (path, query.to_owned()),
            None => (self.path.as_str(), String::new()),
        };
        let given = self.given.take();
        let left = given.map(|given| given.leave(self.visitor.handle()));
        self.params.extend(left.iter().map(Left::param));
        let params = query(self.params.iter().map(|(name, value)| (&**name, &**value)));
        if !query_text.is_empty() && !params.is_empty() {
            query_text.push('&');
        }
        query_text.push_str(&params);
        let default = if self.longpoll {
            "/longpoll"
        } else {
            "/websocket"
        };
        let path = format!(
            "{}{}",
            path.trim_end_matches('/'),
            self.suffix.as_deref().unwrap_or(default)
        );
        let what = format!("connecting to `{path}`");
        self.add_auth_token();
        let opened = match self.longpoll {
            true => {
                within(
                    patience,
                    at,
                    &what,
                    self.open_longpoll(path, query_text, sink),
                )
                .await
            }
            false => {
                let target = if query_text.is_empty() {
                    path
                } else {
                    format!("{path}?{query_text}")
                };
                within(
                    patience,
                    at,
                    &what,
                    self.open_websocket(&target, sink, heartbeat),
                )
                .await
            }
        };
        let opened = opened.unwrap_or_else(|error| at.fail(format_args!("{what} failed: {error}")));
        if let (Ok(_), Some(left)) = (&opened, left) {
            left.check_taken(&mount, at);
        }
        opened
    }

    fn add_auth_token(&mut self) {
        let Some(token) = self.auth_token.take() else {
            return;
        };
        let (name, value) = match self.longpoll {
            true => ("x-phoenix-authtoken", token),
            false => {
                let token = data_encoding::BASE64_NOPAD.encode(token.as_bytes());
                (
                    SEC_WEBSOCKET_PROTOCOL.as_str(),
                    format!("phoenix, base64url.bearer.phx.{token}"),
                )
            }
        };
        add_header(&mut self.headers, name, &value);
    }

    async fn open_websocket(
        self,
        target: &str,
        sink: Arc<dyn Sink>,
        heartbeat: Option<Heartbeat>,
    ) -> Result<Result<Pipe, ConnectError>, BoxError> {
        let patience = self.visitor.patience();
        let key = generate_key();
        let mut request = http::Request::new(Full::new(Bytes::new()));
        *request.method_mut() = Method::GET;
        *request.uri_mut() = target.parse()?;
        let headers = request.headers_mut();
        *headers = self.headers;
        set(headers, CONNECTION, "Upgrade");
        set(headers, UPGRADE, "websocket");
        set(headers, SEC_WEBSOCKET_VERSION, "13");
        headers.insert(SEC_WEBSOCKET_KEY, key.parse()?);
        let mut response = self.visitor.send(request, self.peer).await?;
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            let response = Response::read(response).await?;
            return Ok(Err(ConnectError::new(response.status(), response)));
        }
        let accept = response.headers().get(SEC_WEBSOCKET_ACCEPT);
        if accept
            .is_none_or(|accept| accept.as_bytes() != derive_accept_key(key.as_bytes()).as_bytes())
        {
            return Err("the handshake's answer has another `sec-websocket-accept`".into());
        }
        let head = Response::head(&response);
        let stream = TokioIo::new(hyper::upgrade::on(&mut response).await?);
        Ok(Ok(Pipe::new(sink, head, patience, |orders, sink| {
            websocket::run(stream, orders, sink, heartbeat)
        })))
    }

    async fn open_longpoll(
        self,
        path: String,
        query: String,
        sink: Arc<dyn Sink>,
    ) -> Result<Result<Pipe, ConnectError>, BoxError> {
        let patience = self.visitor.patience();
        let Connect {
            visitor,
            headers,
            peer,
            ..
        } = self;
        let session = PollSession {
            visitor,
            path,
            query,
            headers,
            peer,
            token: Default::default(),
        };
        let opened = session.open().await?;
        Ok(opened.map(|response| {
            Pipe::new(sink, response, patience, |orders, sink| async move {
                session.run(orders, &*sink).await
            })
        }))
    }
}

impl Connect<Client> {
    /// Sends no heartbeats, for tests of a WebSocket's `timeout`.
    pub fn without_heartbeat(mut self) -> Self {
        self.heartbeat = false;
        self
    }

    async fn client(mut self) -> Result<Client, ConnectError> {
        if !self.params.iter().any(|(name, _)| name == "vsn") {
            self = self.param("vsn", "2.0.0");
        }
        let heartbeat = Heartbeat {
            message: wire::HEARTBEAT,
            every: HEARTBEAT,
        };
        let heartbeat = self.heartbeat.then_some(heartbeat);
        let router = Arc::new(Router::default());
        let handle = self.visitor.handle().clone();
        let pipe = self.open(router.clone(), heartbeat).await?;
        Ok(Client::new(router, pipe, handle))
    }
}

impl IntoFuture for Connect<Client> {
    type Output = Result<Client, ConnectError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.client())
    }
}

impl IntoFuture for Connect<Raw> {
    type Output = Result<Raw, ConnectError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async {
            let inbox = Arc::default();
            let path = self.path.clone();
            Ok(Raw::new(
                path,
                Arc::clone(&inbox),
                self.open(inbox, None).await?,
            ))
        })
    }
}

impl<C> fmt::Debug for Connect<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Parameters and headers may be credentials.
        f.debug_struct("Connect")
            .field("path", &self.path)
            .field("longpoll", &self.longpoll)
            .finish_non_exhaustive()
    }
}
