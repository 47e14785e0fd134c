//! All mounts of a running endpoint: which of them a request belongs to.

use std::{future::Future, pin::Pin, sync::Arc, time::Duration};

use http::{Request, Response};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::task::TaskTracker;

use super::{
    clock::Clock,
    mount::Mount,
    mounted::Mounted,
    pattern::{NotUtf8, Path, Pattern},
};
use crate::{
    body::Body,
    config::Config,
    error::BoxError,
    handle::Handle,
    origin::{CheckOrigin, OriginCheck},
    socket::{Params, Timeout, WebSocket},
};

/// A request on its way to a socket.
pub(crate) struct Attempt {
    pub(crate) mounted: Arc<Mounted>,
    pub(crate) variables: Result<Params, NotUtf8>,
    pub(crate) request: Request<Body>,
}

/// The answer to an attempt; it is never an error, but shares its type with other services' answers.
pub(crate) type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

/// All mounts of a running endpoint.
#[derive(Clone)]
pub(crate) struct Mounts(Arc<Inner>);

struct Inner {
    /// Later mounts first: they win where patterns overlap.
    mounts: Vec<(Pattern, Arc<Mounted>)>,
    clock: Clock,
}

/// A mount's setting that cannot be used.
#[derive(Debug)]
pub(crate) struct MountError {
    pub(crate) mount: &'static Mount,
    pub(crate) key: &'static str,
    pub(crate) message: String,
}

impl Mounts {
    /// Makes all mounts ready for requests, or finds all that is wrong with them.
    pub(crate) fn new(
        mounts: &'static [Mount],
        config: &Config,
        handle: &Handle,
        tasks: &TaskTracker,
    ) -> Result<Self, Vec<MountError>> {
        let clock = Clock::start();
        let (mut ready, mut errors) = (Vec::new(), Vec::new());
        for mount in mounts.iter().rev() {
            let Some(websocket) = mount.websocket else { continue };
            let origin = origin(websocket.check_origin, config).map_err(|message| ("check_origin", message));
            match origin.and_then(|origin| session(&websocket, &origin, config).map(|()| origin)) {
                Err((key, message)) => errors.push(MountError { mount, key, message }),
                Ok(origin) => ready.push((
                    Pattern::new(mount.path, websocket.path),
                    Arc::new(Mounted {
                        handle: handle.clone(),
                        mount,
                        websocket,
                        origin,
                        roster: Default::default(),
                        clock: clock.clone(),
                        tasks: tasks.clone(),
                        stopping: Default::default(),
                    }),
                )),
            }
        }
        errors.reverse();
        if errors.is_empty() { Ok(Mounts(Arc::new(Inner { mounts: ready, clock }))) } else { Err(errors) }
    }

    /// Gives a request to the socket that is mounted at its path, or back.
    pub(crate) fn dispatch(&self, request: Request<Body>) -> Result<Answer, Request<Body>> {
        let path = Path::new(request.uri().path());
        let found = self.0.mounts.iter().find_map(|(pattern, mounted)| {
            pattern.variables(path).map(|variables| (mounted.clone(), variables))
        });
        match found {
            Some((mounted, variables)) => {
                Ok((mounted.mount.socket.websocket)(Attempt { mounted, variables, request }))
            }
            None => Err(request),
        }
    }

    /// Moves the clock on, and looks for connections that have been silent for too long. Runs until it is dropped.
    pub(crate) async fn sweep(self) {
        let mut tick = interval(self.sweep_every());
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let now = self.0.clock.tick();
            self.0.mounts.iter().for_each(|(_, mounted)| mounted.roster.sweep(now));
        }
    }

    /// Often enough that the shortest timeout is late by an eighth at most.
    fn sweep_every(&self) -> Duration {
        let limits =
            self.0.mounts.iter().flat_map(|(_, mounted)| [mounted.websocket.timeout, mounted.websocket.ping]);
        let timeouts = limits.filter_map(|limit| match limit {
            Timeout::After(time) => Some(time / 8),
            Timeout::Never => None,
        });
        let second = Duration::from_secs(1);
        timeouts.min().unwrap_or(second).clamp(Duration::from_millis(20), second)
    }

    /// Open connections.
    pub(crate) fn connections(&self) -> usize {
        self.0.mounts.iter().map(|(_, mounted)| mounted.roster.len()).sum()
    }

    /// Takes no connection any more, and ends those that are open. Returns how many had to be cut off.
    pub(crate) async fn drain(&self) -> usize {
        let drains: Vec<_> = self
            .0
            .mounts
            .iter()
            .map(|(_, mounted)| {
                let mounted = mounted.clone();
                tokio::spawn(async move { mounted.drain().await })
            })
            .collect();
        let mut cut = 0;
        for drain in drains {
            cut += drain.await.unwrap_or(0);
        }
        cut
    }
}

fn origin(own: Option<CheckOrigin<&'static [&'static str]>>, config: &Config) -> Result<OriginCheck, String> {
    let host = Some(config.url.host.as_str());
    match own {
        Some(check) => OriginCheck::compile::<_, &str>(&check, host),
        None => OriginCheck::compile::<_, String>(&config.check_origin, host),
    }
}

/// What a session needs of the whole configuration.
fn session(
    websocket: &WebSocket,
    origin: &OriginCheck,
    config: &Config,
) -> Result<(), (&'static str, String)> {
    if !websocket.check_csrf && matches!(origin, OriginCheck::Off) {
        return Err(("check_csrf", "one of `check_origin` and `check_csrf` must be on".to_owned()));
    }
    let Some(options) = websocket.connect_info.session else { return Ok(()) };
    let text = match (options.mistake(), &config.secret_key_base) {
        (Some(mistake), _) => mistake.text,
        (None, None) => "`session` signs its cookie but no `secret_key_base` is set",
        (None, Some(_)) => return Ok(()),
    };
    Err(("connect_info", text.to_owned()))
}
