//! Every key of the configuration, one row each.
//!
//! A row is `when name: type in a layer => type in the configuration = default`. Without a default,
//! that of the type is used. `live` keys may change while the endpoint runs, `start` keys may not.
//! The rows generate both structs with their documentation, the names that a file may use, the
//! merging of layers, the list of keys in which two configurations differ, and the checks of each
//! kind of value (`row`, `value`). `validate` checks keys against one another.

mod brokers;
mod rows;

use std::time::Duration;

use serde::de::DeserializeOwned;

pub use self::brokers::{
    BrokerTls, BrokerTlsConfig, NatsConfig, NatsSettings, PubSubConfig, PubSubSettings,
    RedisConfig, RedisSentinel, RedisSentinelConfig, RedisSettings,
};
use self::rows::settings;
use super::{
    Attributes, CipherSuite, Ciphers, ConfigError, Extra, Extras, Files, Group, Ip, Ips, Latest,
    ParameterNames, Patterns, Scheme, Secret, Setting, TargetWindow, TopicPatterns, TrustedProxies,
    Watchers,
    extra::ExtraConfig,
    finding::Findings,
    key::Key,
    resolver::Resolver,
    row::{Changes, Resolve},
    shape::{Layered, Shape, When},
};
use crate::origin::CheckOrigin;

settings! {
    /// One layer of configuration. Keys that it leaves unset are taken from the layer below.
    Settings =>
    /// The configuration that an endpoint runs with: all layers together.
    ///
    /// `init` may change every field. The result is checked like the layers below.
    Config {
        /// `url(..)`: the parts of this endpoint's URLs, as clients reach it.
        live pub url: Url => UrlConfig,
        /// `static_url(..)`: where static files are served. Default: as `url`. It does not inherit
        /// keys from `url`.
        live pub static_url: Group<Url> => Option<UrlConfig>,
        /// `cache_static_manifest`: the file that maps static files to their digested names,
        /// relative to the working directory of the process. It is read at start and at each
        /// reload. If it cannot be read, that is logged. Default: none.
        live pub cache_static_manifest: Setting<String> => Option<String>,
        /// `cache_manifest_skip_vsn`: whether to leave `?vsn=d` out of the paths of static files.
        /// With it, browsers cache a file for ever. Default `false`.
        live pub cache_manifest_skip_vsn: Setting<bool> => bool,
        /// `cache_static_manifest_latest`: the served version of each static file, for
        /// [`Handle::static_latest`](crate::Handle::static_latest). Default: that of the manifest.
        live pub cache_static_manifest_latest: Setting<Latest> => Option<Latest>,
        /// `http(..)`: a listener; `http = false`: none. Default: none.
        start pub http: Group<Http> => Option<HttpConfig>,
        /// `https(..)`: a listener that speaks TLS, beside that of `http`; `https = false`: none.
        /// Default: none.
        start pub https: Group<Https> => Option<HttpsConfig>,
        /// `secret_key_base`: the secret from which the keys of signatures and encryption are
        /// derived; at least 64 bytes.
        start pub secret_key_base: Setting<Secret> => Option<Secret>,
        /// `check_origin`: which web pages may open a socket, unless its mount has a list of its
        /// own. Default: those of `url.host`.
        live pub check_origin: Setting<CheckOrigin> => CheckOrigin = CheckOrigin::Host,
        /// `trusted_proxies`: the proxies whose headers are believed about a client's address.
        /// Default: none.
        live pub trusted_proxies: Setting<TrustedProxies> => TrustedProxies,
        /// `pubsub(..)`: the endpoint's topics.
        start pub pubsub: PubSubSettings => PubSubConfig,
        /// `server`: whether to listen. Default: `true` if there is an `http` or an `https` group.
        start pub server: Setting<bool> => Option<bool>,
        /// `log_access_url`: whether the start of an endpoint that listens logs its URL, at level
        /// info. Default `true`.
        start pub log_access_url: Setting<bool> => bool = true,
        /// `startup_log`: whether the start of an endpoint that listens logs where, at level info.
        /// Default `true`.
        start pub startup_log: Setting<bool> => bool = true,
        /// `drainer(..)`: how the endpoint stops, apart from its sockets. Their mounts have
        /// drainers of their own. `drainer = false`: requests in flight are cut off at once.
        /// Default: on.
        start pub drainer: Group<EndpointDrainer> => Option<EndpointDrainerConfig>
            = Some(EndpointDrainerConfig::default()),
        /// `reload_on_sighup`: whether SIGHUP makes the endpoint read its configuration again, like
        /// [`Handle::reload`](crate::Handle::reload). The signal then no longer ends the process.
        /// Default `false`.
        start pub reload_on_sighup: Setting<bool> => bool,
        /// `watchers(..)`: the programs that run beside an endpoint that listens. Default: none.
        start pub watchers: Watchers => Watchers,
        /// `force_watchers`: whether they run beside an endpoint that does not listen, too. Default
        /// `false`.
        start pub force_watchers: Setting<bool> => bool,
        /// `live_reload(..)`: pages are loaded anew when files change. It needs the feature
        /// `live-reload`, and is off in release builds. Default: none.
        start pub live_reload: Group<LiveReload> => Option<LiveReloadConfig>,
        /// `filter_parameters(..)`: which parameters log lines and pages for developers show.
        live pub filter_parameters: FilterParameters => FilterParametersConfig,
        /// `extra(..)`: settings of other libraries, by key.
        live pub(super) extra: Extras => ExtraConfig,
    }

    /// `url(..)` and `static_url(..)`: the parts of a URL.
    Url =>
    /// `url` and `static_url`: the parts of a URL.
    #[derive(PartialEq, Eq)]
    UrlConfig {
        /// A name or an address, without scheme and port; an IPv6 address without brackets. Default
        /// `"localhost"`.
        live pub host: Setting<String> => String = "localhost".into(),
        /// 1 to 65535. Default: the port of the first listener of `scheme`, else of the first one
        /// of the other scheme, else the scheme's own. A Unix socket has no port.
        live pub port: Setting<u16> => Option<u16>,
        /// `"http"` or `"https"`. Default: `"https"` if there is an `https` group.
        live pub scheme: Setting<String> => Option<Scheme>,
        /// The prefix of all paths, such as `"/chat"`. Default `"/"`, which adds nothing.
        live pub path: Setting<String> => String = "/".into(),
    }

    /// `http(..)`: the listener and its limits.
    Http =>
    /// `http`: the listener and its limits.
    #[derive(PartialEq, Eq)]
    HttpConfig {
        /// Where to listen: `[127, 0, 0, 1]`, `"[::1]:4001"`, `"unix:/run/chat.sock"`, `"systemd"`
        /// (see [`Ip`]), or a list of such. Default `[0, 0, 0, 0]`.
        start pub ip: Setting<Ips> => Ips = Ip::ANY.into(),
        /// Whether an IPv6 address, such as `"::"`, takes no IPv4 connections. Default `false`:
        /// `"::"` takes both.
        start pub ipv6_only: Setting<bool> => bool,
        /// The port of each address of `ip` that has none of its own. 0 lets the system choose;
        /// [`Handle::server_info`](crate::Handle::server_info) tells. Default 4000.
        start pub port: Setting<u16> => u16 = 4000,
        /// How long the client may take to send its first byte, and a request's head. Default 15 s.
        start pub header_timeout: Setting<Duration> => Duration = Duration::from_secs(15),
        /// How long a connection may wait for its next request. Default 60 s.
        start pub idle_timeout: Setting<Duration> => Duration = Duration::from_secs(60),
        /// The maximum number of headers of a request; 431 beyond it. Default 100.
        start pub max_headers: Setting<usize> => usize = 100,
        /// The maximum size of a request's head in bytes; 431 beyond it. Default 64 KiB.
        start pub max_head_bytes: Setting<usize> => usize = 64 * 1024,
        /// The maximum number of connections at a time; 503 beyond it. Default: only the system's
        /// limit.
        live pub max_connections: Setting<usize> => Option<usize>,
        /// The maximum number of connections of one client at a time; 429 beyond it. One client is
        /// an IPv4 address or a /64 of IPv6. Connections of `trusted_proxies`, and those without an
        /// address (Unix sockets), are not counted. Default: no limit.
        live pub max_connections_per_ip: Setting<usize> => Option<usize>,
        /// Whether clients may speak HTTP/2 by prior knowledge, without TLS. It needs the feature
        /// `http2`. Default `false`.
        start pub http2: Setting<bool> => bool,
    }

    /// `https(..)`: a listener that speaks TLS. It needs the feature `tls`.
    Https =>
    /// `https`: a listener that speaks TLS, and its limits.
    HttpsConfig {
        /// Where to listen, as for `http`, but no Unix socket. Default `[0, 0, 0, 0]`.
        start pub ip: Setting<Ips> => Ips = Ip::ANY.into(),
        /// Whether an IPv6 address, such as `"::"`, takes no IPv4 connections. Default `false`:
        /// `"::"` takes both.
        start pub ipv6_only: Setting<bool> => bool,
        /// As in `http`. Default 4040.
        start pub port: Setting<u16> => u16 = 4040,
        /// The certificate in PEM format, with its intermediate certificates. With several files, a
        /// client gets the one for the name that it asks for, or else the first.
        live pub certfile: Setting<Files> => Files,
        /// The certificate's private key in PEM format: one file for each file of `certfile`, in
        /// the same order.
        live pub keyfile: Setting<Files> => Files,
        /// The PEM text itself, instead of `certfile`.
        live pub cert: Setting<String> => Option<String>,
        /// The PEM text itself, instead of `keyfile`.
        live pub key: Setting<Secret> => Option<Secret>,
        /// The certificate authorities that may sign certificates of clients, in PEM format.
        /// Clients are asked for a certificate, and one of another authority ends the handshake.
        /// Default: clients are not asked.
        live pub cacertfile: Setting<Files> => Files,
        /// Whether clients without a certificate are refused. Default `false`.
        live pub fail_if_no_peer_cert: Setting<bool> => bool,
        /// `strong`: only TLS 1.3; `compatible`: TLS 1.2 too. Default `compatible`.
        live pub cipher_suite: Setting<CipherSuite> => CipherSuite,
        /// The cipher suites that are spoken, by their names, such as `TLS_AES_256_GCM_SHA384`. A
        /// version of TLS without a suite is not spoken. Default: all of `cipher_suite`.
        live pub ciphers: Setting<Ciphers> => Ciphers,
        /// How long a client may take for its handshake. Default 10 s.
        live pub handshake_timeout: Setting<Duration> => Duration = Duration::from_secs(10),
        /// The maximum number of handshakes at a time. Further clients wait, within
        /// `handshake_timeout`. Default 4096.
        start pub max_handshakes: Setting<usize> => usize = 4096,
        /// As in `http`: how long the client may take to send its first byte, and a request's head.
        /// Default 15 s.
        start pub header_timeout: Setting<Duration> => Duration = Duration::from_secs(15),
        /// As in `http`: how long a connection may wait for its next request. Default 60 s.
        start pub idle_timeout: Setting<Duration> => Duration = Duration::from_secs(60),
        /// As in `http`: the maximum number of headers of a request; 431 beyond it. Default 100.
        start pub max_headers: Setting<usize> => usize = 100,
        /// As in `http`: the maximum size of a request's head in bytes; 431 beyond it. Default 64
        /// KiB.
        start pub max_head_bytes: Setting<usize> => usize = 64 * 1024,
        /// The maximum number of connections at a time, of both listeners together; closed beyond
        /// it. Default: only the system's limit.
        live pub max_connections: Setting<usize> => Option<usize>,
        /// The maximum number of connections of one client at a time on this listener; closed
        /// beyond it. One client is as in `http`. Default: no limit.
        live pub max_connections_per_ip: Setting<usize> => Option<usize>,
        /// Whether HTTP/2 is offered, and spoken with clients that prefer it. It needs the feature
        /// `http2`. Default: whether that feature is on.
        start pub http2: Setting<bool> => bool = cfg!(feature = "http2"),
    }

    /// `filter_parameters(..)`: which parameters log lines and pages for developers show.
    FilterParameters =>
    /// `filter_parameters`: which parameters log lines and pages for developers show.
    #[derive(PartialEq, Eq)]
    FilterParametersConfig {
        /// A parameter is not shown if its name contains one of these, in upper or in lower case.
        /// Parameters in lists and maps are looked at, too, and names of headers. Default
        /// `password`, `token` and `secret`.
        live pub contains: Setting<ParameterNames> => ParameterNames =
            ParameterNames::from(["password", "token", "secret"]),
        /// The only parameters that are shown, by their whole names, with everything in them. Then
        /// `contains` counts for headers alone. Default: not set.
        live pub keep: Setting<ParameterNames> => Option<ParameterNames>,
    }

    /// `live_reload(..)`: pages are loaded anew when files change.
    LiveReload =>
    /// `live_reload`: pages are loaded anew when files change.
    #[derive(PartialEq, Eq)]
    LiveReloadConfig {
        /// Regular expressions: a file whose path contains one of them changes pages.
        live pub patterns: Setting<Patterns> => Patterns,
        /// Where files are watched, with all that is below, apart from `target`, `node_modules` and
        /// directories whose name begins with a dot. Relative to the working directory. Default
        /// that directory.
        start pub dirs: Setting<Files> => Files = Files::from("."),
        /// For each topic, the files whose changes are broadcast to it on this node, as the event
        /// `phoenix_live_reload` with `topic` and `path`. Default: none.
        live pub notify: Setting<TopicPatterns> => TopicPatterns,
        /// How long further changes are waited for before pages are told. Default 20 ms.
        live pub debounce: Setting<Duration> => Duration = Duration::from_millis(20),
        /// Attributes of the frame in each page, beside `hidden`, `height`, `width` and `src`.
        live pub iframe_attrs: Setting<Attributes> => Attributes,
        /// The window that is loaded anew: `top`, or `parent`, which is that of the page. Default
        /// `parent`.
        live pub target_window: Setting<TargetWindow> => TargetWindow,
        /// The URL of the socket. Default: that of this endpoint.
        live pub url: Setting<String> => Option<String>,
        /// What the paths of frame and socket end in, such as `"/admin"`. Default: nothing.
        live pub suffix: Setting<String> => Option<String>,
        /// How long a page waits once it is told. Default 100 ms.
        live pub interval: Setting<Duration> => Duration = Duration::from_millis(100),
        /// Whether a change of a stylesheet loads the whole page anew. Default `false`.
        live pub reload_page_on_css_changes: Setting<bool> => bool,
        /// Whether browsers show what a `ConsoleLogger` of `landfall::live_reload` is told. Default
        /// `false`.
        start pub web_console_logger: Setting<bool> => bool,
        /// Whether it is on in release builds, too. Then everybody learns when files change.
        /// Default `false`.
        start pub in_release: Setting<bool> => bool,
    }

    /// `drainer(..)`: how the endpoint stops, apart from its sockets.
    EndpointDrainer =>
    /// `drainer`: how the endpoint stops, apart from its sockets.
    #[derive(PartialEq, Eq)]
    EndpointDrainerConfig {
        /// How long the endpoint goes on accepting connections and sockets after it was told to
        /// stop, while [`Health`](crate::endpoint::Health) answers 503 already. Default: not at
        /// all.
        start pub delay: Setting<Duration> => Option<Duration>,
        /// How long requests in flight may take once the sockets are drained. Default 5 s. After
        /// that they are cut off and count as lost. A request whose body has not arrived is
        /// answered 408, and does not count. A connection without a complete head is closed at
        /// once.
        start pub shutdown: Setting<Duration> => Duration = Duration::from_secs(5),
    }
}

impl Settings {
    /// The environment variable that the port of this listener is read from.
    pub(crate) fn port_variable(&self, scheme: Scheme) -> Option<&'static str> {
        match scheme {
            Scheme::Http => self.http.get()?.port.variable,
            Scheme::Https => self.https.get()?.port.variable,
        }
    }

    /// Sets a key of another library: see [`Config::extra`].
    pub fn extra(&mut self, key: impl Into<String>, value: Setting<Extra>) {
        let key = key.into();
        self.extra.0.retain(|(other, _)| *other != key);
        self.extra.0.push((key, value));
    }
}

impl Config {
    /// Whether the endpoint listens: the value of `server`, or else whether there is an `http` or
    /// an `https` group.
    pub fn listens(&self) -> bool {
        self.server
            .unwrap_or(self.http.is_some() || self.https.is_some())
    }

    /// A setting of another library, as a type of that library. If no layer sets it, an `Option`
    /// is `None`, and any other type is an error.
    ///
    /// # Errors
    /// An error names the key, also one inside of a table, the type that it takes, and the source
    /// of its value. It never shows the value. In the endpoint's `init` it is returned by `?`:
    ///
    /// ```
    /// # use landfall::config::{Config, ConfigError};
    /// # fn init(config: Config) -> Result<Config, ConfigError> {
    /// let workers: usize = config.extra("workers")?;
    /// let host: Option<String> = config.extra("host")?;
    /// # let _ = (workers, host);
    /// # Ok(config)
    /// # }
    /// # let _ = init;
    /// ```
    pub fn extra<T: DeserializeOwned>(&self, key: &str) -> Result<T, ConfigError> {
        self.extra.get(key)
    }

    /// A setting of another library; null if no layer sets it.
    pub(crate) fn extra_value(&self, key: &str) -> Extra {
        self.extra.value(key)
    }

    /// Sets a setting of another library.
    pub fn set_extra(&mut self, key: impl Into<String>, value: impl Into<Extra>) {
        self.extra.set(key.into(), value.into());
    }
}

impl HttpsConfig {
    /// The listener's address and limits.
    pub(crate) fn http(&self) -> HttpConfig {
        HttpConfig {
            ip: self.ip.clone(),
            ipv6_only: self.ipv6_only,
            port: self.port,
            header_timeout: self.header_timeout,
            idle_timeout: self.idle_timeout,
            max_headers: self.max_headers,
            max_head_bytes: self.max_head_bytes,
            max_connections: self.max_connections,
            max_connections_per_ip: self.max_connections_per_ip,
            http2: self.http2,
        }
    }
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
            http: Group::on(Http {
                ip: Setting::given([0, 0, 0, 0]),
                header_timeout: Setting::given(Duration::from_secs(1)),
                max_headers: Setting::exact(10),
                ..Http::DEFAULT
            }),
            check_origin: Setting::given(CheckOrigin::List(
                &["https://a.com"] as &'static [&'static str]
            )),
            secret_key_base: Setting::env("SECRET_KEY_BASE"),
            ..Settings::default()
        };
        assert_eq!(
            settings.check_origin.value,
            Some(CheckOrigin::List(vec!["https://a.com".to_owned()]))
        );
        assert_eq!(
            settings.http.get().and_then(|http| http.ip.value.clone()),
            Some(Ip::ANY.into())
        );
    }

    #[test]
    fn extra_takes_what_toml_can_say() {
        let mut settings = Settings::default();
        settings.extra(
            "live_view",
            Setting::given(Extra::table([("salt", Extra::from("x")), ("n", 5.into())])),
        );
        settings.extra("list", Setting::given([1, 2]));
        settings.extra("number", Setting::given(5));
        settings.extra("name", Setting::env_or("NAME", "x"));
        assert_eq!(settings.extra.0.len(), 4);
    }
}
