//! What the channels of a cluster are called in Redis.

use std::sync::Arc;

use super::super::{Channel, NodeOptions, Wire};
use crate::pubsub::phoenix;

/// What the channels of a cluster are called in Redis.
pub(super) enum Names {
    /// Each channel has a name, with this in front.
    Each(String),
    /// Phoenix nodes have one channel for all topics and nodes.
    One(String),
}

impl Names {
    pub(super) fn of(node: &NodeOptions) -> Self {
        match node.wire {
            Wire::Landfall => Names::Each(format!("landfall:{}:", node.name)),
            Wire::Phoenix { .. } => Names::One(phoenix::Wire::channel(&node.name)),
        }
    }

    pub(super) fn name(&self, channel: &Channel) -> String {
        match self {
            Names::Each(prefix) => format!("{prefix}{channel}"),
            Names::One(name) => name.clone(),
        }
    }

    /// The topic whose channel has this name.
    pub(super) fn topic(&self, name: &str) -> Option<Arc<str>> {
        let Names::Each(prefix) = self else {
            return None;
        };
        match Channel::parse(name.strip_prefix(prefix)?)? {
            Channel::Topic(topic) => Some(topic),
            Channel::Node(_) | Channel::All => None,
        }
    }

    /// The channels that a node subscribes before any topic.
    pub(super) fn own(&self, node: &NodeOptions) -> Vec<String> {
        match self {
            Names::Each(_) => [Channel::All, Channel::Node(node.node.clone())]
                .iter()
                .map(|channel| self.name(channel))
                .collect(),
            Names::One(name) => vec![name.clone()],
        }
    }

    /// Whether topics come without a subscription of their own.
    pub(super) fn have_all_topics(&self) -> bool {
        matches!(self, Names::One(_))
    }
}
