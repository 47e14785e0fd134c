//! The topics of an endpoint, and the nodes that share them.

use super::Handle;
use crate::{
    presence::Presence,
    pubsub::{
        BroadcastError, IntoPayload, NodeEvents, NodeInfo, PubSub, SubscriberId, Subscription,
    },
};

impl Handle {
    /// The topics of this endpoint.
    pub fn pubsub(&self) -> &PubSub {
        &self.0.pubsub
    }

    /// Who is in the topics of this endpoint, as its channels track them.
    /// [`Builder::presence_with`](crate::Builder::presence_with) adds callbacks;
    /// [`Builder::presence`](crate::Builder::presence) takes one that is shared with another
    /// endpoint.
    #[cfg(feature = "channels")]
    pub fn presence(&self) -> &Presence {
        self.0
            .presence
            .get_or_init(|| Presence::new(&self.0.pubsub))
    }

    /// A topic as a stream of broadcasts: see [`PubSub::subscribe`].
    pub fn subscribe(&self, topic: &str) -> Subscription {
        self.0.pubsub.subscribe(topic)
    }

    /// Ends a subscription. Dropping it does the same.
    pub fn unsubscribe(&self, subscription: Subscription) {
        drop(subscription);
    }

    /// Broadcasts to all subscribers of a topic.
    ///
    /// # Errors
    /// As [`PubSub::broadcast`].
    pub fn broadcast(
        &self,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.0.pubsub.broadcast(topic, event, payload)
    }

    /// Broadcasts to all subscribers of a topic but one.
    ///
    /// # Errors
    /// As [`PubSub::broadcast_from`].
    pub fn broadcast_from(
        &self,
        from: SubscriberId,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.0.pubsub.broadcast_from(from, topic, event, payload)
    }

    /// Broadcasts to all subscribers of a topic on this node.
    ///
    /// # Errors
    /// As [`PubSub::local_broadcast`].
    pub fn local_broadcast(
        &self,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.0.pubsub.local_broadcast(topic, event, payload)
    }

    /// Broadcasts to all subscribers of a topic on this node but one.
    ///
    /// # Errors
    /// As [`PubSub::local_broadcast_from`].
    pub fn local_broadcast_from(
        &self,
        from: SubscriberId,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.0
            .pubsub
            .local_broadcast_from(from, topic, event, payload)
    }

    /// Broadcasts to the subscribers of a topic on one node, by its name.
    ///
    /// # Errors
    /// As [`PubSub::direct_broadcast`].
    pub fn direct_broadcast(
        &self,
        node: &str,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.0.pubsub.direct_broadcast(node, topic, event, payload)
    }

    /// The name of this node among those of a cluster. `None` for an endpoint that is alone,
    /// because its `pubsub(..)` has no broker.
    pub fn node(&self) -> Option<&str> {
        self.0.pubsub.node()
    }

    /// The other nodes of the cluster, by name. Nodes that were not heard for 30 seconds are left
    /// out.
    pub fn nodes(&self) -> Vec<NodeInfo> {
        self.0.pubsub.nodes()
    }

    /// The nodes that come and go: see [`NodeEvents`].
    pub fn node_events(&self) -> NodeEvents {
        self.0.pubsub.node_events()
    }
}
