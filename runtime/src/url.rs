//! The URLs of an endpoint. They are made from its configuration, never from a request.

use std::fmt;

use crate::config::{Config, Ips, Scheme, UrlConfig};

/// The parts of a URL that name the server.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StructUrl {
    /// The scheme.
    pub scheme: Scheme,
    /// The host; an IPv6 address without brackets.
    pub host: String,
    /// The port, also if it is the scheme's default.
    pub port: u16,
}

impl StructUrl {
    /// Takes what is not configured from the listener, from that of the URL's scheme if there is
    /// one.
    fn new(url: &UrlConfig, config: &Config, ports: Ports) -> Self {
        let scheme = url.scheme.unwrap_or(match config.https {
            Some(_) => Scheme::Https,
            None => Scheme::Http,
        });
        let inferred = match scheme {
            Scheme::Http => ports.http.or(ports.https),
            Scheme::Https => ports.https.or(ports.http),
        };
        let port = url
            .port
            .or(inferred)
            .unwrap_or_else(|| scheme.default_port());
        StructUrl {
            scheme,
            host: url.host.clone(),
            port,
        }
    }
}

/// The ports of the listeners.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ports {
    pub(crate) http: Option<u16>,
    pub(crate) https: Option<u16>,
}

impl Ports {
    /// `self` holds the ports of open listeners. Others are taken from the configuration.
    fn of(self, config: &Config) -> Ports {
        let configured = |ip: &Ips, port| ip.first_port(port);
        let (http, https) = (&config.http, &config.https);
        let http = http.as_ref().map(|http| configured(&http.ip, http.port));
        let https = https
            .as_ref()
            .map(|https| configured(&https.ip, https.port));
        Ports {
            http: http.and_then(|port| self.http.or(port)),
            https: https.and_then(|port| self.https.or(port)),
        }
    }
}

/// Displays as `http://localhost:4000`, without the scheme's default port.
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

/// What the URL functions return. It is computed once the configuration and the ports are known.
#[derive(Debug)]
pub(crate) struct Urls {
    pub(crate) url: StructUrl,
    pub(crate) static_url: StructUrl,
    /// The prefix of paths; empty for `/`.
    pub(crate) prefix: String,
}

impl Urls {
    /// `bound` are the ports of open listeners.
    pub(crate) fn new(config: &Config, bound: Ports) -> Self {
        let ports = bound.of(config);
        // `static_url` inherits no keys from `url`.
        let static_url = config.static_url.as_ref().unwrap_or(&config.url);
        Urls {
            url: StructUrl::new(&config.url, config, ports),
            static_url: StructUrl::new(static_url, config, ports),
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
    use crate::config::{HttpConfig, HttpsConfig};

    fn config(change: impl FnOnce(&mut Config)) -> Config {
        let mut config = Config::default();
        change(&mut config);
        config
    }

    fn listening(port: u16) -> Option<HttpConfig> {
        Some(HttpConfig {
            port,
            ..HttpConfig::default()
        })
    }

    fn secured(port: u16) -> Option<HttpsConfig> {
        Some(HttpsConfig {
            port,
            ..HttpsConfig::default()
        })
    }

    /// `url()` and `static_url()`.
    fn both(change: impl FnOnce(&mut Config)) -> (String, String) {
        let urls = Urls::new(&config(change), Ports::default());
        (urls.url.to_string(), urls.static_url.to_string())
    }

    fn url(change: impl FnOnce(&mut Config)) -> String {
        both(change).0
    }

    #[test]
    fn the_port_is_inferred_from_the_listener() {
        assert_eq!(url(|_| {}), "http://localhost");
        assert_eq!(
            url(|config| config.http = listening(4000)),
            "http://localhost:4000"
        );
        assert_eq!(
            url(|config| config.http = listening(80)),
            "http://localhost"
        );
        assert_eq!(
            url(|config| config.http = Some(HttpConfig::default())),
            "http://localhost:4000"
        );
        assert_eq!(
            url(|config| config.https = Some(HttpsConfig::default())),
            "https://localhost:4040"
        );
        assert_eq!(
            url(|config| config.https = secured(443)),
            "https://localhost"
        );
    }

    #[test]
    fn a_listener_of_the_scheme_comes_before_the_other() {
        let both = |scheme| {
            url(move |config| {
                config.url.scheme = scheme;
                config.http = listening(4000);
                config.https = secured(4443);
            })
        };
        assert_eq!(both(None), "https://localhost:4443");
        assert_eq!(both(Some(Scheme::Https)), "https://localhost:4443");
        assert_eq!(both(Some(Scheme::Http)), "http://localhost:4000");
        let https = |http| {
            url(move |config| {
                config.url.scheme = Some(Scheme::Https);
                config.http = http;
            })
        };
        assert_eq!(https(listening(4000)), "https://localhost:4000");
        assert_eq!(https(None), "https://localhost");
    }

    #[test]
    fn what_is_configured_wins_over_the_listener() {
        let public = url(|config| {
            config.url.host = "a.com".to_owned();
            config.url.scheme = Some(Scheme::Https);
            config.url.port = Some(443);
            config.http = listening(4000);
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
            config.http = listening(80);
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

    /// Two rows are otherwise than there.
    #[test]
    fn the_table_of_phoenix() {
        type Change = fn(&mut Config);
        let rows: [(Change, &str, &str); 9] = [
            (|_| {}, "http://localhost", "http://localhost"),
            (
                |config| config.http = listening(4000),
                "http://localhost:4000",
                "http://localhost:4000",
            ),
            (
                |config| (config.http, config.https) = (listening(80), secured(443)),
                "https://localhost",
                "https://localhost",
            ),
            // Phoenix listens on 4040 too, and says 443.
            (
                |config| config.https = Some(HttpsConfig::default()),
                "https://localhost:4040",
                "https://localhost:4040",
            ),
            // Phoenix listens on 4000 too, and says 80.
            (
                |config| config.http = Some(HttpConfig::default()),
                "http://localhost:4000",
                "http://localhost:4000",
            ),
            (
                |config| {
                    config.url.host = "a.com".to_owned();
                    config.url.port = Some(8080);
                },
                "http://a.com:8080",
                "http://a.com:8080",
            ),
            (
                |config| {
                    config.url.host = "a.com".to_owned();
                    (config.url.scheme, config.url.port) = (Some(Scheme::Https), Some(443));
                    config.http = listening(4000);
                },
                "https://a.com",
                "https://a.com",
            ),
            (
                |config| {
                    config.url.host = "a.com".to_owned();
                    config.static_url = Some(UrlConfig {
                        host: "cdn.com".to_owned(),
                        ..UrlConfig::default()
                    });
                    config.http = listening(80);
                },
                "http://a.com",
                "http://cdn.com",
            ),
            (
                |config| {
                    config.url.scheme = Some(Scheme::Https);
                    config.http = listening(80);
                },
                "https://localhost:80",
                "https://localhost:80",
            ),
        ];
        for (row, (change, url, static_url)) in rows.into_iter().enumerate() {
            let said = (url.to_owned(), static_url.to_owned());
            assert_eq!(both(change), said, "row {row}");
        }
    }

    #[test]
    fn a_port_chosen_by_the_system_is_told() {
        let config = config(|config| config.http = listening(0));
        let bound = Ports {
            http: Some(54321),
            https: None,
        };
        assert_eq!(
            Urls::new(&config, bound).url.to_string(),
            "http://localhost:54321"
        );
        assert_eq!(
            Urls::new(&config, Ports::default()).url.to_string(),
            "http://localhost:0"
        );
    }

    #[test]
    fn the_port_is_that_of_the_first_listener_that_has_one() {
        let at = |places: &[&str], bound| {
            let config = config(|config| {
                let http = config.http.get_or_insert_default();
                http.ip = places.into();
            });
            let bound = Ports {
                http: bound,
                https: None,
            };
            Urls::new(&config, bound).url.to_string()
        };
        let several = ["unix:/a", "127.0.0.1:4001", "::1"];
        assert_eq!(at(&several, None), "http://localhost:4001");
        assert_eq!(
            at(&["::1", "127.0.0.1:4001"], None),
            "http://localhost:4000"
        );
        assert_eq!(at(&["unix:/a"], None), "http://localhost");
        assert_eq!(at(&["systemd"], None), "http://localhost");
        assert_eq!(at(&["systemd"], Some(8080)), "http://localhost:8080");
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
        let at = |path: &str| {
            Urls::new(
                &config(|config| config.url.path = path.to_owned()),
                Ports::default(),
            )
        };
        assert_eq!(at("/").path("/x"), "/x");
        assert_eq!(at("/api").path("/x?y=1"), "/api/x?y=1");
        assert_eq!(at("/").script_name(), [""; 0]);
        assert_eq!(at("/api/v1").script_name(), ["api", "v1"]);
    }
}
