//! What nodes tell each other.

use std::sync::Arc;

use bytes::Bytes;

use super::Instance;
use crate::pubsub::{broadcast::Broadcast, subscriber::SubscriberId};

/// What a node tells others.
#[derive(Clone, Debug)]
pub(in crate::pubsub) enum Letter {
    Broadcast {
        broadcast: Broadcast,
        except: Option<SubscriberId>,
    },
    /// The node is there.
    Hello(Hello),
    /// The node stops.
    Goodbye,
    /// Subscribers of this topic, or of any, may have missed something that this node published.
    Gap(Option<Arc<str>>),
    /// Your name is taken. It is for this instance.
    Taken(Instance),
    /// For who serves it on the receiving node.
    Served {
        service: Service,
        from: Arc<str>,
        bytes: Bytes,
    },
}

/// What a node says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::pubsub) struct Hello {
    pub(in crate::pubsub) node: Arc<str>,
    /// When it started, in milliseconds since 1970.
    pub(in crate::pubsub) since: u64,
    /// Of this library.
    pub(in crate::pubsub) version: Arc<str>,
    /// Whether it wants to hear a hello now.
    pub(in crate::pubsub) asks: bool,
}

/// Parts of an endpoint that talk to themselves on other nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Presence,
}
