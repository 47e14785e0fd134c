//! What reaches a socket of channels from other tasks.

use std::{any::Any, fmt, sync::Arc};

use super::member::Member;
use crate::pubsub::Broadcast;

/// What reaches a socket of channels from other tasks: it is for the channels, and nothing an application sends.
pub struct Signal(pub(super) Kind);

pub(super) enum Kind {
    /// On the topic that is the socket's id.
    ToSocket(Broadcast),
    /// For a channel's `handle_info`.
    Info(Arc<Member>, Box<dyn Any + Send>),
    /// For a channel's `handle_out`.
    Intercepted(Arc<Member>, Broadcast),
    /// A callback that went to a task of its own is done.
    Returned(Arc<Member>),
}

impl Signal {
    pub(super) fn info(member: Arc<Member>, info: Box<dyn Any + Send>) -> Self {
        Signal(Kind::Info(member, info))
    }

    pub(super) fn intercepted(member: Arc<Member>, broadcast: Broadcast) -> Self {
        Signal(Kind::Intercepted(member, broadcast))
    }

    pub(super) fn returned(member: Arc<Member>) -> Self {
        Signal(Kind::Returned(member))
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
