//! The listeners of an endpoint. All are opened before any is served.

use std::{cell::RefCell, io, net::SocketAddr};

use super::EndpointService;
#[cfg(feature = "rustls")]
use super::secure;
use crate::{
    address::Address,
    config::{Config, ConfigError, HttpConfig, Scheme},
    error::{Error, Unbound},
    handle::{Addresses, Handle, Shared},
    server::{
        Admission, Admitted, Bound, Front, Layer, Listener, Lost, Serve, Stop, Trackers, serve,
    },
};

type ServeOnce = dyn FnOnce(EndpointService, HttpConfig, Scheme, &Handle, Stop) -> Lost + Send;

/// An open listener, and how to serve it.
pub(super) struct Listening {
    pub(super) address: io::Result<Address>,
    serve: Box<ServeOnce>,
}

impl Listening {
    /// `layer` is the protocol under HTTP: TLS or none.
    pub(super) fn new(listener: impl Listener, layer: Layer) -> Self {
        Listening::with(listener, layer, |service| service)
    }

    /// Serves the service that `outer` makes from the endpoint's service.
    pub(super) fn with<S: Serve>(
        listener: impl Listener,
        layer: Layer,
        outer: impl FnOnce(EndpointService) -> S + Send + 'static,
    ) -> Self {
        Listening {
            address: listener.local_addr(),
            serve: Box::new(move |service, config, scheme, handle, stop| {
                let Shared {
                    connections, tasks, ..
                } = &*handle.0;
                let pages = service.pages();
                let trackers = Trackers { connections, tasks };
                let front = Front {
                    service: outer(service),
                    pages,
                };
                let admission = admission(handle.clone(), scheme);
                serve(listener, layer, front, config, admission, trackers, stop)
            }),
        }
    }
}

/// As the endpoint is configured at the moment.
fn admission(handle: Handle, scheme: Scheme) -> Admission {
    Admission::new(move || {
        let config = handle.config();
        let limits = match (scheme, &config.http, &config.https) {
            (Scheme::Http, Some(http), _) => (http.max_connections, http.max_connections_per_ip),
            (Scheme::Https, _, Some(https)) => {
                (https.max_connections, https.max_connections_per_ip)
            }
            _ => (None, None),
        };
        Admitted {
            max_connections: limits.0,
            max_connections_per_ip: limits.1,
            proxies: config.trusted_proxies.clone(),
        }
    })
}

/// The part of `https` besides its listener. It is made while the configuration is checked.
pub(super) struct Layers {
    read: RefCell<Layer>,
    https: bool,
}

impl Layers {
    /// If `https` is false, its files are not read, even if the configuration has the group.
    pub(super) fn new(https: bool) -> Self {
        Layers {
            read: RefCell::default(),
            https,
        }
    }

    pub(super) fn into_inner(self) -> Layer {
        self.read.into_inner()
    }

    /// Reads the files of `https`. Returns everything that is wrong with them.
    pub(super) fn examine(&self, config: &Config) -> Vec<(String, ConfigError)> {
        let Some(https) = config
            .https
            .as_ref()
            .filter(|_| self.https && config.listens())
        else {
            return Vec::new();
        };
        #[cfg(feature = "rustls")]
        return match secure::layer(https) {
            Ok(tls) => {
                *self.read.borrow_mut() = Layer::Tls(tls);
                Vec::new()
            }
            Err(wrong) => wrong,
        };
        #[cfg(not(feature = "rustls"))]
        {
            let _ = https;
            let error = ConfigError::new("this build speaks no TLS")
                .help("enable the feature `tls` of `landfall`");
            vec![("https".to_owned(), error)]
        }
    }
}

/// The open listeners of an endpoint.
pub(super) struct Listeners {
    open: Vec<Open>,
}

struct Open {
    scheme: Scheme,
    config: HttpConfig,
    address: Address,
    listening: Listening,
}

impl Listeners {
    /// `given` replaces the listener of `http`. `variable` returns the environment variable that a
    /// port is read from.
    ///
    /// # Errors
    /// Every listener that could not be opened; none is open then.
    pub(super) fn open(
        config: &Config,
        given: Option<Listening>,
        layer: Layer,
        variable: &dyn Fn(Scheme) -> Option<&'static str>,
    ) -> Result<Self, Error> {
        let http = config
            .http
            .clone()
            .map(|http| (Scheme::Http, http, given, Layer::Plain));
        let https = config
            .https
            .as_ref()
            .filter(|_| !matches!(layer, Layer::Plain))
            .map(|https| (Scheme::Https, https.http(), None, layer));
        let (mut open, mut failed) = (Vec::new(), Vec::new());
        for (scheme, config, given, layer) in http.into_iter().chain(https) {
            let (wanted, help) = match (&given, config.ip.address()) {
                (Some(_), _) => ("the given listener".to_owned(), None),
                (None, Some(_)) => (wanted(&config), Some(port_help(scheme, variable(scheme)))),
                (None, None) => (wanted(&config), None),
            };
            let listening = given.map_or_else(|| bind(&config, layer), Ok);
            let address = listening.and_then(|Listening { address, serve }| {
                let address = address?;
                Ok((
                    address.clone(),
                    Listening {
                        address: Ok(address),
                        serve,
                    },
                ))
            });
            match address {
                Ok((address, listening)) => open.push(Open {
                    scheme,
                    config,
                    address,
                    listening,
                }),
                Err(source) => failed.push(Unbound {
                    address: wanted,
                    source,
                    help,
                }),
            }
        }
        if failed.is_empty() {
            Ok(Listeners { open })
        } else {
            Err(Error::listen(failed))
        }
    }

    /// The address of each listener.
    pub(super) fn addresses(&self) -> Addresses {
        let of = |scheme| {
            self.open
                .iter()
                .find(|open| open.scheme == scheme)
                .map(|open| open.address.clone())
        };
        Addresses {
            http: of(Scheme::Http),
            https: of(Scheme::Https),
        }
    }

    pub(super) fn serve(
        self,
        service: &EndpointService,
        handle: &Handle,
        stop: &Stop,
    ) -> Vec<Lost> {
        let serve = |Open {
                         scheme,
                         config,
                         address,
                         listening,
                     }: Open| {
            let lost = (listening.serve)(service.clone(), config, scheme, handle, stop.clone());
            let unix = if matches!(address, Address::Unix(_)) {
                "+unix"
            } else {
                ""
            };
            let (name, version) = (handle.name(), env!("CARGO_PKG_VERSION"));
            tracing::info!("running {name} with landfall {version} at {address} ({scheme}{unix})");
            lost
        };
        self.open.into_iter().map(serve).collect()
    }
}

fn port_help(scheme: Scheme, variable: Option<&str>) -> String {
    match variable {
        Some(variable) => {
            format!(
                "choose another port: set the environment variable `{variable}`, or `port` of `{scheme}`"
            )
        }
        None => {
            format!(
                "choose another port: `port` of `{scheme}`, in the declaration or in the configuration file"
            )
        }
    }
}

fn wanted(config: &HttpConfig) -> String {
    match config.ip.address() {
        Some(ip) => SocketAddr::new(ip, config.port).to_string(),
        None => config.ip.to_string(),
    }
}

fn bind(config: &HttpConfig, layer: Layer) -> io::Result<Listening> {
    let bound = match (config.ip.address(), config.ip.unix_path()) {
        (Some(ip), _) => Bound::tcp(SocketAddr::new(ip, config.port), config.ipv6_only),
        #[cfg(unix)]
        (None, Some(path)) => Bound::unix(path),
        _ => Err(io::ErrorKind::Unsupported.into()),
    };
    bound.map(|bound| Listening::new(bound, layer))
}
