//! The handle of a running endpoint, for everything that runs in it.
//!
//! | file | what |
//! | --- | --- |
//! | `current` | its configuration, and what follows from it |
//! | `reloading`, `reload` | how the configuration is read again |
//! | `changes` | waiting for the next configuration |
//! | `filtered` | payloads as log lines show them |
//! | `debug` | who is here |
//! | `given` | sockets that tests leave for connections to come |
//! | `events`, `instrumented` | events of the application, which are futures or calls |
//! | `has_endpoint` | where an endpoint is found |

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

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

#[cfg(feature = "testing")]
pub(crate) use self::given::{GivenSockets, PARAM as GIVEN};
pub(crate) use self::has_endpoint::has_handle;
pub use self::{
    changes::{Changes, ExtraChanges},
    has_endpoint::HasEndpoint,
    instrumented::{Instrumented, instrument, instrument_at, instrument_sync},
};
use self::{current::Current, reloading::Reloading};
pub(crate) use self::{
    current::Origins,
    reloading::{Next, Reload},
};

#[cfg(feature = "tokens")]
use crate::crypto::token;
use crate::{
    address::Address,
    assets::{Manifest, StaticPathError},
    config::{Config, Resolved, Scheme},
    crypto::Keys,
    debug::Directory,
    instrumenter::Instrumenters,
    presence::Presence,
    pubsub::{
        BroadcastError, IntoPayload, NodeEvents, NodeInfo, NodeStats, PubSub, SubscriberId,
        Subscription,
    },
    random::unguessable,
    state::AppState,
    telemetry::figures::Figures,
    url::{Ports, StructUrl},
    watchdog::Watchdog,
};

/// A running endpoint: its configuration, its URLs, its topics, and the application's state.
/// Cloning it is cheap.
#[derive(Clone)]
pub struct Handle(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) name: &'static str,
    endpoint_id: String,
    app: AppState,
    current: watch::Sender<Arc<Current>>,
    pub(crate) pubsub: PubSub,
    pub(crate) presence: OnceLock<Presence>,
    /// Not set if there are none.
    pub(crate) instrumenters: OnceLock<Instrumenters>,
    addresses: OnceLock<Addresses>,
    /// Set once the sockets are mounted.
    directory: OnceLock<Box<dyn Directory>>,
    reloading: Reloading,
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

/// Where the endpoint listens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Addresses {
    pub(crate) http: Vec<Address>,
    pub(crate) https: Vec<Address>,
}

impl Addresses {
    /// The port of the first listener that has one.
    fn ports(&self) -> Ports {
        let port = |addresses: &[Address]| {
            addresses.iter().find_map(|address| match address {
                Address::Tcp(tcp) => Some(tcp.port()),
                _ => None,
            })
        };
        Ports {
            http: port(&self.http),
            https: port(&self.https),
        }
    }
}

/// The endpoint does not listen, or has no listener of this scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotListening(());

impl fmt::Display for NotListening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the endpoint does not listen")
    }
}

impl std::error::Error for NotListening {}

/// Figures of a running endpoint: see [`Handle::stats`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stats {
    /// Open sockets.
    pub connections: usize,
    /// Live tasks, including those that deliver broadcasts.
    pub tasks: usize,
    /// Broadcasts that were dropped since the start because a client did not read.
    pub dropped_broadcasts: u64,
    /// Broadcasts since the start that clients of channels could not be sent, such as a list or
    /// plain text. A broadcast counts once for each serializer that cannot encode it; the log names
    /// the serializer.
    pub unsendable_broadcasts: u64,
    /// Callbacks since the start that blocked for 50 ms: see [what may
    /// block](macro@crate::socket#blocking).
    pub blocked_callbacks: u64,
    /// What went wrong between this node and the others of its cluster.
    pub nodes: NodeStats,
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
            current: watch::Sender::new(Arc::new(current)),
            pubsub,
            presence: OnceLock::new(),
            instrumenters: OnceLock::new(),
            addresses: OnceLock::new(),
            directory: OnceLock::new(),
            reloading: Reloading::default(),
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

    /// The base URL, such as `"https://example.com"`: the scheme, the host, and the port if it is
    /// not the scheme's default.
    pub fn url(&self) -> String {
        self.current().urls.url.to_string()
    }

    /// Whether [`url`](Handle::url) begins with `https:`.
    pub(crate) fn is_secure(&self) -> bool {
        self.current().urls.url.scheme == Scheme::Https
    }

    /// Like [`url`](Handle::url), but for static files.
    pub fn static_url(&self) -> String {
        self.current().urls.static_url.to_string()
    }

    /// The parts of [`url`](Handle::url).
    pub fn struct_url(&self) -> StructUrl {
        self.current().urls.url.clone()
    }

    /// The host of [`url`](Handle::url).
    pub fn host(&self) -> String {
        self.current().urls.url.host.clone()
    }

    /// A path of the application for browsers: the `path` of the configured `url` is put in front
    /// of it.
    pub fn path(&self, path: &str) -> String {
        self.current().urls.path(path)
    }

    /// The segments of the `path` of the configured `url`.
    pub fn script_name(&self) -> Vec<String> {
        self.current().urls.script_name()
    }

    /// The path of a static file for pages: its digested name if the manifest has it, and otherwise
    /// the path itself. The `path` of the configured `static_url`, or of `url` if there is none, is
    /// put in front of it. A fragment after `#` stays as it is.
    ///
    /// # Errors
    /// When the path does not begin with a single `/`, or has a `\`.
    pub fn static_path(&self, path: &str) -> Result<String, StaticPathError> {
        self.current().statics.path(path)
    }

    /// The value of the attribute `integrity` for a static file, such as `"sha512-…"`; `None` if
    /// the manifest does not have it.
    ///
    /// # Errors
    /// As [`static_path`](Handle::static_path).
    pub fn static_integrity(&self, path: &str) -> Result<Option<String>, StaticPathError> {
        Ok(self.current().statics.lookup(path)?.1.map(str::to_owned))
    }

    /// The path of a static file without the prefix that [`static_path`](Handle::static_path) adds,
    /// and its integrity.
    ///
    /// # Errors
    /// As [`static_path`](Handle::static_path).
    pub fn static_lookup(&self, path: &str) -> Result<(String, Option<String>), StaticPathError> {
        let current = self.current();
        let (path, integrity) = current.statics.lookup(path)?;
        Ok((path.to_owned(), integrity.map(str::to_owned)))
    }

    /// The manifest of static files; an empty one if there is none. Its `latest` has the served
    /// version of each file. Pages that were loaded with another version are of an earlier release.
    pub fn static_manifest(&self) -> Arc<Manifest> {
        self.current().statics.manifest.clone()
    }

    /// The served version of each static file, by its plain name: that of
    /// `cache_static_manifest_latest`, or else that of the manifest.
    pub fn static_latest(&self) -> Arc<BTreeMap<String, String>> {
        self.current().statics.latest.clone()
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

    /// The current figures.
    pub fn stats(&self) -> Stats {
        Stats {
            connections: self.0.sockets.load(Ordering::Relaxed),
            tasks: self.0.connections.len() + self.0.tasks.len() + self.0.pubsub.tasks(),
            dropped_broadcasts: self.0.dropped.load(Ordering::Relaxed),
            unsendable_broadcasts: self.0.unsendable.load(Ordering::Relaxed),
            blocked_callbacks: self.0.watchdog.blocked(),
            nodes: self.0.pubsub.node_stats(),
        }
    }

    /// The topics of this endpoint.
    pub fn pubsub(&self) -> &PubSub {
        &self.0.pubsub
    }

    /// Who is in the topics of this endpoint, as its channels track them.
    /// [`Builder::presence_with`](crate::Builder::presence_with) adds callbacks;
    /// [`Builder::presence`](crate::Builder::presence) takes one that is shared with another
    /// endpoint.
    #[cfg(feature = "channels")]
    pub fn presence(&self) -> &Presence {
        self.0
            .presence
            .get_or_init(|| Presence::new(&self.0.pubsub))
    }

    /// A topic as a stream of broadcasts: see [`PubSub::subscribe`].
    pub fn subscribe(&self, topic: &str) -> Subscription {
        self.0.pubsub.subscribe(topic)
    }

    /// Ends a subscription. Dropping it does the same.
    pub fn unsubscribe(&self, subscription: Subscription) {
        drop(subscription);
    }

    /// Broadcasts to all subscribers of a topic.
    ///
    /// # Errors
    /// As [`PubSub::broadcast`].
    pub fn broadcast(
        &self,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.0.pubsub.broadcast(topic, event, payload)
    }

    /// Broadcasts to all subscribers of a topic but one.
    ///
    /// # Errors
    /// As [`PubSub::broadcast_from`].
    pub fn broadcast_from(
        &self,
        from: SubscriberId,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.0.pubsub.broadcast_from(from, topic, event, payload)
    }

    /// Broadcasts to all subscribers of a topic on this node.
    ///
    /// # Errors
    /// As [`PubSub::local_broadcast`].
    pub fn local_broadcast(
        &self,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.0.pubsub.local_broadcast(topic, event, payload)
    }

    /// Broadcasts to all subscribers of a topic on this node but one.
    ///
    /// # Errors
    /// As [`PubSub::local_broadcast_from`].
    pub fn local_broadcast_from(
        &self,
        from: SubscriberId,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.0
            .pubsub
            .local_broadcast_from(from, topic, event, payload)
    }

    /// Broadcasts to the subscribers of a topic on one node, by its name.
    ///
    /// # Errors
    /// As [`PubSub::direct_broadcast`].
    pub fn direct_broadcast(
        &self,
        node: &str,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.0.pubsub.direct_broadcast(node, topic, event, payload)
    }

    /// The name of this node among those of a cluster. `None` for an endpoint that is alone,
    /// because its `pubsub(..)` has no broker.
    pub fn node(&self) -> Option<&str> {
        self.0.pubsub.node()
    }

    /// The other nodes of the cluster, by name. Nodes that were not heard for 30 seconds are left
    /// out.
    pub fn nodes(&self) -> Vec<NodeInfo> {
        self.0.pubsub.nodes()
    }

    /// The nodes that come and go: see [`NodeEvents`].
    pub fn node_events(&self) -> NodeEvents {
        self.0.pubsub.node_events()
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

    pub(crate) fn count_unsendable(&self) {
        self.0.unsendable.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn count_dropped(&self, count: usize) {
        self.0.dropped.fetch_add(count as u64, Ordering::Relaxed);
    }

    pub(crate) fn socket_opened(&self) {
        self.0.sockets.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn socket_closed(&self) {
        self.0.sockets.fetch_sub(1, Ordering::Relaxed);
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
