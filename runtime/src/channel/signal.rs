//! What reaches a socket of channels from other tasks.

use std::{any::Any, fmt, sync::Arc};

use super::member::{Member, Place};
use crate::pubsub::Broadcast;

/// What reaches a socket of channels from other tasks: it is for the channels, and nothing an application sends.
pub struct Signal(pub(super) Kind);

pub(super) enum Kind {
    /// On the topic that is the socket's id.
    ToSocket(Broadcast),
    /// For a channel's `handle_info`.
    Info(Place, Box<dyn Any + Send>),
    /// For a channel's `handle_out`.
    Intercepted(Place, Broadcast),
    /// A callback that went to a task of its own is done.
    Returned(Arc<Member>),
    /// More broadcasts wait for a channel's `handle_out` than may.
    Overflowed(Arc<Member>),
}

impl Signal {
    pub(super) fn info(place: Place, info: Box<dyn Any + Send>) -> Self {
        Signal(Kind::Info(place, info))
    }

    pub(super) fn intercepted(place: Place, broadcast: Broadcast) -> Self {
        Signal(Kind::Intercepted(place, broadcast))
    }

    pub(super) fn returned(member: Arc<Member>) -> Self {
        Signal(Kind::Returned(member))
    }

    pub(super) fn overflowed(member: Arc<Member>) -> Self {
        Signal(Kind::Overflowed(member))
    }
}

impl From<Broadcast> for Signal {
    fn from(broadcast: Broadcast) -> Self {
        Signal(Kind::ToSocket(broadcast))
    }
}

impl fmt::Debug for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Signal")
    }
}
