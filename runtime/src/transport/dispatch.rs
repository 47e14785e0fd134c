//! All mounts of a running endpoint: which of them a request belongs to.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use http::Request;
use tokio::{
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};

use super::{
    attempt::Attempt,
    check::{check, undeclared},
    connection::clock::CoarseClock,
    context::{MountContext, MountOrigin},
    drain::drain,
    erased::{ErasedTransport, ResponseFuture},
    index::Index,
    log,
    mistake::{Mistake, MountError},
    mount::Mount,
    pattern::{NotUtf8, Path, Pattern},
};
use crate::{
    body::Body,
    config::Config,
    contain,
    grammar::path,
    handle::Handle,
    session::{self, SessionSource},
    socket::{Drainer, Params, Timeout, TransportKind, TransportOptions},
    task::boxed,
    telemetry::meters::MountMeters,
};

/// All mounts of a running endpoint.
#[derive(Clone)]
pub(crate) struct Dispatcher(Arc<Inner>);

/// All mounts of an endpoint, as long as anybody else keeps them.
pub(crate) struct WeakDispatcher(Weak<Inner>);

impl WeakDispatcher {
    pub(crate) fn upgrade(&self) -> Option<Dispatcher> {
        self.0.upgrade().map(Dispatcher)
    }
}

struct Inner {
    /// Later mounts first: they win where patterns overlap.
    routes: Vec<Route>,
    index: Index,
    clock: CoarseClock,
}

/// A transport of a mount.
struct Route {
    mount: &'static Mount,
    pattern: Pattern,
    context: Arc<MountContext>,
    transport: Arc<dyn ErasedTransport>,
}

impl Dispatcher {
    /// Prepares all mounts for requests, each with its drainer, or returns everything that is wrong
    /// with them.
    pub(crate) fn new(
        mounts: impl DoubleEndedIterator<Item = (&'static Mount, Option<Drainer>)>,
        config: &Config,
        handle: &Handle,
    ) -> Result<Self, Vec<MountError>> {
        let clock = CoarseClock::start();
        let (mut routes, mut errors) = (Vec::<Route>::new(), Vec::new());
        for (mount, drainer) in mounts.rev() {
            errors.extend(undeclared(mount, handle));
            errors.extend(
                mount
                    .lacking()
                    .map(|feature| Mistake::from(feature).of(mount)),
            );
            let mounted = Arc::new(mount.seen(drainer));
            for transport in transports(mount, handle) {
                let route = transport.and_then(|transport| {
                    let options = transport.options();
                    check(mount, transport.kind(), &options, config)?;
                    if let Some(SessionSource::Constant(session)) = options.connect_info.session {
                        session::keep(handle.name(), session);
                    }
                    let origin = MountOrigin::of(options.check_origin)
                        .map_err(|message| Mistake::new("check_origin", message))?;
                    let pattern = free_path(mount, &*transport, &options, &routes)?;
                    let context = Arc::new(MountContext {
                        handle: handle.clone(),
                        socket: mount.socket.name,
                        channel_of: mount.socket.channel_of,
                        holds_channels: mount.socket.holds_channels,
                        path: mount.path,
                        log: mount.log,
                        mounted: mounted.clone(),
                        drain: mount.socket.drain,
                        kind: transport.kind(),
                        options,
                        shared_options: Arc::new(options),
                        origin,
                        connections: Default::default(),
                        clock: clock.clone(),
                        stopping: Default::default(),
                        watched: handle.0.watchdog.socket(mount.socket.name),
                        meters: MountMeters::new(
                            handle.name(),
                            mount.path,
                            mount.socket.name,
                            transport.kind().name(),
                        ),
                    });
                    Ok(Route {
                        mount,
                        pattern,
                        context,
                        transport,
                    })
                });
                match route {
                    Ok(route) => routes.push(route),
                    Err(mistake) => errors.push(mistake.of(mount)),
                }
            }
        }
        errors.reverse();
        if errors.is_empty() {
            let index = Index::new(routes.iter().map(|route| &route.pattern));
            Ok(Dispatcher(Arc::new(Inner {
                routes,
                index,
                clock,
            })))
        } else {
            Err(errors)
        }
    }

    /// All transports of all mounts, in the order of the declaration.
    pub(super) fn contexts(&self) -> impl Iterator<Item = &Arc<MountContext>> {
        self.0.routes.iter().rev().map(|route| &route.context)
    }

    /// Finds what is wrong with the mounts under another configuration.
    pub(crate) fn check(&self, config: &Config) -> Vec<MountError> {
        let routes = self.0.routes.iter().rev();
        let wrong = routes.filter_map(|Route { mount, context, .. }| {
            let MountContext { kind, options, .. } = &**context;
            let mistake = check(mount, *kind, options, config).err()?;
            Some(mistake.of(mount))
        });
        wrong.collect()
    }

    /// What does not keep the mounts.
    pub(crate) fn downgrade(&self) -> WeakDispatcher {
        WeakDispatcher(Arc::downgrade(&self.0))
    }

    /// Gives a request to the socket that is mounted at its path. It stays if there is none.
    pub(crate) fn dispatch(&self, request: &mut Option<Request<Body>>) -> Option<ResponseFuture> {
        let (route, variables) = self.find(request.as_ref()?.uri().path())?;
        let attempt = Attempt::new(route.context.clone(), variables, request.take()?);
        Some(route.transport.answer(attempt))
    }

    /// Whether a WebSocket is opened at this path.
    pub(crate) fn opens(&self, path: &str) -> bool {
        let found = self.find(path);
        found.is_some_and(|(route, _)| route.context.kind == TransportKind::WebSocket)
    }

    /// What is logged in place of a path: that of its mount, if a variable of it may be a secret.
    pub(crate) fn shown_path(&self, path: &str) -> Option<&'static str> {
        let (route, _) = self.find(path)?;
        log::shown_path(&route.context)
    }

    /// The route of a path, and the path's variables.
    fn find(&self, path: &str) -> Option<(&Route, Result<Params, NotUtf8>)> {
        let path = Path::new(path);
        let candidates = self.0.index.candidates(path).iter();
        let mut routes = candidates.filter_map(|number| self.0.routes.get(*number));
        routes.find_map(|route| Some((route, route.pattern.variables(path)?)))
    }

    /// Moves the clock on, and looks for connections that have been silent for too long. Runs until
    /// it is dropped.
    pub(crate) async fn sweep(self) {
        let mut tick = interval(self.sweep_every());
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let now = self.0.clock.tick();
            self.look();
            self.0
                .routes
                .iter()
                .for_each(|route| route.context.connections.sweep(now));
        }
    }

    /// Takes the figures that are looked at from time to time.
    #[cfg(feature = "metrics")]
    fn look(&self) {
        if let Some(route) = self.0.routes.first() {
            let handle = &route.context.handle;
            let (topics, bytes) = handle.pubsub().figures();
            crate::telemetry::meters::looked(handle.name(), topics, bytes);
        }
        for MountContext {
            connections,
            meters,
            ..
        } in self.0.routes.iter().map(|route| &*route.context)
        {
            meters.looked(connections.held());
        }
    }

    #[cfg(not(feature = "metrics"))]
    fn look(&self) {}

    /// Often enough that the shortest timeout is late by at most an eighth.
    fn sweep_every(&self) -> Duration {
        let timeouts = self.0.routes.iter().flat_map(|route| {
            let MountContext { options, kind, .. } = &*route.context;
            let websocket = route
                .mount
                .websocket
                .as_ref()
                .filter(|_| *kind == TransportKind::WebSocket);
            let ping = websocket.map_or(Timeout::Never, |websocket| websocket.ping);
            [
                options.timeout,
                options.callback_timeout,
                options.write_timeout,
                ping,
            ]
        });
        let timeouts = timeouts.filter_map(|timeout| match timeout {
            Timeout::After(time) => Some(time / 8),
            Timeout::Never => None,
        });
        let second = Duration::from_secs(1);
        timeouts
            .min()
            .unwrap_or(second)
            .clamp(Duration::from_millis(20), second)
    }

    /// Accepts no more connections, and ends those that are open.
    pub(crate) async fn drain(&self) {
        let mut drains = JoinSet::new();
        for route in &self.0.routes {
            let context = route.context.clone();
            drains.spawn(boxed(async move { drain(&context).await }));
        }
        drains.join_all().await;
    }

    /// How many connections had to be cut off when they were drained.
    pub(crate) fn cut_off(&self) -> usize {
        self.0
            .routes
            .iter()
            .map(|route| route.context.connections.cut_off())
            .sum()
    }
}

/// The transports of a mount: longpoll is looked at first.
fn transports(
    mount: &'static Mount,
    handle: &Handle,
) -> Vec<Result<Arc<dyn ErasedTransport>, Mistake>> {
    let longpoll = mount
        .longpoll
        .as_ref()
        .and_then(|options| (mount.socket.longpoll)(options).map(Ok));
    let websocket = mount
        .websocket
        .as_ref()
        .map(|options| Ok((mount.socket.websocket)(options)));
    let custom = mount.transport.map(|make| {
        let made = contain::call(|| make(handle)).map(|transport| transport.0);
        made.map_err(|panic| {
            Mistake::new(
                "transport",
                format!("making the transport panicked: {panic}"),
            )
        })
    });
    [longpoll, websocket, custom]
        .into_iter()
        .flatten()
        .collect()
}

/// The path of a transport. The compiler does not know the paths of custom transports: they must
/// differ from all others here.
fn free_path(
    mount: &Mount,
    transport: &dyn ErasedTransport,
    options: &TransportOptions,
    routes: &[Route],
) -> Result<Pattern, Mistake> {
    let taken = routes.iter().any(|Route { context, .. }| {
        (transport.kind().is_custom() || context.kind.is_custom())
            && path::is_same(
                (context.path, context.options.path),
                (mount.path, options.path),
            )
    });
    if taken {
        return Err(Mistake::new(
            "transport",
            "its path is served by another transport already",
        ));
    }
    Ok(Pattern::new(mount.path, options.path))
}
