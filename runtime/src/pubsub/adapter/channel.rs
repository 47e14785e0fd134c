//! Where a message between nodes goes.

use std::{fmt, sync::Arc};

/// Where a message between nodes goes. A broker has a channel (Redis) or a subject (NATS) for each
/// of them.
///
/// It displays as a name that no other channel has, and [`parse`](Channel::parse) reads that name.
/// An adapter puts the cluster's name in front, and escapes what its broker cannot have in a name.
///
/// ```
/// use landfall::pubsub::adapter::Channel;
///
/// let room = Channel::Topic("room:1".into());
/// assert_eq!(room.to_string(), "topic:room:1");
/// assert_eq!(Channel::parse("topic:room:1"), Some(room));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// To the nodes that have subscribed the topic.
    Topic(Arc<str>),
    /// To the node with this name.
    Node(Arc<str>),
    /// To all nodes.
    All,
}

impl Channel {
    /// Reads what a channel displays as. `None` for anything else.
    pub fn parse(name: &str) -> Option<Channel> {
        match name.split_once(':') {
            Some(("topic", topic)) => Some(Channel::Topic(topic.into())),
            Some(("node", node)) => Some(Channel::Node(node.into())),
            None if name == "all" => Some(Channel::All),
            _ => None,
        }
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Channel::Topic(topic) => write!(f, "topic:{topic}"),
            Channel::Node(node) => write!(f, "node:{node}"),
            Channel::All => f.write_str("all"),
        }
    }
}
