//! What an adapter tells its node.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};

/// The maximum number of things that wait to be read.
const QUEUE: usize = 1024;
/// The bytes of messages are counted in units of this size.
const UNIT: usize = 1024;

/// By this an adapter tells its node what arrives. Cloning it is cheap.
///
/// Its queue is bounded, in pieces and bytes: an adapter that reads faster than the node delivers
/// waits here. Nothing waits once the node has stopped; see [`closed`](Arrivals::closed).
#[derive(Clone)]
pub struct Arrivals {
    queue: mpsc::Sender<Arrival>,
    bytes: Arc<Semaphore>,
    units: u32,
    most: Most,
}

/// The size in bytes of the largest message that the broker carries.
#[derive(Clone, Debug)]
pub(crate) struct Most(Arc<AtomicUsize>);

impl Most {
    pub(crate) fn bytes(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }
}

/// What an adapter has told.
#[derive(Debug)]
pub(crate) enum Arrival {
    /// A message, and its share of the bytes that may wait.
    Message(Bytes, OwnedSemaphorePermit),
    Subscribed(Vec<Arc<str>>),
    Unsubscribed(Vec<Arc<str>>),
    Forbidden(Vec<Arc<str>>),
    Connected,
    Disconnected(String),
    Lost(Option<Arc<str>>),
    Unsent(Option<Vec<Arc<str>>>),
    Refused(String),
}

impl Arrivals {
    /// A queue for so many bytes, and its receiver.
    pub(crate) fn new(bytes: usize) -> (Self, mpsc::Receiver<Arrival>) {
        let (queue, receiver) = mpsc::channel(QUEUE);
        let units = u32::try_from((bytes / UNIT).max(1)).unwrap_or(u32::MAX);
        let arrivals = Arrivals {
            queue,
            bytes: Arc::new(Semaphore::new(units as usize)),
            units,
            most: Most(Arc::new(AtomicUsize::new(usize::MAX))),
        };
        (arrivals, receiver)
    }

    /// A message has arrived: on a topic, on the node's own channel, or for all nodes.
    pub async fn message(&self, message: Bytes) {
        // A message that is larger than the queue waits until it is empty.
        let units = u32::try_from(message.len() / UNIT + 1).unwrap_or(u32::MAX);
        let permit = self.bytes.clone().acquire_many_owned(units.min(self.units));
        if let Ok(permit) = permit.await {
            self.tell(Arrival::Message(message, permit)).await;
        }
    }

    /// The broker has confirmed the subscription of these topics.
    pub async fn subscribed(&self, topics: &[Arc<str>]) {
        self.tell(Arrival::Subscribed(topics.to_vec())).await;
    }

    /// The broker has ended the subscription of these topics, though it is there. The node asks for
    /// them again, and tells their subscribers that they may have missed something.
    pub async fn unsubscribed(&self, topics: &[Arc<str>]) {
        self.tell(Arrival::Unsubscribed(topics.to_vec())).await;
    }

    /// The broker does not let this node subscribe these topics. Who waits for the confirmation of
    /// one is told at once that there is none. They are asked for again with the next connection.
    pub async fn forbidden(&self, topics: &[Arc<str>]) {
        self.tell(Arrival::Forbidden(topics.to_vec())).await;
    }

    /// The broker is back, and [`Channel::All`](super::Channel::All) and the node's own channel are
    /// subscribed. Not told after the first connection.
    pub async fn connected(&self) {
        self.tell(Arrival::Connected).await;
    }

    /// The broker is gone, and with it every subscription. The text says why, for the log.
    pub async fn disconnected(&self, why: impl fmt::Display) {
        self.tell(Arrival::Disconnected(why.to_string())).await;
    }

    /// Messages may have been lost though the connection stands: on one topic, or on any.
    pub async fn lost(&self, topic: Option<Arc<str>>) {
        self.tell(Arrival::Lost(topic)).await;
    }

    /// Messages that this node has published may be lost, though
    /// [`publish`](super::Adapter::publish) said that they were written: on these topics, or on
    /// any. Their subscribers on other nodes are told.
    pub async fn unsent(&self, topics: Option<&[Arc<str>]>) {
        self.tell(Arrival::Unsent(topics.map(<[_]>::to_vec))).await;
    }

    /// The broker has refused something that it was asked for, and the connection stands. The text
    /// says what, for the log.
    pub async fn refused(&self, what: impl fmt::Display) {
        self.tell(Arrival::Refused(what.to_string())).await;
    }

    /// The broker carries messages of at most so many bytes: larger broadcasts are an error at the
    /// call. It may be told again, such as after a reconnect. Default: what `max_message` allows.
    pub fn carries(&self, bytes: usize) {
        self.most.0.store(bytes, Ordering::Relaxed);
    }

    /// What the broker carries.
    pub(crate) fn most(&self) -> Most {
        self.most.clone()
    }

    /// Completes when the node has stopped. Tasks of an adapter end then.
    pub async fn closed(&self) {
        self.queue.closed().await;
    }

    async fn tell(&self, arrival: Arrival) {
        // Nobody listens once the node has stopped.
        let _ = self.queue.send(arrival).await;
    }
}

impl fmt::Debug for Arrivals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Arrivals")
            .field("open", &!self.queue.is_closed())
            .finish()
    }
}
