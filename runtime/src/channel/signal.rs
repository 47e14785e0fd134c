//! What reaches a socket of channels from other tasks.

use std::{any::Any, fmt, sync::Arc};

use super::{
    callback::Returned,
    conversation::{Conversation, Place},
};
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
    Returned(Box<Returned>),
    /// For a channel whose messages waited for the client to read.
    Resumed(Arc<Conversation>),
    /// More broadcasts wait for a channel's `handle_out` than may.
    Overflowed(Arc<Conversation>),
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
