//! How an endpoint is started.

use std::{
    any::TypeId, fmt, future::Future, io, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration,
};

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{
    Endpoint, EndpointHandle, EndpointService, Running, children,
    children::Supervisor,
    life::{Life, Signal},
};
use crate::{
    address::Address,
    config::{
        Config, ConfigError, ConfigErrors, Http, HttpConfig, Layers, Setting, Settings, check_list,
    },
    error::Error,
    handle::{Gauge, Handle, Shared},
    origin::CheckOrigin,
    presence::Presence,
    pubsub::PubSub,
    server::{Accept, Bound, Listener, Lost, Serve, serve},
    socket::Drainer,
    state::AppState,
    transport::{Dispatcher, Mount, MountError},
    watchdog::Watcher,
};

/// The variable that names the configuration file, where [`Builder::file`] does not.
const FILE_VARIABLE: &str = "LANDFALL_CONFIG";

/// How to start an endpoint: [`Endpoint::builder`].
pub struct Builder<E: Endpoint> {
    state: E::State,
    file: Option<PathBuf>,
    options: Settings,
    pubsub: Option<PubSub>,
    presence: Option<Presence>,
    listener: Option<Listening>,
    signal: Option<Signal>,
}

type ServeOnce = dyn FnOnce(EndpointService, HttpConfig, &Handle, CancellationToken) -> Lost + Send;

/// A listener that is open, and how to serve it.
struct Listening {
    address: io::Result<Address>,
    serve: Box<ServeOnce>,
}

impl Listening {
    fn new(listener: impl Accept) -> Self {
        Listening::with(listener, |service| service)
    }

    /// Serves what is made of the endpoint's service.
    fn with<S: Serve>(
        listener: impl Accept,
        outer: impl FnOnce(EndpointService) -> S + Send + 'static,
    ) -> Self {
        Listening {
            address: listener.local_addr(),
            serve: Box::new(|service, config, handle, stop| {
                let Shared {
                    connections, tasks, ..
                } = &*handle.0;
                let proxies = handle.config().trusted_proxies.clone();
                serve(
                    listener,
                    outer(service),
                    config,
                    proxies,
                    connections,
                    tasks,
                    stop,
                )
            }),
        }
    }
}

impl<E: Endpoint> Builder<E> {
    pub(super) fn new(state: E::State) -> Self {
        Builder {
            state,
            file: None,
            options: Settings::default(),
            pubsub: None,
            presence: None,
            listener: None,
            signal: None,
        }
    }

    /// The configuration file, in TOML. Default: what the environment variable `LANDFALL_CONFIG` names, if it is set.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// Settings that win over the declaration, the file and the environment.
    #[must_use]
    pub fn settings(mut self, set: impl FnOnce(&mut Settings)) -> Self {
        set(&mut self.options);
        self
    }

    /// Whether to listen. An endpoint that does not can still be served, as [`Running::service`].
    #[must_use]
    pub fn server(mut self, server: bool) -> Self {
        self.options.server = Setting::exact(server);
        self
    }

    /// Shares topics with whoever else holds them. They stay open when the endpoint stops.
    #[must_use]
    pub fn pubsub(mut self, pubsub: PubSub) -> Self {
        self.pubsub = Some(pubsub);
        self
    }

    /// Tracks who is in which topic here: see [`Handle::presence`](crate::Handle::presence). It should be of the topics that
    /// [`pubsub`](Builder::pubsub) was given, so that clients hear of changes.
    #[must_use]
    pub fn presence(mut self, presence: Presence) -> Self {
        self.presence = Some(presence);
        self
    }

    /// Listens here, whatever `http` says about address and port.
    #[must_use]
    pub fn listener(mut self, listener: impl Listener) -> Self {
        self.listener = Some(Listening::new(listener));
        self
    }

    /// Listens here, and serves what is made of the endpoint's service.
    #[cfg(feature = "testing")]
    pub(crate) fn listener_of<S: Serve>(
        mut self,
        listener: impl Accept,
        outer: impl FnOnce(EndpointService) -> S + Send + 'static,
    ) -> Self {
        self.listener = Some(Listening::with(listener, outer));
        self
    }

    /// Shuts down when the future ends.
    #[must_use]
    pub fn shutdown_on(mut self, signal: impl Future<Output = ()> + Send + 'static) -> Self {
        self.signal = Some(Box::pin(signal));
        self
    }

    /// Resolves and checks the configuration, starts the sockets' children, then listens.
    ///
    /// # Errors
    /// That it is polled outside a tokio runtime; everything that is wrong with the configuration, together, such as an
    /// option whose feature of the crate is off (`compress`); or that the listener could not be opened. Nothing is left
    /// running then.
    ///
    /// # Panics
    /// When the endpoint's `init` or pipeline does.
    pub async fn start(mut self) -> Result<Running<E>, Error> {
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| Error::no_runtime())?;
        let config = self.resolve()?;
        let specs = children::specs(E::DEF.mounts);
        let http = listener_config(&config);

        let owns_pubsub = self.pubsub.is_none();
        let pubsub = self
            .pubsub
            .take()
            .unwrap_or_else(|| PubSub::with_queue(config.pubsub.queue, config.pubsub.queue_bytes));
        let state = Arc::new(self.state);
        let fills = E::DEF.mounts.iter().map(|mount| mount.socket.fill);
        let app = AppState::new::<E, _>(state.clone(), fills);
        let handle = Handle::new(E::DEF.name, config, pubsub, app);
        let edge = EndpointHandle::<E>::new(handle.clone(), state);
        handle.0.presence.get_or_init(|| {
            self.presence
                .take()
                .unwrap_or_else(|| Presence::new(handle.pubsub()))
        });
        let mounts = Dispatcher::new(
            E::DEF.mounts,
            &handle.config(),
            &handle,
            &handle.0.connections,
        );
        let mounts = mounts.map_err(mount_errors::<E>)?;
        let pipeline = E::pipeline(&edge);
        let gauge: Arc<dyn Gauge> = Arc::new(mounts.clone());
        handle.count_sockets(Arc::downgrade(&gauge));
        let service = EndpointService::new(handle.clone(), mounts.clone(), pipeline);

        let children = Supervisor::start(specs, handle.clone()).await;
        let mut life = Life {
            children,
            sweeper: tokio::spawn(handle.0.tasks.track_future(mounts.clone().sweep())),
            listening: CancellationToken::new(),
            drain_timeout: drain_timeout(E::DEF.mounts),
            http_timeout: http.as_ref().map(|http| http.shutdown_timeout),
            lost_requests: Lost::default(),
            handle: handle.clone(),
            mounts,
            owns_pubsub,
            gauge,
            watcher: watch(&handle, runtime),
        };
        if let Some(http) = http {
            let variable = self
                .options
                .port_variable()
                .or_else(|| E::settings().port_variable());
            let opened = self
                .listener
                .take()
                .map_or_else(|| open(&http, variable), Ok);
            match opened.and_then(|listener| listen(listener, http, &service, &life)) {
                Ok(lost) => life.lost_requests = lost,
                Err(error) => {
                    life.end().await;
                    return Err(error);
                }
            }
            tracing::info!("access {} at {}", handle.name(), handle.url());
        }
        let signal = self
            .signal
            .unwrap_or_else(|| Box::pin(std::future::pending()));
        let (end, ended) = watch::channel(None);
        handle.0.tasks.spawn(life.run(signal, end));
        Ok(Running::new(edge, service, ended))
    }

    fn resolve(&mut self) -> Result<Config, ConfigErrors> {
        if let Some(listener) = &self.listener {
            let http = self.options.http.get_or_insert(Http::DEFAULT);
            if let Ok(Address::Tcp(_)) = listener.address {
                // Whoever opened it chose the port; URLs ask the listener for it.
                http.port = Setting::exact(0);
            }
        }
        let file = self
            .file
            .take()
            .or_else(|| std::env::var_os(FILE_VARIABLE).map(PathBuf::from));
        let layers = Layers {
            endpoint: E::DEF.name,
            declared: &E::settings(),
            file: file.as_deref(),
            options: &self.options,
            found: E::DEF.mounts.iter().flat_map(mount_findings::<E>).collect(),
        };
        layers.resolve(E::init)
    }
}

fn listener_config(config: &Config) -> Option<HttpConfig> {
    let http = config.http.clone()?;
    if !config.listens() {
        tracing::info!("`server` is off: `http` is configured, but nothing listens");
        return None;
    }
    Some(http)
}

fn mount_findings<E: Endpoint>(mount: &'static Mount) -> impl Iterator<Item = ConfigError> {
    let foreign = ((mount.socket.app)() != TypeId::of::<E::State>()).then(|| {
        let text = format!(
            "`{}` is mounted for another state than that of `{}`",
            mount.socket.name,
            E::DEF.name
        );
        ConfigError::new(text).of_mount("socket", mount.path, mount.location)
    });
    let websocket = mount.websocket.and_then(|websocket| websocket.check_origin);
    let longpoll = mount.longpoll.and_then(|longpoll| longpoll.check_origin);
    let checks = [
        ("check_origin", websocket),
        ("check_origin of longpoll", longpoll),
    ];
    let origins = checks.into_iter().flat_map(move |(key, check)| {
        let errors = match check {
            Some(CheckOrigin::List(list)) => check_list(list),
            _ => Vec::new(),
        };
        errors
            .into_iter()
            .map(move |error| error.of_mount(key, mount.path, mount.location))
    });
    foreign.into_iter().chain(origins)
}

fn mount_errors<E: Endpoint>(errors: Vec<MountError>) -> ConfigErrors {
    let error = |MountError {
                     mount,
                     key,
                     message,
                 }: MountError| {
        ConfigError::new(message).of_mount(key, mount.path, mount.location)
    };
    ConfigErrors::new(E::DEF.name, errors.into_iter().map(error).collect())
}

/// An endpoint can do without: then a callback that blocks its thread is not noticed.
fn watch(handle: &Handle, runtime: tokio::runtime::Handle) -> Option<Watcher> {
    let started = Watcher::start(&handle.0.watchdog, handle.name(), runtime);
    started
        .inspect_err(|error| tracing::warn!(%error, "callbacks are not watched: no thread for it"))
        .ok()
}

fn drain_timeout(mounts: &[Mount]) -> Duration {
    let each = mounts
        .iter()
        .map(|mount| mount.drainer.unwrap_or(Drainer::DEFAULT).shutdown);
    each.max().unwrap_or_default()
}

/// `variable` is the one of the environment that the port is read from.
fn open(http: &HttpConfig, variable: Option<&str>) -> Result<Listening, Error> {
    let opened = match (http.ip.address(), http.ip.unix_path()) {
        (Some(ip), _) => Bound::tcp(SocketAddr::new(ip, http.listen_port())),
        #[cfg(unix)]
        (None, Some(path)) => Bound::unix(path),
        _ => Err(io::ErrorKind::Unsupported.into()),
    };
    opened
        .map(Listening::new)
        .map_err(|error| match http.ip.address() {
            Some(ip) => {
                let address = SocketAddr::new(ip, http.listen_port()).to_string();
                Error::listen(address, error).help(port_help(variable))
            }
            None => Error::listen(http.ip.to_string(), error),
        })
}

fn port_help(variable: Option<&str>) -> String {
    match variable {
        Some(variable) => {
            format!(
                "choose another port: set the environment variable `{variable}`, or `port` of `http`"
            )
        }
        None => {
            "choose another port: `port` of `http`, in the declaration or in the configuration file"
                .to_owned()
        }
    }
}

fn listen(
    listener: Listening,
    http: HttpConfig,
    service: &EndpointService,
    life: &Life,
) -> Result<Lost, Error> {
    let address = listener
        .address
        .map_err(|error| Error::listen("the given listener".to_owned(), error))?;
    let handle = &life.handle;
    handle.listens_at(address.clone());
    let lost = (listener.serve)(service.clone(), http, handle, life.listening.clone());
    let protocol = if matches!(address, Address::Unix(_)) {
        "http+unix"
    } else {
        "http"
    };
    tracing::info!("running {} at {address} ({protocol})", handle.name());
    Ok(lost)
}

impl Gauge for Dispatcher {
    fn count(&self) -> usize {
        self.connections()
    }
}

impl<E: Endpoint> fmt::Debug for Builder<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("endpoint", &E::DEF.name)
            .field("file", &self.file)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
