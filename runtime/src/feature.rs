//! What a declaration says that needs a feature of the crate.
//!
//! Where the feature is off, the compiler tells it of constants, and the start tells it of all
//! else.

/// A key, and the feature without which it does nothing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feature {
    /// As it is written in the declaration.
    pub(crate) key: &'static str,
    is_on: bool,
    /// What is wrong while the feature is off.
    pub(crate) text: &'static str,
    /// What can be done about it.
    pub(crate) help: &'static str,
}

macro_rules! feature {
    ($key:literal needs $feature:literal) => {
        feature!($key needs $feature, on by $feature)
    };
    ($key:literal needs $feature:literal, on by $on:literal) => {
        Feature {
            key: $key,
            is_on: cfg!(feature = $on),
            text: concat!(
                "`",
                $key,
                "` needs landfall's feature `",
                $feature,
                "`, which is off"
            ),
            help: concat!(
                "turn it on in `Cargo.toml` by `features = [\"",
                $feature,
                "\"]`, or remove `",
                $key,
                "`"
            ),
        }
    };
}

impl Feature {
    pub(crate) const COMPRESS: Feature = feature!("compress" needs "compress");
    #[cfg(not(feature = "config-file"))]
    pub(crate) const CONFIG_FILE: Feature = feature!("file" needs "config-file");
    pub(crate) const DASHBOARD: Feature = feature!("dashboard" needs "dashboard");
    pub(crate) const HTTP2: Feature = feature!("http2" needs "http2");
    /// Either of the features with cryptography, or `rustls` with that of the application.
    #[cfg(not(feature = "rustls"))]
    pub(crate) const HTTPS: Feature = feature!("https" needs "tls", on by "rustls");
    pub(crate) const LIVE_RELOAD: Feature = feature!("live_reload" needs "live-reload");
    pub(crate) const LONGPOLL: Feature = feature!("longpoll" needs "longpoll");
    pub(crate) const NATS: Feature = feature!("nats" needs "nats");
    #[cfg(not(feature = "redis"))]
    pub(crate) const REDIS: Feature = feature!("redis" needs "redis");
    /// As `HTTPS`.
    #[cfg(all(feature = "redis", not(feature = "rustls")))]
    pub(crate) const REDIS_TLS: Feature = feature!("tls" needs "tls", on by "rustls");
    pub(crate) const SESSION: Feature = feature!("session" needs "tokens");

    /// It, if it is off.
    pub(crate) const fn lacking(self) -> Option<Feature> {
        match self.is_on {
            true => None,
            false => Some(self),
        }
    }
}
