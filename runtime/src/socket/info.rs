//! connect_info: what a mount grants and a socket may ask for (spec: Phoenix's `:connect_info`).
//!
//! Cookies, and request headers as a whole, are left out on purpose. Another site's page can open a
//! socket with its visitor's cookies, so nothing that a browser adds by itself may identify a user.

use std::{any::Any, fmt, net::SocketAddr};

use bytes::Bytes;
use http::{HeaderName, HeaderValue};

use crate::session::{Session, SessionSource};

/// `connect_info = [..]`: what `connect` may read about the request that opened the connection.
#[derive(Clone, Copy)]
pub struct ConnectInfo {
    /// Address and port of the TCP peer; never changed by a proxy's headers.
    pub peer_data: bool,
    /// All headers whose name starts with `x-`.
    pub x_headers: bool,
    /// The headers `traceparent` and `tracestate`.
    pub trace_context_headers: bool,
    /// The request's URI. Its host is what the client wrote: do not trust it.
    pub uri: bool,
    /// The first `user-agent` header.
    pub user_agent: bool,
    /// All headers whose name starts with `sec-websocket-`.
    pub sec_websocket_headers: bool,
    /// The visitor's session, from the cookie that these options describe:
    /// `connect_info = [session(SESSION)]`, or `session(session_of)` if a function computes them.
    pub session: Option<SessionSource>,
    /// Your own values, by name: `connect_info = [uri, region = "eu"]`.
    pub custom: &'static [(&'static str, &'static dyn InfoValue)],
}

impl ConnectInfo {
    /// Grants nothing.
    pub const NOTHING: ConnectInfo = ConnectInfo {
        peer_data: false,
        x_headers: false,
        trace_context_headers: false,
        uri: false,
        user_agent: false,
        sec_websocket_headers: false,
        session: None,
        custom: &[],
    };

    /// Whether nothing is granted but a session, if that.
    pub(crate) fn is_nothing_of_request(&self) -> bool {
        let ConnectInfo {
            peer_data,
            x_headers,
            trace_context_headers,
            uri,
            user_agent,
            sec_websocket_headers,
            session: _,
            custom,
        } = *self;
        let any = peer_data
            || x_headers
            || trace_context_headers
            || uri
            || user_agent
            || sec_websocket_headers;
        !any && custom.is_empty()
    }

    /// Whether a key is granted. Usable in constants.
    pub const fn grants(&self, key: &str) -> bool {
        if eq(key, "peer_data") {
            return self.peer_data;
        } else if eq(key, "x_headers") {
            return self.x_headers;
        } else if eq(key, "trace_context_headers") {
            return self.trace_context_headers;
        } else if eq(key, "uri") {
            return self.uri;
        } else if eq(key, "user_agent") {
            return self.user_agent;
        } else if eq(key, "sec_websocket_headers") {
            return self.sec_websocket_headers;
        } else if eq(key, "session") {
            return self.session.is_some();
        }
        let mut i = 0;
        while i < self.custom.len() {
            if eq(key, self.custom[i].0) {
                return true;
            }
            i += 1;
        }
        false
    }
}

impl fmt::Debug for ConnectInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const KEYS: [&str; 7] = [
            "peer_data",
            "x_headers",
            "trace_context_headers",
            "uri",
            "user_agent",
            "sec_websocket_headers",
            "session",
        ];
        let own = self.custom.iter().map(|(name, _)| *name);
        f.debug_list()
            .entries(KEYS.into_iter().filter(|key| self.grants(key)).chain(own))
            .finish()
    }
}

/// String equality in constants.
pub(crate) const fn eq(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// Your own connect_info value: anything that can be shared between tasks.
pub trait InfoValue: Any + Send + Sync {
    #[doc(hidden)]
    fn as_any(&self) -> &dyn Any;
}

impl<T: Any + Send + Sync> InfoValue for T {
    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// connect_info `peer_data`: the other end of the connection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PeerData {
    /// Address and port. Behind a proxy these are the proxy's; with `x_forwarded_for` among
    /// `rewrite_on`, the client's address and port 0.
    pub address: SocketAddr,
    /// The client's TLS certificate in DER form, if it showed one.
    pub ssl_cert: Option<Bytes>,
}

impl PeerData {
    /// A peer without a certificate.
    pub fn new(address: SocketAddr) -> Self {
        PeerData {
            address,
            ssl_cert: None,
        }
    }
}

/// connect_info `uri`: the URI of the request that opened the connection.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RequestUri {
    /// `"http"` or `"https"`, also for a WebSocket.
    pub scheme: &'static str,
    /// The host that the client named, without port. An IPv6 address is in brackets. Do not trust
    /// it.
    pub host: String,
    /// The port that the client named, or the scheme's own.
    pub port: u16,
    /// The whole path as the client sent it, not decoded. It includes what a nesting router has
    /// stripped.
    pub path: String,
    /// The raw query, empty when there was none.
    pub query: String,
}

/// Without the path and the query, which may hold credentials.
impl fmt::Debug for RequestUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestUri")
            .field("scheme", &self.scheme)
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

/// connect_info headers: names in lower case with their values, in the order of the request,
/// repeated ones kept.
pub type Headers = Vec<(HeaderName, HeaderValue)>;

/// What was granted and found for one connection attempt.
#[derive(Default)]
pub(crate) struct InfoValues {
    pub(crate) peer_data: Option<PeerData>,
    pub(crate) x_headers: Option<Headers>,
    pub(crate) trace_context_headers: Option<Headers>,
    pub(crate) uri: Option<RequestUri>,
    pub(crate) user_agent: Option<String>,
    pub(crate) sec_websocket_headers: Option<Headers>,
    pub(crate) auth_token: Option<String>,
    pub(crate) session: Option<Session>,
    pub(crate) custom: &'static [(&'static str, &'static dyn InfoValue)],
}
