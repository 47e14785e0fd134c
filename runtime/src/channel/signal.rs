//! What other tasks send to a socket with channels.

use std::{any::Any, fmt, sync::Arc};

use super::{
    callback::Returned,
    conversation::{Conversation, Place},
};
use crate::pubsub::Broadcast;

/// What other tasks send to a socket with channels. An application cannot make one.
pub struct Signal(pub(super) Kind);

pub(super) enum Kind {
    /// A broadcast on the topic that is the socket's id.
    ToSocket(Broadcast),
    /// For a channel's `handle_info`.
    Info(Place, Box<dyn Any + Send>),
    /// For a channel's `handle_out`.
    Intercepted(Place, Broadcast),
    /// A callback that ran in a task of its own is done.
    Returned(Box<Returned>),
    /// A channel whose messages waited until the client reads.
    Resumed(Arc<Conversation>),
    /// Too many broadcasts wait for a channel's `handle_out`.
    Overflowed(Arc<Conversation>),
    /// Broadcasts of other nodes to the topic of a channel may be lost.
    Gap(Arc<Conversation>),
}

impl Signal {
    pub(super) fn info(place: Place, info: Box<dyn Any + Send>) -> Self {
        Signal(Kind::Info(place, info))
    }

    pub(super) fn intercepted(place: Place, broadcast: Broadcast) -> Self {
        Signal(Kind::Intercepted(place, broadcast))
    }

    pub(super) fn returned(returned: Returned) -> Self {
        Signal(Kind::Returned(Box::new(returned)))
    }

    pub(super) fn resumed(conversation: Arc<Conversation>) -> Self {
        Signal(Kind::Resumed(conversation))
    }

    pub(super) fn overflowed(conversation: Arc<Conversation>) -> Self {
        Signal(Kind::Overflowed(conversation))
    }

    pub(super) fn gap(conversation: Arc<Conversation>) -> Self {
        Signal(Kind::Gap(conversation))
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
