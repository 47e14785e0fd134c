//! Starts an endpoint.

use std::{
    fmt,
    future::Future,
    marker::PhantomData,
    path::PathBuf,
    pin::Pin,
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::watch;

use super::{
    Endpoint, EndpointDef, EndpointHandle, EndpointService, Running, children,
    children::Supervisor,
    drainers,
    gate::Gate,
    life::{Life, ShutdownFuture},
    listening::{Layers, Listeners, Listening},
    log,
    reload::{Layered, Reader, mount_errors},
    signal::{Hangups, start_reloading},
    topics,
};
use crate::{
    address::Address,
    config::{Config, ConfigError, ConfigErrors, Http, Resolved, Setting, Settings},
    contain, dashboard,
    error::Error,
    error_page::{DebugErrors, ErrorPages, Pages},
    handle::Handle,
    live_reload::LiveReload,
    presence::{self, Presence},
    pubsub::{PubSub, adapter::Adapter},
    server::{Layer, Listener, Stop},
    socket::Drainer,
    state::AppState,
    transport::{Dispatcher, Mount},
    watchdog::Watcher,
    watchers::Watchers,
};

/// The environment variable that names the configuration file, if [`Builder::file`] does not.
const FILE_VARIABLE: &str = "LANDFALL_CONFIG";

/// How to start an endpoint: [`Endpoint::builder`].
pub struct Builder<E: Endpoint> {
    state: E::State,
    file: Option<PathBuf>,
    options: Settings,
    pubsub: Option<PubSub>,
    adapter: Option<Arc<dyn Adapter>>,
    presence: Option<Presence>,
    presence_options: presence::Options,
    listener: Option<Listening>,
    https: bool,
    signal: Option<ShutdownFuture>,
}

impl<E: Endpoint> Builder<E> {
    pub(super) fn new(state: E::State) -> Self {
        Builder {
            state,
            file: None,
            options: Settings::default(),
            pubsub: None,
            adapter: None,
            presence: None,
            presence_options: presence::Options::default(),
            listener: None,
            https: true,
            signal: None,
        }
    }

    /// The configuration file, in TOML. Default: the file that the environment variable
    /// `LANDFALL_CONFIG` names, if it is set.
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

    /// Whether to listen. An endpoint that does not listen can be served as [`Running::service`].
    #[must_use]
    pub fn server(mut self, server: bool) -> Self {
        self.options.server = Setting::exact(server);
        self
    }

    /// Shares topics with other owners of this [`PubSub`]. They stay open when the endpoint stops.
    #[must_use]
    pub fn pubsub(mut self, pubsub: PubSub) -> Self {
        self.pubsub = Some(pubsub);
        self
    }

    /// Reaches other nodes by this adapter, instead of the broker that the declaration names.
    ///
    /// ```
    /// # use landfall::{Endpoint, endpoint, pubsub::adapter::InProcess};
    /// endpoint! {
    ///     struct Chat;
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let broker = InProcess::new();
    /// let here = Chat::builder().adapter(broker.clone()).start().await?;
    /// let there = Chat::builder().adapter(broker).start().await?;
    ///
    /// let mut harbour = there.subscribe("harbour");
    /// harbour.confirmed().await?;
    /// here.broadcast("harbour", "arrived", "Cutty Sark")?;
    /// assert_eq!(harbour.recv().await?.event(), "arrived");
    /// # here.shutdown().await?; there.shutdown().await?; Ok(()) }
    /// ```
    #[must_use]
    pub fn adapter(mut self, adapter: impl Adapter) -> Self {
        self.adapter = Some(Arc::new(adapter));
        self
    }

    /// Tracks who is in which topic with this [`Presence`]: see
    /// [`Handle::presence`](crate::Handle::presence). It should use the same [`PubSub`] as the
    /// endpoint (see [`pubsub`](Builder::pubsub)), so that clients hear of changes.
    #[cfg(feature = "channels")]
    #[must_use]
    pub fn presence(mut self, presence: Presence) -> Self {
        self.presence = Some(presence);
        self
    }

    /// Makes the endpoint's presence with these options: with callbacks, or another name than the
    /// endpoint's.
    ///
    /// ```
    /// # use landfall::{Endpoint, endpoint, presence::{Options, Presences}};
    /// endpoint! {
    ///     struct Chat;
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let names = |_: &str, presences: &mut Presences| {
    ///     for (key, present) in presences.iter_mut() {
    ///         present.insert("name", key.to_uppercase());
    ///     }
    /// };
    /// let chat = Chat::builder().presence_with(Options::new().fetch(names)).start().await?;
    /// let _ann = chat.presence().track("room:1", "ann", serde_json::json!({}))?;
    /// assert!(chat.presence().list("room:1").await.get("ann").is_some());
    /// # chat.shutdown().await?; Ok(()) }
    /// ```
    #[cfg(feature = "channels")]
    #[must_use]
    pub fn presence_with(mut self, options: presence::Options) -> Self {
        self.presence_options = options;
        self
    }

    /// Listens here, instead of at the address and port of `http`. `https` does not change.
    #[must_use]
    pub fn listener(mut self, listener: impl Listener) -> Self {
        self.listener = Some(Listening::new(listener, Layer::Plain));
        self
    }

    /// Leaves out the listener of `https`, and does not read its files.
    #[cfg(feature = "testing")]
    pub(crate) fn without_https(mut self) -> Self {
        self.https = false;
        self
    }

    /// Listens here, and serves the service that `outer` makes from the endpoint's service. It
    /// `opens` WebSockets where that says so.
    #[cfg(feature = "testing")]
    pub(crate) fn listener_of<S: crate::server::Serve>(
        mut self,
        listener: impl Listener,
        outer: impl FnOnce(EndpointService) -> S + Send + 'static,
        opens: crate::server::Opens<S>,
    ) -> Self {
        self.listener = Some(Listening::with(listener, Layer::Plain, outer, opens));
        self
    }

    /// Shuts down when the future completes.
    #[must_use]
    pub fn shutdown_on(mut self, signal: impl Future<Output = ()> + Send + 'static) -> Self {
        self.signal = Some(Box::pin(signal));
        self
    }

    /// Resolves and checks the configuration, as the start will, and starts nothing. Whether the
    /// endpoint would listen is [`Config::listens`].
    ///
    /// # Errors
    /// Everything that is wrong with the configuration, together. Only the start checks what a
    /// mount needs from the configuration, and whether listeners can be opened.
    ///
    /// # Panics
    /// When the endpoint's `init` does, or a function for a value of its declaration.
    pub fn resolve(mut self) -> Result<Arc<Config>, ConfigErrors> {
        let (_, found) = drainers::read(E::DEF.mounts);
        Ok(self.read(&Layers::new(self.https), found)?.config)
    }

    /// Resolves and checks the configuration, starts the sockets' children, then listens.
    ///
    /// # Errors
    /// When it is polled outside a tokio runtime; when the configuration is wrong, with all errors
    /// together, such as an option whose feature of the crate is off (`compress`); or when the
    /// listener cannot be opened. Nothing is left running then.
    ///
    /// # Panics
    /// When the endpoint's `init` or pipeline does, or a function for a value of its declaration.
    pub async fn start(self) -> Result<Running<E>, Error> {
        // Boxed as a trait object: what it holds is not described with each function of `main`.
        let start: Pin<Box<dyn Future<Output = _> + Send>> = Box::pin(self.start_all());
        start.await
    }

    async fn start_all(mut self) -> Result<Running<E>, Error> {
        let began = Instant::now();
        let runtime = tokio::runtime::Handle::try_current().map_err(|_| Error::no_runtime())?;
        let layers = Layers::new(self.https);
        let (drainers, found) = drainers::read(E::DEF.mounts);
        let resolved = self.read(&layers, found)?;
        let (config, layer) = (resolved.config.clone(), layers.into_inner());
        let hangups = config.reload_on_sighup.then(Hangups::listen).transpose();
        let hangups = hangups.map_err(Error::signal)?;
        #[cfg(feature = "metrics")]
        crate::telemetry::describe();
        let specs = children::specs(E::DEF.mounts, &drainers);
        let listens = listens(&config);

        let owns_pubsub = self.pubsub.is_none();
        let pubsub = match self.pubsub.take() {
            Some(shared) => shared,
            None => {
                let (given, declared) = (self.adapter.take(), E::adapter(&self.state));
                topics::start(E::DEF.name, &config.pubsub, given, declared).await?
            }
        };
        let instrumenters = E::instrumenters(&self.state);
        let state = Arc::new(self.state);
        let fills = E::DEF.mounts.iter().map(|mount| mount.socket.fill);
        let app = AppState::new::<E, _>(state.clone(), fills).with_files(E::STATIC_FILES);
        let handle = Handle::new(E::DEF.name, resolved, pubsub, app);
        if instrumenters.any() {
            let _ = handle.0.instrumenters.set(instrumenters);
        }
        let edge = EndpointHandle::<E>::new(handle.clone(), state);
        handle.0.presence.get_or_init(|| {
            self.presence.take().unwrap_or_else(|| {
                let options = std::mem::take(&mut self.presence_options);
                Presence::with(handle.pubsub(), options.or_name(E::DEF.name))
            })
        });
        let mounts = mounts(E::DEF, &drainers, &config, &handle)?;
        let reader = Reader::<E> {
            file: self.file.take(),
            layer: layer.clone(),
            https: self.https,
            mounts: mounts.downgrade(),
            endpoint: PhantomData,
        };
        handle.directory(mounts.downgrade());
        handle.reloads_by(Arc::new(reader), runtime.clone(), self.options.clone());
        let pipeline = E::pipeline(&edge);
        let gate = Gate::new(E::DEF.rewrite_on, E::DEF.force_ssl);
        let pages = Pages::new(error_pages(E::DEF), handle.clone());
        let live_reload = LiveReload::start(&config, &handle).await;
        let dashboard = dashboard::Served::start(E::DEF.dashboard, &handle);
        let service = EndpointService::new(
            handle.clone(),
            mounts.clone(),
            pipeline,
            gate,
            pages,
            (dashboard, live_reload),
        );

        let drainer = config.drainer.as_ref();
        let (delay, shutdown) = drainer
            .map(|drainer| (drainer.delay, Some(drainer.shutdown)))
            .unwrap_or_default();
        let children = Supervisor::start(specs, handle.clone()).await;
        let mut life = Life {
            children,
            sweeper: Life::sweep(&mounts, &handle),
            stop: Stop::new(handle.0.draining.clone(), shutdown.unwrap_or_default()),
            delay: delay.unwrap_or_default(),
            drain_timeout: drain_timeout(&drainers),
            lost_requests: Vec::new(),
            handle: handle.clone(),
            mounts,
            owns_pubsub,
            watchdog: watch(&handle, runtime),
            watchers: None,
        };
        if listens {
            let variable = |scheme| {
                self.options
                    .port_variable(scheme)
                    .or_else(|| E::settings().port_variable(scheme))
            };
            match Listeners::open(&config, self.listener.take(), layer, &variable) {
                Ok(listeners) => {
                    handle.listens_at(listeners.addresses());
                    life.lost_requests = listeners.serve(&service, &handle, &life.stop);
                }
                Err(error) => {
                    life.end().await;
                    return Err(error);
                }
            }
            if config.log_access_url {
                tracing::info!("access {} at {}", handle.name(), handle.url());
            }
        }
        if listens || config.force_watchers {
            let functions = E::watchers(&edge);
            let watchers = Watchers::start(&config.watchers, functions, &handle.0.tasks);
            life.watchers = Some(watchers);
        }
        let signal = self
            .signal
            .unwrap_or_else(|| Box::pin(std::future::pending()));
        let (end, ended) = watch::channel(None);
        handle.0.started.cancel();
        life.start(signal, end);
        if let Some(hangups) = hangups {
            start_reloading(&handle, hangups);
        }
        log::started(&handle, began.elapsed());
        Ok(Running::new(edge, service, ended))
    }

    /// `found` are errors in the declaration.
    fn read(&mut self, layers: &Layers, found: Vec<ConfigError>) -> Result<Resolved, ConfigErrors> {
        if let Some(listener) = &self.listener {
            let http = self.options.http.get_or_insert(Http::DEFAULT);
            if let Ok(Address::Tcp(_)) = listener.address {
                // The port was chosen when the listener was opened. URLs ask the listener for it.
                http.port = Setting::exact(0);
            }
        }
        let variable = || std::env::var_os(FILE_VARIABLE).map(PathBuf::from);
        self.file = self.file.take().or_else(variable);
        let layered = Layered {
            file: self.file.as_deref(),
            options: &self.options,
            before: None,
            found,
        };
        layered.read::<E>(&|config| layers.examine(config))
    }
}

fn error_pages(def: &EndpointDef) -> ErrorPages {
    match def.debug_errors {
        DebugErrors::Off => {}
        DebugErrors::Local => contain::record_origins(),
        DebugErrors::Everyone => {
            contain::record_origins();
            tracing::warn!(
                "`debug_errors` of {} shows source code and requests to everyone",
                def.name
            );
        }
    }
    ErrorPages {
        render: def.render_errors,
        debug: def.debug_errors,
        mounts: def.mounts,
        plugs: def.plugs,
    }
}

/// What sends requests to the mounts. Each function that names no type of the application is compiled once, with this crate.
fn mounts(
    def: &EndpointDef,
    drainers: &[Option<Drainer>],
    config: &Config,
    handle: &Handle,
) -> Result<Dispatcher, ConfigErrors> {
    let declared = def.mounts.iter().zip(drainers.iter().copied());
    let all = declared.chain(own_mounts(def, config));
    Dispatcher::new(all, config, handle).map_err(|errors| mount_errors(def.name, errors))
}

/// The mounts that an endpoint has besides those of its declaration.
fn own_mounts(
    def: &EndpointDef,
    config: &Config,
) -> impl DoubleEndedIterator<Item = (&'static Mount, Option<Drainer>)> {
    let own = Vec::<Option<&'static Mount>>::from([
        #[cfg(feature = "live-reload")]
        LiveReload::is_on(config).then_some(crate::live_reload::MOUNT),
        #[cfg(feature = "dashboard")]
        dashboard::Served::is_on(def.dashboard).then_some(dashboard::MOUNT),
    ]);
    let _ = (def, config);
    own.into_iter()
        .flatten()
        .map(|mount| (mount, Some(Drainer::DEFAULT)))
}

fn listens(config: &Config) -> bool {
    let configured = config.http.is_some() || config.https.is_some();
    if configured && !config.listens() {
        tracing::info!("`server` is off: `http` or `https` is configured, but nothing listens");
    }
    configured && config.listens()
}

/// Starts the watchdog. Without it the endpoint works, but blocking callbacks are not noticed.
fn watch(handle: &Handle, runtime: tokio::runtime::Handle) -> Option<Watcher> {
    let started = Watcher::start(&handle.0.watchdog, handle.name(), runtime);
    started
        .inspect_err(|error| tracing::warn!(%error, "callbacks are not watched: no thread for it"))
        .ok()
}

fn drain_timeout(drainers: &[Option<Drainer>]) -> Duration {
    let each = drainers
        .iter()
        .map(|drainer| drainer.unwrap_or(Drainer::DEFAULT).shutdown);
    each.max().unwrap_or_default()
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
