//! The handle of a running endpoint, for everything that runs in it.
//!
//! | file | what |
//! | --- | --- |
//! | `current` | its configuration, and what follows from it |
//! | `urls`, `topics`, `stats` | its URLs and static files, its topics and nodes, its figures |
//! | `addresses` | where it listens |
//! | `reloading`, `reload` | how the configuration is read again |
//! | `changes` | waiting for the next configuration |
//! | `filtered` | payloads as log lines show them |
//! | `debug` | who is here |
//! | `given` | sockets that tests leave for connections to come |
//! | `events`, `instrumented` | events of the application, which are futures or calls |
//! | `has_endpoint` | where an endpoint is found |

mod addresses;
mod changes;
mod current;
mod debug;
mod events;
mod filtered;
#[cfg(feature = "testing")]
mod given;
mod has_endpoint;
mod instrumented;
mod reload;
mod reloading;
mod stats;
mod topics;
mod urls;

use std::{
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, AtomicUsize},
    },
};

use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

#[cfg(feature = "testing")]
pub(crate) use self::given::{GivenSockets, PARAM as GIVEN};
pub(crate) use self::has_endpoint::has_handle;
pub(crate) use self::{
    addresses::Addresses,
    current::Origins,
    reloading::{Next, Reload},
};
pub use self::{
    addresses::NotListening,
    changes::{Changes, ExtraChanges},
    has_endpoint::HasEndpoint,
    instrumented::{Instrumented, instrument, instrument_at, instrument_sync},
    stats::Stats,
};
use self::{current::Current, reloading::Reloading};

#[cfg(feature = "tokens")]
use crate::crypto::token;
use crate::{
    address::Address,
    config::{Config, Resolved, Scheme},
    crypto::Keys,
    debug::Directory,
    hidden::{HiddenInDebug, Hides},
    instrumenter::Instrumenters,
    presence::Presence,
    pubsub::PubSub,
    random::unguessable,
    state::AppState,
    telemetry::figures::Figures,
    watchdog::Watchdog,
};

/// A running endpoint: its configuration, its URLs, its topics, and the application's state.
/// Cloning it is cheap.
#[derive(Clone)]
pub struct Handle(pub(crate) Arc<HiddenInDebug<Shared>>);

pub(crate) struct Shared {
    pub(crate) name: &'static str,
    endpoint_id: String,
    app: AppState,
    current: Box<dyn Hides<watch::Sender<Arc<Current>>>>,
    pub(crate) pubsub: PubSub,
    pub(crate) presence: OnceLock<Presence>,
    /// Not set if there are none.
    pub(crate) instrumenters: OnceLock<Instrumenters>,
    addresses: OnceLock<Addresses>,
    /// Set once the sockets are mounted.
    directory: OnceLock<Box<dyn Directory>>,
    reloading: Box<dyn Hides<Reloading>>,
    /// The tasks of connections, of all protocols.
    pub(crate) connections: TaskTracker,
    /// All other tasks.
    pub(crate) tasks: TaskTracker,
    /// Cancelled once the endpoint has started and takes requests.
    pub(crate) started: CancellationToken,
    /// Cancelled once the endpoint is told to stop.
    pub(crate) stop: CancellationToken,
    /// Cancelled once the endpoint accepts no more connections, and its sockets drain.
    pub(crate) draining: CancellationToken,
    /// Open sockets.
    sockets: AtomicUsize,
    dropped: AtomicU64,
    unsendable: AtomicU64,
    pub(crate) watchdog: Watchdog,
    pub(crate) figures: Figures,
    /// What the endpoint's dashboard knows, if it has one.
    #[cfg(feature = "dashboard")]
    pub(crate) dashboard: OnceLock<Arc<dyn std::any::Any + Send + Sync>>,
    #[cfg(feature = "testing")]
    pub(crate) given: GivenSockets,
    /// Whether pages are told when files change.
    #[cfg(feature = "live-reload")]
    pub(crate) files_are_watched: std::sync::atomic::AtomicBool,
}

impl Handle {
    pub(crate) fn new(
        name: &'static str,
        config: impl Into<Resolved>,
        pubsub: PubSub,
        app: AppState,
    ) -> Self {
        let current = Current::first(config.into(), app.files());
        Handle(Arc::new(Shared {
            name,
            endpoint_id: unguessable(),
            app,
            current: Box::new(watch::Sender::new(Arc::new(current))),
            pubsub,
            presence: OnceLock::new(),
            instrumenters: OnceLock::new(),
            addresses: OnceLock::new(),
            directory: OnceLock::new(),
            reloading: Box::new(Reloading::default()),
            connections: TaskTracker::new(),
            tasks: TaskTracker::new(),
            started: CancellationToken::new(),
            stop: CancellationToken::new(),
            draining: CancellationToken::new(),
            sockets: AtomicUsize::new(0),
            dropped: AtomicU64::new(0),
            unsendable: AtomicU64::new(0),
            watchdog: Watchdog::new(),
            figures: Figures::default(),
            #[cfg(feature = "dashboard")]
            dashboard: OnceLock::new(),
            #[cfg(feature = "testing")]
            given: GivenSockets::default(),
            #[cfg(feature = "live-reload")]
            files_are_watched: Default::default(),
        }))
    }

    /// The name of the endpoint's type.
    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// The application's state that the endpoint was started with: `handle.state::<App>()`. `None`
    /// if the endpoint's state is of another type. If the endpoint's type is known,
    /// [`EndpointHandle::state`](crate::EndpointHandle::state) needs no type argument.
    pub fn state<App: 'static>(&self) -> Option<&App> {
        self.0.app.get()
    }

    pub(crate) fn app(&self) -> &AppState {
        &self.0.app
    }

    /// The configuration that the endpoint runs with.
    pub fn config(&self) -> Arc<Config> {
        self.0.current.borrow().resolved.config.clone()
    }

    /// Where the endpoint listens, with the real port where 0 is configured. If it has several
    /// listeners of this scheme, this is the first one: see [`addresses`](Handle::addresses).
    ///
    /// # Errors
    /// When the endpoint does not listen, has no listener of this scheme, or has stopped listening.
    pub fn server_info(&self, scheme: Scheme) -> Result<Address, NotListening> {
        let first = self.addresses(scheme).first().cloned();
        first.ok_or(NotListening(()))
    }

    /// The addresses of all listeners of a scheme, in the order of `ip`, with the real ports. Empty
    /// when the endpoint does not listen, or has stopped listening.
    pub fn addresses(&self, scheme: Scheme) -> &[Address] {
        let addresses = self.0.addresses.get();
        match addresses.filter(|_| !self.0.stop.is_cancelled()) {
            Some(addresses) if scheme == Scheme::Http => &addresses.http,
            Some(addresses) => &addresses.https,
            None => &[],
        }
    }

    /// Whether the endpoint takes requests: from the end of its start until it is told to stop. An
    /// endpoint that does not listen takes them by its [service](crate::Running::service).
    /// [`Health`](crate::endpoint::Health) reports this to a load balancer.
    pub fn is_ready(&self) -> bool {
        self.0.started.is_cancelled() && !self.0.stop.is_cancelled()
    }

    /// Waits until the endpoint takes requests. Its sockets' children and its plugs exist before
    /// that. Returns `false` if the endpoint is told to stop first.
    pub async fn ready(&self) -> bool {
        tokio::select! {
            biased;
            () = self.0.stop.cancelled() => false,
            () = self.0.started.cancelled() => true,
        }
    }

    /// Waits until the endpoint is told to stop. A response without an end, such as a stream of
    /// events, should end then. Otherwise it is cut off after the time of `drainer(shutdown = ..)`.
    pub async fn stopping(&self) {
        self.0.stop.cancelled().await;
    }

    /// The identifier of this run of the endpoint: 22 random characters. Each start has a new one.
    pub fn endpoint_id(&self) -> &str {
        &self.0.endpoint_id
    }

    /// Signed and encrypted tokens with keys of the endpoint's `secret_key_base`, for the purpose
    /// that the salt names.
    ///
    /// # Errors
    /// When the endpoint has no `secret_key_base`.
    #[cfg(feature = "tokens")]
    pub fn tokens(&self, salt: &str) -> Result<token::Tokens, token::NoSecret> {
        self.keys()
            .map(|keys| token::Tokens::of(keys, salt))
            .ok_or(token::NoSecret::MISSING)
    }

    /// The keys that are derived from `secret_key_base`, if there is one.
    pub(crate) fn keys(&self) -> Option<Keys> {
        self.current().keys.clone()
    }

    /// Sets the addresses, for `server_info` and the URLs.
    pub(crate) fn listens_at(&self, addresses: Addresses) {
        let ports = addresses.ports();
        let _ = self.0.addresses.set(addresses);
        // `changes` are about keys: an address is not a change.
        self.0.current.send_if_modified(|current| {
            *current = Arc::new(current.listening_on(ports));
            false
        });
    }

    fn current(&self) -> Arc<Current> {
        self.0.current.borrow().clone()
    }

    /// The web pages that the configuration allows to open sockets.
    pub(crate) fn origins(&self) -> Arc<Origins> {
        self.0.current.borrow().origins.clone()
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Handle").field(&self.0.name).finish()
    }
}
