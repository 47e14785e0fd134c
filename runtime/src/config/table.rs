//! Every key of the configuration, one row each.
//!
//! A row is `name: what a layer says => what comes of it = default`; without a default it is that of the type. From the
//! rows come both structs with their documentation, the names that a file may use, how layers are laid over one another,
//! what `init` has changed, and the checks that a kind of value brings along (`row`, `value`). What keys say together is
//! checked in `validate`.

use std::time::Duration;

use serde::de::DeserializeOwned;

use super::{
    CipherSuite, ConfigTypeError, Extra, Extras, Files, Ip, Scheme, Secret, Setting,
    TrustedProxies,
    extra::ExtraConfig,
    resolve::Resolver,
    row::{Layered, Resolve, Shape},
    validate::Findings,
    value::Key,
};
use crate::origin::CheckOrigin;

/// Writes a layer and a configuration for each table of rows.
macro_rules! settings {
    ($(
        $(#[$about_layer:meta])* $Layer:ident =>
        $(#[$about_config:meta])* $Config:ident {
            $( $(#[$doc:meta])* $vis:vis $key:ident: $Said:ty => $Value:ty $(= $default:expr)?, )*
        }
    )*) => { $(
        $(#[$about_layer])*
        #[derive(Clone, Debug, Default)]
        pub struct $Layer {
            $( $(#[$doc])* pub $key: $Said, )*
        }

        impl $Layer {
            /// No key set.
            pub const DEFAULT: $Layer = $Layer { $( $key: <$Said as Layered>::UNSET, )* };
        }

        $(#[$about_config])*
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct $Config {
            $( $(#[$doc])* $vis $key: $Value, )*
        }

        impl Default for $Config {
            fn default() -> Self {
                $Config { $( $key: settings!(@default $($default)?), )* }
            }
        }

        impl Layered for $Layer {
            const UNSET: Self = $Layer::DEFAULT;
            const SHAPE: Shape =
                Shape::Group(&[$( (stringify!($key), <$Said as Layered>::SHAPE), )*]);
        }

        impl Resolve<$Config> for $Layer {
            fn resolve(
                key: Key<'_>,
                declared: &Self,
                options: &Self,
                defaults: $Config,
                resolver: &mut Resolver<'_>,
            ) -> $Config {
                $Config { $(
                    $key: <$Said as Resolve<$Value>>::resolve(
                        Key(&key.below(stringify!($key))),
                        &declared.$key,
                        &options.$key,
                        defaults.$key,
                        resolver,
                    ),
                )* }
            }

            fn compare(
                key: Key<'_>,
                before: Option<&$Config>,
                after: Option<&$Config>,
                changed: &mut Vec<String>,
            ) {
                $( <$Said as Resolve<$Value>>::compare(
                    Key(&key.below(stringify!($key))),
                    before.map(|config| &config.$key),
                    after.map(|config| &config.$key),
                    changed,
                ); )*
            }

            fn check(key: Key<'_>, config: &$Config, found: &mut Findings) {
                $( <$Said as Resolve<$Value>>::check(
                    Key(&key.below(stringify!($key))),
                    &config.$key,
                    found,
                ); )*
            }
        }
    )* };
    (@default) => { Default::default() };
    (@default $default:expr) => { $default };
}

settings! {
    /// One layer of configuration. Keys that it leaves unset are taken from the layer below.
    Settings =>
    /// What an endpoint runs with: all layers together.
    ///
    /// `init` may change every field; the result is checked like the layers below.
    Config {
        /// `url(..)`: how the world reaches this endpoint; what its URLs are made of.
        pub url: Url => UrlConfig,
        /// `static_url(..)`: where static files are served. Without it, where `url` says. Keys are not inherited from `url`.
        pub static_url: Option<Url> => Option<UrlConfig>,
        /// `cache_static_manifest`: the file that says which static file has which digested name, relative to where the
        /// process is started. Read at start; one that cannot be read is told in the log. Default: none.
        pub cache_static_manifest: Setting<String> => Option<String>,
        /// `cache_manifest_skip_vsn`: whether paths of static files go without `?vsn=d`, by which browsers keep a file for
        /// ever. Default `false`.
        pub cache_manifest_skip_vsn: Setting<bool> => bool,
        /// `http(..)`: a listener. Without it there is none.
        pub http: Option<Http> => Option<HttpConfig>,
        /// `https(..)`: a listener that speaks TLS, beside that of `http`. Without it there is none.
        pub https: Option<Https> => Option<HttpsConfig>,
        /// `secret_key_base`: what signatures and encryption are derived from; at least 64 bytes.
        pub secret_key_base: Setting<Secret> => Option<Secret>,
        /// `check_origin`: which web pages may open a socket, where its mount does not say. Default: those of `url.host`.
        pub check_origin: Setting<CheckOrigin> => CheckOrigin = CheckOrigin::Host,
        /// `trusted_proxies`: who is believed about the address of a request's client. Default: nobody.
        pub trusted_proxies: Setting<TrustedProxies> => TrustedProxies,
        /// `pubsub(..)`: the endpoint's topics.
        pub pubsub: PubSubSettings => PubSubConfig,
        /// `server`: whether to listen. Default: if there is an `http` or an `https` group.
        pub server: Setting<bool> => Option<bool>,
        /// `extra(..)`: settings of other libraries, by key.
        pub(super) extra: Extras => ExtraConfig,
    }

    /// `url(..)` and `static_url(..)`: the parts of a URL.
    Url =>
    /// `url` and `static_url`: the parts of a URL.
    #[derive(PartialEq, Eq)]
    UrlConfig {
        /// A name or an address, without scheme and port; an IPv6 address without brackets. Default `"localhost"`.
        pub host: Setting<String> => String = "localhost".into(),
        /// 1 to 65535. Default: that on which the endpoint listens, by `https` if it does; without a listener, the scheme's own.
        pub port: Setting<u16> => Option<u16>,
        /// `"http"` or `"https"`. Default: `"https"` if there is an `https` group.
        pub scheme: Setting<String> => Option<Scheme>,
        /// What stands before all paths, such as `"/chat"`. Default `"/"`, which is nothing.
        pub path: Setting<String> => String = "/".into(),
    }

    /// `http(..)`: the listener and its limits.
    Http =>
    /// `http`: the listener and its limits.
    #[derive(PartialEq, Eq)]
    HttpConfig {
        /// Where to listen: `[127, 0, 0, 1]`, `"::1"`, `"unix:/run/chat.sock"`. Default `[0, 0, 0, 0]`.
        pub ip: Setting<Ip> => Ip = Ip::ANY,
        /// 0 lets the system choose; [`Handle::server_info`](crate::Handle::server_info) tells. Default 4000.
        pub port: Setting<u16> => u16 = 4000,
        /// How long a request's head may take, and its first byte. Default 15 s.
        pub header_timeout: Setting<Duration> => Duration = Duration::from_secs(15),
        /// How long a connection may wait for its next request. Default 60 s.
        pub idle_timeout: Setting<Duration> => Duration = Duration::from_secs(60),
        /// How long requests in flight may take to end on shutdown. Default 30 s. Then they are cut off, which counts as
        /// lost; one whose body has not come is answered 408, and does not. A connection without a whole head is closed at
        /// once.
        pub shutdown_timeout: Setting<Duration> => Duration = Duration::from_secs(30),
        /// Headers of a request, 431 past it. Default 100.
        pub max_headers: Setting<usize> => usize = 100,
        /// Bytes of a request's head, 431 past it. Default 64 KiB.
        pub max_head_bytes: Setting<usize> => usize = 64 * 1024,
        /// Connections at a time, 503 past it. Default: no limit but the system's.
        pub max_connections: Setting<usize> => Option<usize>,
        /// Connections of one client at a time, 429 past it. One client is an IPv4 address or a /64 of IPv6. Not counted
        /// are those of `trusted_proxies`, and those without an address, as by a Unix socket. Default: no limit.
        pub max_connections_per_ip: Setting<usize> => Option<usize>,
    }

    /// `https(..)`: a listener that speaks TLS. It needs the feature `tls`.
    Https =>
    /// `https`: a listener that speaks TLS, and its limits.
    HttpsConfig {
        /// Where to listen: an address, as for `http`. Default `[0, 0, 0, 0]`.
        pub ip: Setting<Ip> => Ip = Ip::ANY,
        /// 0 lets the system choose. Default 4040.
        pub port: Setting<u16> => u16 = 4040,
        /// The certificate in PEM format, with those that lead from it to a root. Of several files, a client is shown the one
        /// for the name that it asks for, and else the first.
        pub certfile: Setting<Files> => Files,
        /// The certificate's key in PEM format. For each file of `certfile` there is one here, in the same order.
        pub keyfile: Setting<Files> => Files,
        /// In place of `certfile`: the text itself.
        pub cert: Setting<String> => Option<String>,
        /// In place of `keyfile`: the text itself.
        pub key: Setting<Secret> => Option<Secret>,
        /// Who may sign certificates of clients, in PEM format: clients are asked for one, and one of somebody else's ends the
        /// handshake. Default: clients are not asked.
        pub cacertfile: Setting<Files> => Files,
        /// Whether clients without a certificate are refused. Default `false`.
        pub fail_if_no_peer_cert: Setting<bool> => bool,
        /// `strong`: TLS 1.3 alone; `compatible`: TLS 1.2 too. Default `compatible`.
        pub cipher_suite: Setting<CipherSuite> => CipherSuite,
        /// How long a client may take for its handshake. Default 10 s.
        pub handshake_timeout: Setting<Duration> => Duration = Duration::from_secs(10),
        /// Handshakes at a time; who comes past that waits, within `handshake_timeout`. Default 4096.
        pub max_handshakes: Setting<usize> => usize = 4096,
        /// As in `http`: how long a request's head may take, and its first byte. Default 15 s.
        pub header_timeout: Setting<Duration> => Duration = Duration::from_secs(15),
        /// As in `http`: how long a connection may wait for its next request. Default 60 s.
        pub idle_timeout: Setting<Duration> => Duration = Duration::from_secs(60),
        /// As in `http`: how long requests in flight may take to end on shutdown. Default 30 s.
        pub shutdown_timeout: Setting<Duration> => Duration = Duration::from_secs(30),
        /// As in `http`: headers of a request, 431 past it. Default 100.
        pub max_headers: Setting<usize> => usize = 100,
        /// As in `http`: bytes of a request's head, 431 past it. Default 64 KiB.
        pub max_head_bytes: Setting<usize> => usize = 64 * 1024,
        /// Connections at a time, of both listeners together; who comes past that is closed. Default: no limit but the
        /// system's.
        pub max_connections: Setting<usize> => Option<usize>,
        /// Connections of one client at a time on this listener, closed past it. Who is one client is said at `http`.
        /// Default: no limit.
        pub max_connections_per_ip: Setting<usize> => Option<usize>,
    }

    /// `pubsub(..)`: the endpoint's topics.
    PubSubSettings =>
    /// `pubsub`: the endpoint's topics.
    #[derive(PartialEq, Eq)]
    PubSubConfig {
        /// Broadcasts that may wait for delivery; what comes past that is refused. Default 65,536.
        pub queue: Setting<usize> => usize = 65_536,
        /// Bytes that they may have together, with the forms that were made of them; what comes past that is refused.
        /// Default 64 MiB. One that is larger passes when nothing else waits.
        pub queue_bytes: Setting<usize> => usize = 64 * 1024 * 1024,
    }
}

impl Settings {
    /// The environment variable that the port of this listener is read from.
    pub(crate) fn port_variable(&self, scheme: Scheme) -> Option<&'static str> {
        match scheme {
            Scheme::Http => self.http.as_ref()?.port.variable,
            Scheme::Https => self.https.as_ref()?.port.variable,
        }
    }

    /// Sets a key of another library: see [`Config::extra`].
    pub fn extra(&mut self, key: impl Into<String>, value: Setting<Extra>) {
        self.extra.0.push((key.into(), value));
    }
}

impl Config {
    /// Whether the endpoint listens: as `server` says, or else if there is an `http` or an `https` group.
    pub fn listens(&self) -> bool {
        self.server
            .unwrap_or(self.http.is_some() || self.https.is_some())
    }

    /// A setting of another library, as the type that it wants; `None` if no layer sets it.
    pub fn extra<T: DeserializeOwned>(&self, key: &str) -> Option<Result<T, ConfigTypeError>> {
        self.extra.get(key)
    }

    /// Sets a setting of another library.
    pub fn set_extra(&mut self, key: impl Into<String>, value: impl Into<Extra>) {
        self.extra.set(key.into(), value.into());
    }
}

impl HttpsConfig {
    /// Its limits, and where it listens.
    pub(crate) fn http(&self) -> HttpConfig {
        HttpConfig {
            ip: self.ip.clone(),
            port: self.port,
            header_timeout: self.header_timeout,
            idle_timeout: self.idle_timeout,
            shutdown_timeout: self.shutdown_timeout,
            max_headers: self.max_headers,
            max_head_bytes: self.max_head_bytes,
            max_connections: self.max_connections,
            max_connections_per_ip: self.max_connections_per_ip,
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
            http: Some(Http {
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
        assert_eq!(settings.http.and_then(|http| http.ip.value), Some(Ip::ANY));
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
