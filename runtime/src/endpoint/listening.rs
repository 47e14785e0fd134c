//! The listeners of an endpoint. All are opened before any is served.

use std::{
    cell::RefCell,
    io::{self, ErrorKind},
    net::SocketAddr,
};

use super::EndpointService;
#[cfg(feature = "rustls")]
use super::secure;
#[cfg(unix)]
use crate::server::handed;
use crate::{
    address::Address,
    config::{Config, ConfigError, HttpConfig, Ip, Scheme},
    error::{Error, Unbound},
    grammar::place::Place,
    handle::{Addresses, Handle},
    server::{
        Admission, Admitted, Bound, Front, Layer, Listener, Lost, Opens, Serve, Several, Stop,
        Trackers, serve,
    },
};

type ServeOnce = dyn FnOnce(EndpointService, HttpConfig, Scheme, &Handle, Stop) -> Lost + Send;

/// Open listeners, and how to serve them.
pub(super) struct Listening {
    pub(super) address: io::Result<Address>,
    serve: Box<ServeOnce>,
}

impl Listening {
    /// `layer` is the protocol under HTTP: TLS or none.
    pub(super) fn new(listener: impl Listener, layer: Layer) -> Self {
        Listening::with(listener, layer, |service| service, EndpointService::opens)
    }

    /// Serves the service that `outer` makes from the endpoint's service.
    pub(super) fn with<S: Serve>(
        listener: impl Listener,
        layer: Layer,
        outer: impl FnOnce(EndpointService) -> S + Send + 'static,
        opens: Opens<S>,
    ) -> Self {
        Listening {
            address: listener.local_addr(),
            serve: Box::new(move |service, config, scheme, handle, stop| {
                let (connections, tasks) = (&handle.0.connections, &handle.0.tasks);
                let pages = service.pages();
                let trackers = Trackers { connections, tasks };
                let front = Front {
                    service: outer(service),
                    opens,
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
    pub(super) fn examine(&self, config: &Config) -> Vec<ConfigError> {
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
            vec![ConfigError::from(crate::feature::Feature::HTTPS).about("https")]
        }
    }
}

/// The open listeners of an endpoint.
pub(super) struct Listeners {
    open: Vec<Open>,
}

/// The open listeners of one scheme.
struct Open {
    scheme: Scheme,
    config: HttpConfig,
    addresses: Vec<Address>,
    listening: Listening,
}

impl Listeners {
    /// `given` replaces the listeners of `http`. `variable` returns the environment variable that a
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
            let opened = match given {
                Some(given) => take(given),
                None => bind(scheme, &config, layer, variable(scheme)),
            };
            match opened {
                Ok((addresses, listening)) => open.push(Open {
                    scheme,
                    config,
                    addresses,
                    listening,
                }),
                Err(unbound) => failed.extend(unbound),
            }
        }
        if failed.is_empty() {
            Ok(Listeners { open })
        } else {
            Err(Error::listen(failed))
        }
    }

    /// The addresses of all listeners.
    pub(super) fn addresses(&self) -> Addresses {
        let of = |scheme| {
            let open = self.open.iter().find(|open| open.scheme == scheme);
            open.map_or_else(Vec::new, |open| open.addresses.clone())
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
        let serve = |open: Open| {
            let Open {
                scheme,
                config,
                addresses,
                listening,
            } = open;
            let lost = (listening.serve)(service.clone(), config, scheme, handle, stop.clone());
            let logged = handle.config().startup_log;
            for address in addresses.into_iter().filter(|_| logged) {
                let unix = match address {
                    Address::Unix(_) => "+unix",
                    _ => "",
                };
                let (name, version) = (handle.name(), env!("CARGO_PKG_VERSION"));
                tracing::info!(
                    "running {name} with landfall {version} at {address} ({scheme}{unix})"
                );
            }
            lost
        };
        self.open.into_iter().map(serve).collect()
    }
}

/// The addresses of what could be opened, or all that could not.
type Opened = Result<(Vec<Address>, Listening), Vec<Unbound>>;

/// The listener that the application gives.
fn take(given: Listening) -> Opened {
    let Listening { address, serve } = given;
    match address {
        Ok(address) => Ok((
            vec![address.clone()],
            Listening {
                address: Ok(address),
                serve,
            },
        )),
        Err(source) => Err(vec![Unbound {
            address: "the given listener".to_owned(),
            source,
            help: None,
        }]),
    }
}

/// Opens all listeners of a scheme.
fn bind(
    scheme: Scheme,
    config: &HttpConfig,
    layer: Layer,
    variable: Option<&'static str>,
) -> Opened {
    let (mut all, mut addresses, mut failed) = (Vec::new(), Vec::new(), Vec::new());
    for ip in config.ip.iter() {
        let bound = bind_one(scheme, ip, config).and_then(|bound| {
            let addresses = bound.iter().map(Listener::local_addr);
            Ok((addresses.collect::<io::Result<Vec<_>>>()?, bound))
        });
        match bound {
            Ok((at, bound)) => {
                addresses.extend(at);
                all.extend(bound);
            }
            Err(source) => failed.push(Unbound {
                address: ip.with_port(config.port),
                help: help(scheme, ip, source.kind(), variable),
                source,
            }),
        }
    }
    if failed.is_empty() {
        Ok((addresses, Listening::new(Several::new(all), layer)))
    } else {
        Err(failed)
    }
}

/// Opens the listeners of one place. systemd may hand over several with one name.
fn bind_one(scheme: Scheme, ip: &Ip, config: &HttpConfig) -> io::Result<Vec<Bound>> {
    let one = match ip.place() {
        Some(Place::Address(address, port)) => {
            let address = SocketAddr::new(*address, port.unwrap_or(config.port));
            #[cfg(unix)]
            if let Some(bound) = handed::take_of_dev(address.port()) {
                return bound.map(|bound| vec![bound]);
            }
            Bound::tcp(address, config.ipv6_only)?
        }
        #[cfg(unix)]
        Some(Place::Unix(path)) => Bound::unix(path.as_ref())?,
        #[cfg(unix)]
        Some(Place::Systemd(name)) => {
            let bound = handed::take(name.as_deref())?;
            let is_unix = |bound: &Bound| !matches!(bound.local_addr(), Ok(Address::Tcp(_)));
            if scheme == Scheme::Https && bound.iter().any(is_unix) {
                let text = "`https` does not listen on a Unix socket";
                return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
            }
            return Ok(bound);
        }
        _ => return Err(io::ErrorKind::Unsupported.into()),
    };
    #[cfg(not(unix))]
    let _ = scheme;
    Ok(vec![one])
}

/// What helps against an error, if that is known.
fn help(scheme: Scheme, ip: &Ip, error: ErrorKind, variable: Option<&str>) -> Option<String> {
    let is_port = matches!(error, ErrorKind::AddrInUse | ErrorKind::PermissionDenied);
    match (ip.place()?, error) {
        (Place::Address(_, None), _) if is_port => Some(port_help(scheme, variable)),
        (Place::Address(_, Some(_)), _) if is_port => {
            Some(format!("choose another port, in `ip` of `{scheme}`"))
        }
        (Place::Systemd(_), ErrorKind::NotFound) => Some(
            "start the service by its socket unit, which names sockets by `FileDescriptorName=`"
                .to_owned(),
        ),
        (Place::Systemd(_), ErrorKind::AddrInUse) => Some(
            "give each socket unit a `FileDescriptorName=`, and write `ip = \"systemd:name\"`"
                .to_owned(),
        ),
        _ => None,
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
