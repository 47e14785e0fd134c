//! The URLs of an endpoint: made from its configuration alone, never from a request.

use std::fmt;

use crate::config::{Config, Scheme, UrlConfig};

/// The parts of a URL that say which server it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StructUrl {
    /// The scheme.
    pub scheme: Scheme,
    /// The host; an IPv6 address without brackets.
    pub host: String,
    /// The port, also where it is the scheme's own.
    pub port: u16,
}

impl StructUrl {
    /// The port that is inferred follows the listener and not `scheme`: behind a proxy that speaks HTTPS, `port` has to
    /// be set as well.
    fn new(url: &UrlConfig, listener: Option<u16>) -> Self {
        StructUrl {
            scheme: url.scheme.unwrap_or(Scheme::Http),
            host: url.host.clone(),
            port: url.port.or(listener).unwrap_or(80),
        }
    }
}

/// Such as `http://localhost:4000`, the scheme's own port left out.
impl fmt::Display for StructUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let StructUrl { scheme, host, port } = self;
        match host.contains(':') {
            true => write!(f, "{scheme}://[{host}]")?,
            false => write!(f, "{scheme}://{host}")?,
        }
        if *port != scheme.default_port() {
            write!(f, ":{port}")
        } else {
            Ok(())
        }
    }
}

/// What the URL functions return, computed when the configuration or the port is known.
#[derive(Debug)]
pub(crate) struct Urls {
    pub(crate) url: StructUrl,
    pub(crate) static_url: StructUrl,
    /// What stands before paths; empty for `/`.
    pub(crate) prefix: String,
}

impl Urls {
    /// `bound` is the port that the system chose for a listener on port 0.
    pub(crate) fn new(config: &Config, bound: Option<u16>) -> Self {
        let port = config.http.as_ref().and_then(|http| http.port);
        let listener = if port == Some(0) {
            bound.or(port)
        } else {
            port
        };
        // The whole group or nothing: what `static_url` leaves out is not taken from `url`.
        let static_url = config.static_url.as_ref().unwrap_or(&config.url);
        Urls {
            url: StructUrl::new(&config.url, listener),
            static_url: StructUrl::new(static_url, listener),
            prefix: if config.url.path == "/" {
                String::new()
            } else {
                config.url.path.clone()
            },
        }
    }

    pub(crate) fn path(&self, path: &str) -> String {
        [&self.prefix, path].concat()
    }

    pub(crate) fn script_name(&self) -> Vec<String> {
        self.prefix
            .split('/')
            .filter(|segment| !segment.is_empty())
            .map(str::to_owned)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::HttpConfig;

    fn config(change: impl FnOnce(&mut Config)) -> Config {
        let mut config = Config::default();
        change(&mut config);
        config
    }

    fn listening(port: Option<u16>) -> Option<HttpConfig> {
        Some(HttpConfig {
            port,
            ..HttpConfig::default()
        })
    }

    /// `url()` and `static_url()`.
    fn both(change: impl FnOnce(&mut Config)) -> (String, String) {
        let urls = Urls::new(&config(change), None);
        (urls.url.to_string(), urls.static_url.to_string())
    }

    fn url(change: impl FnOnce(&mut Config)) -> String {
        both(change).0
    }

    #[test]
    fn the_port_is_inferred_from_the_listener() {
        assert_eq!(url(|_| {}), "http://localhost");
        assert_eq!(
            url(|config| config.http = listening(Some(4000))),
            "http://localhost:4000"
        );
        assert_eq!(
            url(|config| config.http = listening(Some(80))),
            "http://localhost"
        );
        assert_eq!(
            url(|config| config.http = listening(None)),
            "http://localhost"
        );
    }

    #[test]
    fn the_inferred_port_does_not_follow_the_scheme() {
        let https = |port| {
            url(move |config| {
                config.url.scheme = Some(Scheme::Https);
                config.http = port;
            })
        };
        assert_eq!(https(listening(Some(4000))), "https://localhost:4000");
        assert_eq!(https(listening(Some(80))), "https://localhost:80");
        assert_eq!(https(None), "https://localhost:80");
    }

    #[test]
    fn what_is_configured_wins_over_the_listener() {
        let public = url(|config| {
            config.url.host = "a.com".to_owned();
            config.url.scheme = Some(Scheme::Https);
            config.url.port = Some(443);
            config.http = listening(Some(4000));
        });
        assert_eq!(public, "https://a.com");
        let port = url(|config| {
            config.url.host = "a.com".to_owned();
            config.url.port = Some(8080);
        });
        assert_eq!(port, "http://a.com:8080");
    }

    #[test]
    fn the_static_url_inherits_nothing() {
        let urls = both(|config| {
            config.url.host = "a.com".to_owned();
            config.static_url = Some(UrlConfig {
                host: "cdn.com".to_owned(),
                ..UrlConfig::default()
            });
            config.http = listening(Some(80));
        });
        assert_eq!(
            urls,
            ("http://a.com".to_owned(), "http://cdn.com".to_owned())
        );
        let urls = both(|config| {
            config.url.host = "a.com".to_owned();
            config.static_url = Some(UrlConfig::default());
        });
        assert_eq!(urls.1, "http://localhost");
        assert_eq!(
            both(|config| config.url.host = "a.com".to_owned()).1,
            "http://a.com"
        );
    }

    #[test]
    fn a_port_chosen_by_the_system_is_told() {
        let config = config(|config| config.http = listening(Some(0)));
        assert_eq!(
            Urls::new(&config, Some(54321)).url.to_string(),
            "http://localhost:54321"
        );
        assert_eq!(
            Urls::new(&config, None).url.to_string(),
            "http://localhost:0"
        );
    }

    #[test]
    fn addresses_of_ipv6_stand_in_brackets() {
        assert_eq!(
            url(|config| config.url.host = "::1".to_owned()),
            "http://[::1]"
        );
    }

    #[test]
    fn paths_begin_with_the_prefix() {
        let at = |path: &str| Urls::new(&config(|config| config.url.path = path.to_owned()), None);
        assert_eq!(at("/").path("/x"), "/x");
        assert_eq!(at("/api").path("/x?y=1"), "/api/x?y=1");
        assert_eq!(at("/").script_name(), [""; 0]);
        assert_eq!(at("/api/v1").script_name(), ["api", "v1"]);
    }
}
