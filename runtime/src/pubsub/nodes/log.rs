//! Events of a cluster: nodes that went, and broadcasts that may be lost.

use std::sync::Arc;

use tracing::Level;

use crate::{escape::shown, pubsub::remote::NodeInfo, telemetry};

/// A node has stopped, or was not heard for too long.
pub(super) fn node_down(node: &NodeInfo) {
    let node = shown(&node.name);
    telemetry::event!(PUBSUB_NODE_DOWN, Level::INFO, %node, "a node is down");
}

/// Subscribers of these topics are told that they may have lost broadcasts.
pub(super) fn gap(topics: &[Arc<str>]) {
    if topics.is_empty() || !telemetry::listens!(PUBSUB_GAP, Level::DEBUG) {
        return;
    }
    let topic = match topics {
        [topic] => Some(shown(topic).to_string()),
        _ => None,
    };
    telemetry::event!(
        PUBSUB_GAP,
        Level::DEBUG,
        topics = topics.len(),
        topic,
        "broadcasts of other nodes may be lost"
    );
}
