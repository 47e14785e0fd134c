//! What an endpoint runs with.

use std::{fmt, time::Duration};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{Extra, Ip, Secret, TrustedProxies};
use crate::origin::CheckOrigin;

/// What an endpoint runs with: all layers together.
///
/// `init` may change every field; the result is checked like the layers below.
#[derive(Clone)]
#[non_exhaustive]
pub struct Config {
    /// How the world reaches this endpoint.
    pub url: UrlConfig,
    /// Where static files are served, if not at `url`.
    pub static_url: Option<UrlConfig>,
    /// The listener, if there is one.
    pub http: Option<HttpConfig>,
    /// What signatures and encryption are derived from.
    pub secret_key_base: Option<Secret>,
    /// Which web pages may open a socket, where its mount does not say.
    pub check_origin: CheckOrigin,
    /// Who is believed about the address of a request's client.
    pub trusted_proxies: TrustedProxies,
    /// The endpoint's topics.
    pub pubsub: PubSubConfig,
    /// Whether to listen.
    pub server: bool,
    pub(super) extra: Map<String, Value>,
}

impl Config {
    /// A setting of another library, as the type that it wants; `None` if no layer sets it.
    pub fn extra<T: DeserializeOwned>(&self, key: &str) -> Option<Result<T, ConfigTypeError>> {
        let value = self.extra.get(key)?;
        Some(T::deserialize(value).map_err(|error| ConfigTypeError { key: key.to_owned(), error }))
    }

    /// Sets a setting of another library.
    pub fn set_extra(&mut self, key: impl Into<String>, value: impl Into<Extra>) {
        self.extra.insert(key.into(), value.into().0);
    }
}

impl Default for Config {
    fn default() -> Self {
        Config {
            url: UrlConfig::default(),
            static_url: None,
            http: None,
            secret_key_base: None,
            check_origin: CheckOrigin::Host,
            trusted_proxies: TrustedProxies::none(),
            pubsub: PubSubConfig::default(),
            server: false,
            extra: Map::new(),
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Only the keys of `extra`: other libraries may keep their secrets there.
        f.debug_struct("Config")
            .field("url", &self.url)
            .field("static_url", &self.static_url)
            .field("http", &self.http)
            .field("secret_key_base", &self.secret_key_base)
            .field("check_origin", &self.check_origin)
            .field("trusted_proxies", &self.trusted_proxies)
            .field("pubsub", &self.pubsub)
            .field("server", &self.server)
            .field("extra", &self.extra.keys().collect::<Vec<_>>())
            .finish()
    }
}

/// A setting of another library that is not of the type it wants.
#[derive(Debug)]
pub struct ConfigTypeError {
    key: String,
    error: serde_json::Error,
}

impl fmt::Display for ConfigTypeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`extra.{}` is not what it should be", self.key)
    }
}

impl std::error::Error for ConfigTypeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// The scheme of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `http`
    Http,
    /// `https`
    Https,
}

impl Scheme {
    /// `"http"` or `"https"`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        }
    }

    /// The port that URLs of this scheme leave out.
    pub const fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// `url` and `static_url`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UrlConfig {
    /// A name or an address, an IPv6 address without brackets.
    pub host: String,
    /// The port; `None` is that of `http`, or 80.
    pub port: Option<u16>,
    /// The scheme; `None` is `http`.
    pub scheme: Option<Scheme>,
    /// What stands before all paths; `"/"` is nothing.
    pub path: String,
}

impl Default for UrlConfig {
    fn default() -> Self {
        UrlConfig { host: "localhost".into(), port: None, scheme: None, path: "/".into() }
    }
}

/// `http`: the listener and its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpConfig {
    /// Where to listen.
    pub ip: Ip,
    /// The port; 0 lets the system choose. `None` listens on 4000, and URLs say 80.
    pub port: Option<u16>,
    /// How long a request's head may take.
    pub header_timeout: Duration,
    /// How long a connection may wait for its next request.
    pub idle_timeout: Duration,
    /// How long requests in flight may take to end on shutdown.
    pub shutdown_timeout: Duration,
    /// Headers of a request.
    pub max_headers: usize,
    /// Bytes of a request's head.
    pub max_head_bytes: usize,
    /// Connections at a time.
    pub max_connections: Option<usize>,
    /// Connections of one client at a time.
    pub max_connections_per_ip: Option<usize>,
}

impl HttpConfig {
    /// The port to listen on.
    pub fn listen_port(&self) -> u16 {
        self.port.unwrap_or(4000)
    }
}

impl Default for HttpConfig {
    fn default() -> Self {
        HttpConfig {
            ip: Ip::ANY,
            port: None,
            header_timeout: Duration::from_secs(15),
            idle_timeout: Duration::from_secs(60),
            shutdown_timeout: Duration::from_secs(30),
            max_headers: 100,
            max_head_bytes: 64 * 1024,
            max_connections: None,
            max_connections_per_ip: None,
        }
    }
}

/// `pubsub`: the endpoint's topics.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PubSubConfig {
    /// Broadcasts that may wait for delivery.
    pub queue: usize,
    /// Bytes that they may have together.
    pub queue_bytes: usize,
}

impl Default for PubSubConfig {
    fn default() -> Self {
        PubSubConfig { queue: 65_536, queue_bytes: 64 * 1024 * 1024 }
    }
}
