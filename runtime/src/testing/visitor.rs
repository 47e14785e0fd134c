//! A visitor: a browser with cookies, which makes requests and connections.

use std::{
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
#[cfg(feature = "tokens")]
use http::HeaderMap;
use http::{
    HeaderValue,
    header::{COOKIE, HOST},
};
use http_body_util::Full;
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;

use super::{caller::Caller, cookies::Cookies, network::Network, sent_error::SentErrors};
#[cfg(feature = "tokens")]
use crate::session::{IntoSessions, Session};
use crate::{error::BoxError, handle::Handle};

/// A visitor of a [`Site`](super::Site): a browser with its own cookies.
///
/// A site has a visitor, whom `get` and `connect` of the site use. A test in which two people are
/// logged in makes [more](super::Site::visitor). A clone is the same visitor.
#[derive(Clone)]
pub struct Visitor(Arc<Inner>);

struct Inner {
    network: Network,
    patience: Duration,
    handle: Handle,
    errors: SentErrors,
    cookies: Mutex<Cookies>,
}

impl Visitor {
    pub(super) fn new(
        network: Network,
        patience: Duration,
        handle: Handle,
        errors: SentErrors,
    ) -> Self {
        Visitor(Arc::new(Inner {
            network,
            patience,
            handle,
            errors,
            cookies: Mutex::default(),
        }))
    }

    pub(super) fn network(&self) -> &Network {
        &self.0.network
    }

    /// Another visitor, from the same network.
    pub(super) fn stranger(&self) -> Self {
        Visitor::new(
            self.0.network.clone(),
            self.0.patience,
            self.0.handle.clone(),
            self.0.errors.clone(),
        )
    }

    /// The address of a client with a port of its own.
    pub(super) fn address(&self) -> SocketAddr {
        self.0.network.address()
    }

    pub(super) fn errors(&self) -> &SentErrors {
        &self.0.errors
    }

    pub(super) fn handle(&self) -> &Handle {
        &self.0.handle
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies().get(name).map(str::to_owned)
    }

    /// Sets a cookie, as a response would.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies().set(name, value);
    }

    /// Gives the visitor a session, as if a page had set it: `set` is given the one that there is.
    /// The cookie is written as the options say, of several as the first say.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use http::{Request, Response};
    /// use landfall::{prelude::*, session::{Session, SessionOptions, Sessions}, testing};
    ///
    /// const SESSION: SessionOptions = SessionOptions::new("_web_key", "a salt of its own");
    ///
    /// async fn page(request: Request<Body>) -> Result<Response<Body>, std::convert::Infallible> {
    ///     let session = request.extensions().get::<Session>();
    ///     let user: Option<u64> = session.and_then(|session| session.get("user_id"));
    ///     Ok(Response::new(format!("{user:?}").into()))
    /// }
    ///
    /// endpoint! {
    ///     struct Web;
    ///     secret_key_base = env("SECRET_KEY_BASE");
    ///     plug(Sessions::new(&SESSION));
    ///     service(tower::service_fn(page));
    /// }
    ///
    /// let site = testing::start::<Web>().await;
    /// site.init_test_session(SESSION, |session| session.insert("user_id", &7).unwrap());
    /// assert_eq!(site.get("/").await.text(), "Some(7)");
    /// # }
    /// ```
    ///
    /// # Panics
    /// When the options cannot work.
    #[cfg(feature = "tokens")]
    #[track_caller]
    pub fn init_test_session(&self, options: impl IntoSessions, set: impl FnOnce(&Session)) {
        let keys = self.0.handle.keys();
        let keys = keys.unwrap_or_else(|| panic!("the endpoint has no `secret_key_base`"));
        let mut headers = HeaderMap::new();
        if let Some(cookies) = self.cookies().header() {
            let cookies = HeaderValue::from_str(&cookies);
            headers.insert(COOKIE, cookies.unwrap_or_else(|error| panic!("{error}")));
        }
        let session = Session::prepared(options.into_sessions(), &keys, &headers)
            .unwrap_or_else(|mistake| panic!("{mistake}"));
        set(&session);
        for (name, value) in session.cookies(&keys) {
            match value {
                Some(value) => self.cookies().set(&name, &value),
                None => self.cookies().remove(&name),
            }
        }
    }

    pub(super) fn patience(&self) -> Duration {
        self.0.patience
    }

    /// Sends a request on its own connection. The connection ends when the response has been read,
    /// or its body is dropped.
    pub(super) async fn send(
        &self,
        mut request: http::Request<Full<Bytes>>,
        peer: Option<SocketAddr>,
    ) -> Result<http::Response<Incoming>, BoxError> {
        let headers = request.headers_mut();
        headers
            .entry(HOST)
            .or_insert(HeaderValue::from_static("localhost"));
        if let Some(cookies) = self.cookies().header() {
            headers.entry(COOKIE).or_insert(cookies.parse()?);
        }
        let network = &self.0.network;
        let peer = peer.unwrap_or_else(|| network.address());
        let stream = network.connect_from(peer).await;
        let stream = stream.map_err(|_| "nobody listens: the endpoint has stopped")?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(async move {
            if let Err(error) = connection.with_upgrades().await {
                tracing::debug!(%error, "a connection of a test was cut off");
            }
        });
        let response = sender.send_request(request).await?;
        self.cookies().learn(response.headers());
        Ok(response)
    }

    fn cookies(&self) -> MutexGuard<'_, Cookies> {
        self.0
            .cookies
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Fails the test if the future takes longer than the visitor's patience.
pub(super) async fn within<T>(
    patience: Duration,
    at: Caller,
    what: impl fmt::Display,
    future: impl Future<Output = T>,
) -> T {
    match tokio::time::timeout(patience, future).await {
        Ok(done) => done,
        Err(_) => at.fail(format_args!("{what} was not answered within {patience:?}")),
    }
}

impl fmt::Debug for Visitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Cookies may be credentials.
        f.debug_struct("Visitor").finish_non_exhaustive()
    }
}
