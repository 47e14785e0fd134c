//! What one layer says: the same type for the macro, the file, and the options given at start.

use std::time::Duration;

use super::{Extra, Ip, Secret, Setting, TrustedProxies};
use crate::origin::CheckOrigin;

/// One layer of configuration. Keys that it leaves unset are taken from the layer below.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// `url(..)`: how the world reaches this endpoint; what its URLs are made of.
    pub url: Url,
    /// `static_url(..)`: where static files are served. Without it, where `url` says. Keys are not inherited from `url`.
    pub static_url: Option<Url>,
    /// `http(..)`: the listener. Without it there is none.
    pub http: Option<Http>,
    /// `secret_key_base`: what signatures and encryption are derived from; at least 64 bytes.
    pub secret_key_base: Setting<Secret>,
    /// `check_origin`: which web pages may open a socket, where its mount does not say. Default: those of `url.host`.
    pub check_origin: Setting<CheckOrigin>,
    /// `trusted_proxies`: who is believed about the address of a request's client. Default: nobody.
    pub trusted_proxies: Setting<TrustedProxies>,
    /// `pubsub(..)`: the endpoint's topics.
    pub pubsub: PubSubSettings,
    /// `server`: whether to listen. Default: if there is an `http` group.
    pub server: Setting<bool>,
    /// `extra(..)`: settings of other libraries, by key.
    pub extra: Vec<(String, Setting<Extra>)>,
}

impl Settings {
    /// The environment variable that `http(port = ..)` is read from.
    pub(crate) fn port_variable(&self) -> Option<&'static str> {
        self.http.as_ref()?.port.variable
    }

    /// Sets a key of another library: see [`Config::extra`](super::Config::extra).
    pub fn extra(&mut self, key: impl Into<String>, value: Setting<Extra>) {
        self.extra.push((key.into(), value));
    }
}

/// `url(..)` and `static_url(..)`: the parts of a URL.
#[derive(Clone, Debug, Default)]
pub struct Url {
    /// A name or an address, without scheme and port. Default `"localhost"`.
    pub host: Setting<String>,
    /// 1 to 65535. Default: that of `http`, or 80.
    pub port: Setting<u16>,
    /// `"http"` or `"https"`. Default `"http"`. It does not change the default of `port`.
    pub scheme: Setting<String>,
    /// What stands before all paths, such as `"/chat"`. Default `"/"`.
    pub path: Setting<String>,
}

impl Url {
    /// No key set.
    pub const DEFAULT: Url =
        Url { host: Setting::UNSET, port: Setting::UNSET, scheme: Setting::UNSET, path: Setting::UNSET };
}

/// `http(..)`: the listener and its limits.
#[derive(Clone, Debug, Default)]
pub struct Http {
    /// Where to listen: `[127, 0, 0, 1]`, `"::1"`, `"unix:/run/chat.sock"`. Default `[0, 0, 0, 0]`.
    pub ip: Setting<Ip>,
    /// 0 lets the system choose; [`Handle::server_info`](crate::Handle::server_info) tells. Default 4000.
    pub port: Setting<u16>,
    /// How long a request's head may take. Default 15 s.
    pub header_timeout: Setting<Duration>,
    /// How long a connection may wait for its next request. Default 60 s.
    pub idle_timeout: Setting<Duration>,
    /// How long requests in flight may take to end on shutdown. Default 30 s. Then they are cut off, which counts as lost;
    /// one whose body has not come is answered 408, and does not. A connection without a whole head is closed at once.
    pub shutdown_timeout: Setting<Duration>,
    /// Headers of a request, 431 past it. Default 100.
    pub max_headers: Setting<usize>,
    /// Bytes of a request's head, 431 past it. Default 64 KiB.
    pub max_head_bytes: Setting<usize>,
    /// Connections at a time, 503 past it. Default: no limit but the system's.
    pub max_connections: Setting<usize>,
    /// Connections of one client at a time, 429 past it. One client is an IPv4 address or a /64 of IPv6. Not counted are
    /// those of `trusted_proxies`, and those without an address, as by a Unix socket. Default: no limit.
    pub max_connections_per_ip: Setting<usize>,
}

impl Http {
    /// No key set.
    pub const DEFAULT: Http = Http {
        ip: Setting::UNSET,
        port: Setting::UNSET,
        header_timeout: Setting::UNSET,
        idle_timeout: Setting::UNSET,
        shutdown_timeout: Setting::UNSET,
        max_headers: Setting::UNSET,
        max_head_bytes: Setting::UNSET,
        max_connections: Setting::UNSET,
        max_connections_per_ip: Setting::UNSET,
    };
}

/// `pubsub(..)`: the endpoint's topics.
#[derive(Clone, Debug, Default)]
pub struct PubSubSettings {
    /// Broadcasts that may wait for delivery; what comes past that is refused. Default 65,536.
    pub queue: Setting<usize>,
    /// Bytes that they may have together, with the forms that were made of them; what comes past that is refused. Default
    /// 64 MiB. One that is larger passes when nothing else waits.
    pub queue_bytes: Setting<usize>,
}

impl PubSubSettings {
    /// No key set.
    pub const DEFAULT: PubSubSettings = PubSubSettings { queue: Setting::UNSET, queue_bytes: Setting::UNSET };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_find_their_types() {
        let settings = Settings {
            url: Url {
                host: Setting::env_or("HOST", "localhost"),
                port: Setting::env_or_exact("PORT", 443),
                ..Url::DEFAULT
            },
            http: Some(Http {
                ip: Setting::given([0, 0, 0, 0]),
                header_timeout: Setting::given(Duration::from_secs(1)),
                max_headers: Setting::exact(10),
                ..Http::DEFAULT
            }),
            check_origin: Setting::given(CheckOrigin::List(&["https://a.com"] as &'static [&'static str])),
            secret_key_base: Setting::env("SECRET_KEY_BASE"),
            ..Settings::default()
        };
        assert_eq!(settings.check_origin.value, Some(CheckOrigin::List(vec!["https://a.com".to_owned()])));
        assert_eq!(settings.http.and_then(|http| http.ip.value), Some(Ip::ANY));
    }

    #[test]
    fn extra_takes_what_toml_can_say() {
        let mut settings = Settings::default();
        settings
            .extra("live_view", Setting::given(Extra::table([("salt", Extra::from("x")), ("n", 5.into())])));
        settings.extra("list", Setting::given([1, 2]));
        settings.extra("number", Setting::given(5));
        settings.extra("name", Setting::env_or("NAME", "x"));
        assert_eq!(settings.extra.len(), 4);
    }
}
