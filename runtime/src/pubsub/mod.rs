//! Topics: what is published to one reaches all who are subscribed to it.
//!
//! A running endpoint has a [`PubSub`]: [`Handle::pubsub`](crate::Handle::pubsub). Sockets and
//! channels are subscribed by it, and any task may be. A broadcast is encoded once for all clients
//! that share a format, and written to their connections without waking their tasks.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use landfall::pubsub::PubSub;
//!
//! let pubsub = PubSub::new(); // of a running endpoint: `handle.pubsub()`
//! let mut harbour = pubsub.subscribe("harbour");
//!
//! pubsub.broadcast("harbour", "arrived", "Cutty Sark").unwrap();
//! let broadcast = harbour.recv().await.unwrap();
//! assert_eq!((broadcast.topic(), broadcast.event()), ("harbour", "arrived"));
//! # }
//! ```

// | file | what |
// | --- | --- |
// | `broadcast` | what is published: a [`Broadcast`] |
// | `phoenix` | what nodes of a Phoenix application say to each other |
// | `payload` | what it carries: a [`Payload`], and what turns into one |
// | `adapter` | how the nodes of a cluster reach each other |
// | `remote` | what a node shares about its cluster |
// | `nodes` | the tasks of a node of a cluster |
// | `budget` | how many bytes may wait for delivery |
// | `encoder` | how a broadcast becomes a message for clients |
// | `framing` | how a transport writes that message |
// | `members` | who subscribes, from outside |
// | `subscriber` | who is subscribed, and how broadcasts reach them |
// | `run` | publications that leave together, rendered once for all who share a form |
// | `topic` | a subscription in a topic |
// | `roster` | the members of one topic, at places that stay fixed |
// | `shard` | a part of all members, and the task that serves it |
// | `shards` | all members, and what is published to them |
// | `subscription` | a topic as a stream, for any task |
// | `fuzzing` | what our own fuzzing reaches |

pub mod adapter;
mod broadcast;
mod budget;
mod encoder;
mod error;
mod framing;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod members;
mod nodes;
mod payload;
#[cfg(feature = "redis")]
pub(crate) mod phoenix;
mod remote;
mod roster;
mod run;
mod shard;
mod shards;
mod subscriber;
mod subscription;
mod topic;

use std::{fmt, sync::Arc};

use bytes::Bytes;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use self::{
    adapter::{Adapter, ConnectError, NodeOptions},
    run::Except,
    shards::Shards,
};
pub use self::{
    broadcast::Broadcast,
    error::{BroadcastError, Unconfirmed},
    payload::{IntoPayload, Json, Payload},
    remote::{NodeEvent, NodeEvents, NodeInfo, NodeStats},
    subscriber::{InvalidSubscriberId, SubscriberId},
    subscription::{RecvError, Subscription},
};
pub(crate) use self::{
    encoder::{Encoder, Encoding, Form, NoForm, SocketEncoder},
    framing::Framing,
    remote::{Delivered, Remote, ServePresence, Service},
    subscriber::{Recipient, Subscriber, Unsendable},
    topic::Membership,
};
use crate::hidden::Hides;

/// The topics of an endpoint. Cloning it is cheap; several endpoints may share one.
///
/// A broadcast is encoded and framed once for all subscribers that share a form. Subscribers are
/// spread over shards, one for each worker thread; a shard's task writes to their connections
/// itself, and wakes a connection's own task only when its socket takes no more.
///
/// Broadcasts of one task reach one subscriber in order.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use landfall::pubsub::PubSub;
///
/// let pubsub = PubSub::new();
/// let mut news = pubsub.subscribe("news");
/// pubsub.broadcast("news", "headline", "ship sighted").unwrap();
/// assert_eq!(news.recv().await.unwrap().payload().as_text(), Some("ship sighted"));
/// # }
/// ```
// Boxed, so that it takes one word: sockets with a mailbox keep one each.
#[derive(Clone)]
pub struct PubSub(Arc<Box<dyn Hides<Arc<Shards>>>>);

/// The default number of broadcasts that may wait.
pub(crate) const QUEUE: usize = 65_536;
/// The default number of bytes that waiting broadcasts may take.
pub(crate) const QUEUE_BYTES: usize = 64 * 1024 * 1024;

impl PubSub {
    /// Topics with a queue of 65,536 broadcasts and 64 MiB.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn new() -> Self {
        PubSub::with_queue(QUEUE, QUEUE_BYTES)
    }

    /// Topics with a queue of this many broadcasts and this many bytes. While it is full,
    /// broadcasts are refused.
    ///
    /// A broadcast counts until it has been written to all of its subscribers or waits in their
    /// outboxes. It counts 256 bytes, its topic, event and payload, and each form that is rendered
    /// from it. It counts once, however many threads deliver it. A broadcast larger than the queue
    /// is accepted when nothing else waits.
    ///
    /// # Panics
    /// Outside a tokio runtime, or with a queue of 0.
    pub fn with_queue(queue: usize, queue_bytes: usize) -> Self {
        PubSub(Arc::new(Box::new(Shards::start(queue, queue_bytes))))
    }

    /// Topics that this node shares with the other nodes of a cluster: see [`adapter`]. An endpoint
    /// does this by its `pubsub(..)`.
    ///
    /// # Errors
    /// If the broker refuses the node, or cannot be reached, or another node has the node's name.
    ///
    /// # Panics
    /// Outside a tokio runtime, or with a queue of 0.
    pub async fn connect(
        adapter: impl Adapter,
        options: NodeOptions,
    ) -> Result<Self, ConnectError> {
        let pubsub = PubSub::with_queue(options.queue, options.queue_bytes);
        nodes::start(&pubsub.0, Arc::new(adapter), options).await?;
        Ok(pubsub)
    }

    /// Broadcasts to all subscribers of a topic.
    ///
    /// # Errors
    /// If too many broadcasts wait, the endpoint has stopped, the payload cannot be JSON, or the
    /// broadcast is too large for other nodes: no subscriber got it then. If the other nodes cannot
    /// be reached, it is [`BroadcastError::Unreachable`], and the subscribers of this node got it.
    pub fn broadcast(
        &self,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.publish_new(topic, event, payload.into_payload()?, Except::Nobody)
    }

    /// Broadcasts to all subscribers of a topic but one.
    ///
    /// # Errors
    /// As [`broadcast`](PubSub::broadcast).
    pub fn broadcast_from(
        &self,
        from: SubscriberId,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.publish_new(
            topic,
            event,
            payload.into_payload()?,
            Except::Subscriber(from),
        )
    }

    /// Like [`broadcast`](PubSub::broadcast), but on this node only.
    ///
    /// # Errors
    /// As `broadcast`, except that it needs no other node.
    pub fn local_broadcast(
        &self,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.publish_here(topic, event, payload.into_payload()?, Except::Nobody)
    }

    /// Like [`broadcast_from`](PubSub::broadcast_from), but on this node only.
    ///
    /// # Errors
    /// As `broadcast_from`, except that it needs no other node.
    pub fn local_broadcast_from(
        &self,
        from: SubscriberId,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        let except = Except::Subscriber(from);
        self.publish_here(topic, event, payload.into_payload()?, except)
    }

    /// Broadcasts to the subscribers of a topic on one node, by its [name](NodeInfo::name). It may
    /// be this one. A node that is not there gets nothing.
    ///
    /// # Errors
    /// As `broadcast`, but [`BroadcastError::NodeUnreachable`] in place of `Unreachable`, also if
    /// this node is alone. Nobody got it then.
    pub fn direct_broadcast(
        &self,
        node: &str,
        topic: &str,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        let payload = payload.into_payload()?;
        let other = self
            .0
            .remote()
            .filter(|remote| *remote.options.node != *node);
        match other {
            None if self.node() != Some(node) => Err(BroadcastError::NodeUnreachable),
            None => self.publish_here(topic, event, payload, Except::Nobody),
            Some(remote) => {
                let broadcast = Broadcast::new(topic, event, payload);
                remote.direct(node, remote.check(broadcast, Some(node))?)
            }
        }
    }

    /// The name of this node. `None` if it is alone.
    pub fn node(&self) -> Option<&str> {
        self.0.remote().map(|remote| &*remote.options.node)
    }

    /// The other nodes of the cluster, by name. Nodes that were not heard for 30 seconds are left
    /// out.
    pub fn nodes(&self) -> Vec<NodeInfo> {
        self.0
            .remote()
            .map_or_else(Vec::new, |remote| remote.peers.list())
    }

    /// The nodes that come and go.
    pub fn node_events(&self) -> NodeEvents {
        self.0.remote().map_or_else(NodeEvents::none, |remote| {
            remote.peers.events(remote.stop.clone())
        })
    }

    /// What went wrong between this node and the others since the start.
    pub fn node_stats(&self) -> NodeStats {
        self.0
            .remote()
            .map_or_else(NodeStats::default, |remote| remote.counts.stats())
    }

    /// Broadcasts to all but the client that the broadcast comes from. The bytes for that client
    /// are returned: it writes them itself, in the order of its own messages. Empty bytes mean that
    /// there is nothing to write. The error says that this node only has got it.
    pub(crate) fn broadcast_beside(
        &self,
        from: &dyn Recipient,
        form: &Form,
        broadcast: Broadcast,
    ) -> (Bytes, Result<(), BroadcastError>) {
        let publication = self.0.publication(broadcast, Except::ForwardTo(from.id()));
        let bytes = publication.render(form.key(), form, from);
        match self.0.publish(publication) {
            told @ (Ok(()) | Err(BroadcastError::Unreachable)) => (bytes, told),
            refused => (Bytes::new(), refused),
        }
    }

    /// Whether joins wait until the broker has confirmed the topic.
    #[cfg(feature = "channels")]
    pub(crate) fn confirms(&self) -> bool {
        self.0.remote().is_some_and(|remote| remote.options.confirm)
    }

    /// Waits until the broker has confirmed that this node subscribes a topic: what other nodes
    /// publish from then on arrives. It stays subscribed for 5 seconds, or for as long as it has
    /// subscribers here. It completes at once for a node that is alone.
    ///
    /// # Errors
    /// If the broker has not confirmed it in `confirm_timeout`.
    pub async fn confirmed(&self, topic: &str) -> Result<(), Unconfirmed> {
        match self.0.remote() {
            Some(remote) => remote.confirmed(topic).await,
            None => Ok(()),
        }
    }

    /// The maximum size in bytes of a payload for other nodes.
    pub(crate) fn max_payload(&self) -> usize {
        self.0
            .remote()
            .map_or(usize::MAX, |remote| remote.max_payload())
    }

    /// Whether a node is known to be down. False for a node that has just come to the cluster and
    /// does not know the others.
    pub(crate) fn is_down(&self, node: &str) -> bool {
        self.0
            .remote()
            .is_some_and(|remote| *remote.options.node != *node && remote.peers.is_down(node))
    }

    /// Accepts nothing more, delivers the rest, and waits until no task is left.
    pub(crate) async fn close(&self) {
        self.0.close().await;
    }

    /// Starts a task that `close` waits for. The task has to end soon after `stopped`.
    pub(crate) fn spawn(&self, runtime: &Handle, task: impl Future<Output = ()> + Send + 'static) {
        self.0.spawn(runtime, task);
    }

    /// Cancelled when nothing is accepted any more.
    pub(crate) fn stopping(&self) -> &CancellationToken {
        self.0.stopping()
    }

    /// The way to other nodes, if this one is not alone.
    pub(crate) fn remote(&self) -> Option<&Arc<Remote>> {
        self.0.remote()
    }

    /// Topics with subscribers, once for each shard, and bytes that wait for delivery.
    #[cfg(feature = "metrics")]
    pub(crate) fn figures(&self) -> (usize, usize) {
        self.0.figures()
    }

    /// The number of tasks that deliver.
    pub(crate) fn tasks(&self) -> usize {
        self.0.tasks()
    }

    fn publish_new(
        &self,
        topic: &str,
        event: &str,
        payload: Payload,
        except: Except,
    ) -> Result<(), BroadcastError> {
        let broadcast = Broadcast::new(topic, event, payload);
        self.0.publish(self.0.publication(broadcast, except))
    }

    fn publish_here(
        &self,
        topic: &str,
        event: &str,
        payload: Payload,
        except: Except,
    ) -> Result<(), BroadcastError> {
        let broadcast = Broadcast::new(topic, event, payload);
        self.0.publish_here(self.0.publication(broadcast, except))
    }
}

impl Default for PubSub {
    fn default() -> Self {
        PubSub::new()
    }
}

impl fmt::Debug for PubSub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PubSub")
            .field("shards", &self.0.count())
            .finish()
    }
}
