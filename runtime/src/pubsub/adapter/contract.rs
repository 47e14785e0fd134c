//! What an adapter implements.

use std::{pin::Pin, sync::Arc};

use bytes::Bytes;

use super::{Arrivals, Channel, ConnectError, NodeOptions, Unwritten};

/// A future of an adapter.
pub type Async<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A message for other nodes.
#[derive(Clone, Debug)]
pub struct Outgoing {
    /// Where it goes.
    pub channel: Channel,
    /// The message. What it means is no concern of an adapter's.
    pub message: Bytes,
}

/// Speaks to a broker for one node. See the [module](super) for what it is part of.
///
/// An adapter is connected once, and then serves its node until the node stops.
///
/// - What it is told to [`publish`](Adapter::publish) it writes in order, over one connection for
///   each channel at least: messages from one node on one channel arrive in order, and never twice.
/// - It tells its node what arrives by [`Arrivals`], in the order in which it happens.
/// - When the broker goes away it says [`Arrivals::disconnected`], and connects again by itself:
///   within 2 seconds of the broker's return, with pauses that grow and differ from node to node.
///   Then it says [`Arrivals::connected`]. It need not remember subscriptions: the node makes them
///   again.
/// - Where the broker ends subscriptions of some topics alone, it says [`Arrivals::unsubscribed`].
/// - The node's own messages may come back; the node knows them.
///
/// ```
/// use std::sync::{Arc, OnceLock};
/// use landfall::pubsub::{
///     PubSub,
///     adapter::{Adapter, Arrivals, Async, Channel, ConnectError, NodeOptions, Outgoing, Unwritten},
/// };
///
/// /// A broker that knows one node only, and brings its own messages back to it.
/// #[derive(Default)]
/// struct Mirror(OnceLock<Arrivals>);
///
/// impl Adapter for Mirror {
///     fn name(&self) -> &str {
///         "mirror"
///     }
///
///     fn connect<'a>(&'a self, _: &'a NodeOptions, arrivals: Arrivals) -> Async<'a, Result<(), ConnectError>> {
///         let _ = self.0.set(arrivals);
///         Box::pin(async { Ok(()) })
///     }
///
///     fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> Async<'a, Result<(), Unwritten>> {
///         Box::pin(async move {
///             for outgoing in batch {
///                 if let Some(arrivals) = self.0.get() {
///                     arrivals.message(outgoing.message.clone()).await;
///                 }
///             }
///             Ok(())
///         })
///     }
///
///     fn subscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()> {
///         Box::pin(async move {
///             if let Some(arrivals) = self.0.get() {
///                 arrivals.subscribed(topics).await;
///             }
///         })
///     }
///
///     fn unsubscribe<'a>(&'a self, _: &'a [Arc<str>]) -> Async<'a, ()> {
///         Box::pin(async {})
///     }
///
///     fn close(&self) -> Async<'_, ()> {
///         Box::pin(async {})
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let pubsub = PubSub::connect(Mirror::default(), NodeOptions::new("chat")).await.unwrap();
/// let mut harbour = pubsub.subscribe("harbour");
/// harbour.confirmed().await.unwrap();
/// pubsub.broadcast("harbour", "arrived", "Cutty Sark").unwrap();
/// harbour.recv().await.unwrap();
/// # tokio::time::sleep(std::time::Duration::from_millis(20)).await;
/// assert!(harbour.try_recv().is_none(), "a node's own message is not delivered twice");
/// # }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an adapter",
    label = "expected a type that implements `Adapter`",
    note = "`InProcess::new()` is an adapter, and so is an `Arc` of one; brokers are named by `redis(..)` or `nats(..)`"
)]
pub trait Adapter: Send + Sync + 'static {
    /// The name of the broker, for logs: `"redis"`.
    fn name(&self) -> &str;

    /// Connects the node, and subscribes [`Channel::All`] and the node's own channel, whose name is
    /// [`NodeOptions::node`]. It completes when the broker has confirmed both. Called again if it
    /// failed, unless the error is [`ConnectError::Refused`].
    ///
    /// # Errors
    /// If the broker refuses the node, or cannot be reached. The caller limits the time.
    fn connect<'a>(
        &'a self,
        node: &'a NodeOptions,
        arrivals: Arrivals,
    ) -> Async<'a, Result<(), ConnectError>>;

    /// Writes messages, in order. Called while no other call of it is running. It completes when
    /// the next messages may be given to it, and need not wait for the broker's answer.
    ///
    /// # Errors
    /// If some of them may not have reached the broker. They are not sent again: the node tells the
    /// subscribers that they may have missed something.
    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> Async<'a, Result<(), Unwritten>>;

    /// Subscribes topics, thousands at once. The adapter tells [`Arrivals::subscribed`] for each of
    /// them, once the broker has confirmed it: what is published from then on arrives. Never called
    /// for a topic that stands already.
    fn subscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()>;

    /// Ends subscriptions. Calls of `subscribe` and `unsubscribe` follow each other, and take
    /// effect in their order.
    fn unsubscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()>;

    /// Writes what it was given, and leaves the broker. Nothing is called after that.
    fn close(&self) -> Async<'_, ()>;
}

impl<A: Adapter + ?Sized> Adapter for Arc<A> {
    fn name(&self) -> &str {
        (**self).name()
    }

    fn connect<'a>(
        &'a self,
        node: &'a NodeOptions,
        arrivals: Arrivals,
    ) -> Async<'a, Result<(), ConnectError>> {
        (**self).connect(node, arrivals)
    }

    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> Async<'a, Result<(), Unwritten>> {
        (**self).publish(batch)
    }

    fn subscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()> {
        (**self).subscribe(topics)
    }

    fn unsubscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()> {
        (**self).unsubscribe(topics)
    }

    fn close(&self) -> Async<'_, ()> {
        (**self).close()
    }
}
