//! How a node takes part in a cluster.

use std::{sync::Arc, time::Duration};

use crate::random::unguessable;

/// How a node takes part in a cluster. An endpoint makes it from its `pubsub(..)`.
///
/// ```
/// use landfall::pubsub::adapter::NodeOptions;
///
/// let mut options = NodeOptions::new("chat");
/// options.node = "chat-1".into();
/// assert_eq!(options.max_message, 8 << 20);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NodeOptions {
    /// The name of the cluster: its nodes have the same one. Applications with different names can
    /// share a broker.
    pub name: Arc<str>,
    /// The name of the node, of at most 255 bytes. No other node of the cluster may have it.
    /// Default: 22 random characters.
    pub node: Arc<str>,
    /// The maximum number of messages that wait for the broker. Default 65,536.
    pub queue: usize,
    /// The maximum size in bytes of the messages that wait for the broker, and of those that wait
    /// to be read. Default 64 MiB.
    pub queue_bytes: usize,
    /// The maximum size in bytes of a broadcast. A larger one is refused, and one from another node
    /// is skipped. Default 8 MiB.
    pub max_message: usize,
    /// Whether joins of channels wait until the broker has confirmed the subscription of the topic.
    /// Default `true`.
    pub confirm: bool,
    /// How long they wait. Default 2 s.
    pub confirm_timeout: Duration,
    /// How long the broker may take at the start. Default 5 s.
    pub connect_timeout: Duration,
    /// Whether the start fails if the broker cannot be reached. If not, the node starts alone, and
    /// takes part when it can. Default `true`.
    pub required: bool,
    /// What the nodes say to each other. Default: this library's own format.
    pub wire: Wire,
    /// The name that was drawn for the node.
    drawn: Arc<str>,
}

/// What the nodes of a cluster say to each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wire {
    /// This library's own format.
    #[default]
    Landfall,
    /// That of the nodes of a Phoenix application, which reach each other by `Phoenix.PubSub.Redis`
    /// 3. The node takes part as one of them: broadcasts go both ways, and so does the event
    /// `disconnect` on the id of a socket.
    ///
    /// Only broadcasts cross: JSON objects, and bytes with a topic and an event of at most 255
    /// bytes each. Presence does not, nor `presence_diff`: each side has its own. Nodes do not hear
    /// of each other, and no gap is told that another node caused. Bytes end the reading process of
    /// a Phoenix node while a client of serializer V1 has joined their topic.
    #[cfg(feature = "redis")]
    Phoenix {
        /// zlib's level, from 1 to 9, if messages are compressed. What comes compressed is read in
        /// any case.
        compression: Option<u8>,
    },
}

impl NodeOptions {
    /// The defaults, and a random name for the node.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        let drawn: Arc<str> = unguessable().into();
        NodeOptions {
            name: name.into(),
            node: drawn.clone(),
            drawn,
            queue: 65_536,
            queue_bytes: 64 << 20,
            max_message: 8 << 20,
            confirm: true,
            confirm_timeout: Duration::from_secs(2),
            connect_timeout: Duration::from_secs(5),
            required: true,
            wire: Wire::Landfall,
        }
    }

    /// Whether the node has a name that was chosen, and that another node may have too.
    pub(in crate::pubsub) fn is_named(&self) -> bool {
        self.node != self.drawn
    }
}
