//! What all connections of a mount share that use the same transport.

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use tracing::Level;

use super::connection::{clock::CoarseClock, registry::Connections};
use crate::{
    handle::{Handle, Origins},
    origin::{CheckOrigin, OriginCheck},
    socket::{Draining, Mounted, TransportKind, TransportOptions},
    telemetry::{Timed, meters::MountMeters},
    watchdog::{Callback, Watched},
};

/// What all connections of a mount share that use the same transport.
pub(crate) struct MountContext {
    pub(crate) handle: Handle,
    /// The socket type's name, for logs.
    pub(crate) socket: &'static str,
    /// The name of the channel that serves a topic; `None` if the socket has none.
    pub(crate) channel_of: fn(&str) -> Option<&'static str>,
    pub(crate) holds_channels: bool,
    /// The path of the mount, as it is declared.
    pub(crate) path: &'static str,
    /// The level at which connections are logged; `None` is silent.
    pub(crate) log: Option<Level>,
    /// What the socket sees of the mount.
    pub(crate) mounted: Arc<Mounted>,
    /// How the socket tells its connections to go.
    pub(crate) drain: fn(Draining) -> Pin<Box<dyn Future<Output = ()> + Send>>,
    pub(crate) kind: TransportKind,
    pub(crate) options: TransportOptions,
    /// The same, to be shared with those who connect.
    pub(crate) shared_options: Arc<TransportOptions>,
    pub(crate) origin: MountOrigin,
    pub(crate) connections: Connections,
    pub(crate) clock: CoarseClock,
    pub(crate) stopping: AtomicBool,
    pub(crate) watched: Watched,
    pub(crate) meters: MountMeters,
}

/// Which web pages may open a socket of a mount.
#[derive(Debug)]
pub(crate) enum MountOrigin {
    /// Its declaration says it whole.
    Own(OriginCheck),
    /// Those of the host of the endpoint's `url`.
    Host,
    /// Those of the endpoint's `check_origin`.
    Configured,
}

impl MountOrigin {
    pub(crate) fn of(
        declared: Option<CheckOrigin<&'static [&'static str]>>,
    ) -> Result<Self, String> {
        Ok(match declared {
            None => MountOrigin::Configured,
            Some(CheckOrigin::Host) => MountOrigin::Host,
            Some(own) => MountOrigin::Own(OriginCheck::compile::<_, &str>(&own, None)?),
        })
    }

    /// The check of this moment.
    pub(crate) fn now<'a>(&'a self, origins: &'a Origins) -> &'a OriginCheck {
        match self {
            MountOrigin::Own(own) => own,
            MountOrigin::Host => &origins.host,
            MountOrigin::Configured => &origins.configured,
        }
    }
}

impl MountContext {
    /// A callback of the socket has returned. What a socket of channels does is no callback of the
    /// application: its channels have theirs.
    #[inline]
    pub(super) fn called(&self, callback: Callback, timed: Timed) {
        if timed.is_taken() {
            self.note_call(callback, timed);
        }
    }

    fn note_call(&self, callback: Callback, timed: Timed) {
        self.meters.called(callback.name(), timed);
        let is_shown = matches!(
            callback,
            Callback::Connect | Callback::HandleIn | Callback::HandleInfo
        );
        if is_shown && !self.holds_channels {
            self.handle.0.figures.called(timed);
        }
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }
}
