//! A topic as a stream, for any task.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::Notify;

use super::{Broadcast, Membership, PubSub, Subscriber, SubscriberId};

/// The maximum number of broadcasts that wait for one subscription.
const CAPACITY: usize = 1024;

/// A subscription to a topic. Dropping it ends the subscription. See [`PubSub::subscribe`].
pub struct Subscription {
    queue: Arc<Queue>,
    pubsub: PubSub,
    membership: Option<Membership>,
}

/// Why no broadcast was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecvError {
    /// The receiver was too slow: this many broadcasts are lost. The next ones follow.
    Lagged(u64),
    /// The endpoint has stopped.
    Closed,
}

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecvError::Lagged(lost) => {
                write!(f, "{lost} broadcasts were lost: the receiver was too slow")
            }
            RecvError::Closed => f.write_str("the endpoint has stopped"),
        }
    }
}

impl std::error::Error for RecvError {}

impl Subscription {
    pub(super) fn new(pubsub: PubSub, topic: &str) -> Self {
        let queue = Arc::new(Queue {
            id: SubscriberId::new(),
            most_bytes: pubsub.0.budget.limit(),
            state: Mutex::default(),
            arrived: Notify::new(),
        });
        let membership = Some(pubsub.deliver(topic, queue.clone()));
        Subscription {
            queue,
            pubsub,
            membership,
        }
    }

    /// The id for `broadcast_from`, to exclude this subscription from a broadcast.
    pub fn id(&self) -> SubscriberId {
        self.queue.id
    }

    /// The next broadcast.
    ///
    /// # Errors
    /// [`RecvError::Lagged`] when broadcasts were lost before the next one, [`RecvError::Closed`] when the endpoint has
    /// stopped and everything was received.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn recv(&mut self) -> Result<Broadcast, RecvError> {
        loop {
            if let Some(received) = self.try_recv() {
                return received;
            }
            tokio::select! {
                () = self.queue.arrived.notified() => {}
                () = self.pubsub.0.tasks.wait() => {
                    return self.try_recv().unwrap_or(Err(RecvError::Closed));
                }
            }
        }
    }

    /// The next broadcast, if one waits.
    ///
    /// # Errors
    /// As [`recv`](Subscription::recv).
    pub fn try_recv(&mut self) -> Option<Result<Broadcast, RecvError>> {
        let mut state = self
            .queue
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        match std::mem::take(&mut state.lost) {
            0 => state.pop().map(Ok),
            lost => Some(Err(RecvError::Lagged(lost))),
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(membership) = self.membership.take() {
            self.pubsub.leave(membership);
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let topic = self.membership.as_ref().map(Membership::topic);
        f.debug_struct("Subscription")
            .field("topic", &topic)
            .finish()
    }
}

struct Queue {
    id: SubscriberId,
    most_bytes: usize,
    state: Mutex<State>,
    arrived: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Broadcast>,
    bytes: usize,
    lost: u64,
}

impl State {
    fn pop(&mut self) -> Option<Broadcast> {
        let oldest = self.waiting.pop_front()?;
        self.bytes -= oldest.bytes();
        Some(oldest)
    }
}

impl Subscriber for Queue {
    fn id(&self) -> SubscriberId {
        self.id
    }

    fn deliver(&self, broadcast: &Broadcast) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.bytes += broadcast.bytes();
        while state.waiting.len() == CAPACITY || state.bytes > self.most_bytes {
            if state.pop().is_none() {
                break;
            }
            state.lost += 1;
        }
        state.waiting.push_back(broadcast.clone());
        drop(state);
        self.arrived.notify_one();
    }
}
