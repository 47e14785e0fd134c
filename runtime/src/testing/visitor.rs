//! A visitor: a browser with cookies, which makes requests and connections.

use std::{
    fmt,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::{
    HeaderValue,
    header::{COOKIE, HOST},
};
use http_body_util::Full;
use hyper::{body::Incoming, client::conn::http1};
use hyper_util::rt::TokioIo;

use super::{caller::Caller, cookies::Cookies, network::Network};
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
    cookies: Mutex<Cookies>,
}

impl Visitor {
    pub(super) fn new(network: Network, patience: Duration, handle: Handle) -> Self {
        Visitor(Arc::new(Inner {
            network,
            patience,
            handle,
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
        )
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
        let stream = match peer {
            Some(peer) => network.connect_from(peer).await,
            None => network.connect().await,
        };
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
