//! A topic as a stream, for any task.

use std::{
    collections::VecDeque,
    fmt,
    future::poll_fn,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
};

use futures_core::Stream;

use super::{
    Broadcast,
    error::Unconfirmed,
    shards::Shards,
    subscriber::{Subscriber, SubscriberId},
    topic::{Entry, Membership},
};

/// The maximum number of broadcasts that wait for one subscription.
const CAPACITY: usize = 1024;

/// A subscription to a topic. Dropping it ends the subscription. See
/// [`PubSub::subscribe`](super::PubSub::subscribe).
///
/// It is a [`Stream`], too: one that says [`RecvError::Lagged`] when broadcasts were lost, and that
/// ends when the endpoint has stopped.
pub struct Subscription {
    queue: Arc<Queue>,
    shards: Arc<Shards>,
    membership: Option<Membership>,
    /// Completes when nothing is delivered any more; `None` once it has.
    open: Option<Closing>,
}

type Closing = Pin<Box<dyn Future<Output = ()> + Send + Sync>>;

/// Why no broadcast was received.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RecvError {
    /// The receiver was too slow: this many broadcasts are lost. The next ones follow.
    Lagged(u64),
    /// Broadcasts of other nodes may be lost: the broker was away, or a node could not reach it.
    /// Whoever keeps a state by broadcasts reads it anew. The next ones follow.
    Gap,
    /// The endpoint has stopped.
    Closed,
}

impl fmt::Display for RecvError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RecvError::Lagged(lost) => {
                write!(f, "{lost} broadcasts were lost: the receiver was too slow")
            }
            RecvError::Gap => f.write_str("broadcasts of other nodes may be lost"),
            RecvError::Closed => f.write_str("the endpoint has stopped"),
        }
    }
}

impl std::error::Error for RecvError {}

impl Subscription {
    pub(super) fn new(shards: Arc<Shards>, topic: &str) -> Self {
        Subscription::by(shards, |shards, entry| shards.join(topic, entry))
    }

    /// As [`join_here`](Shards::join_here).
    pub(super) fn here(shards: Arc<Shards>, topic: &str) -> Self {
        Subscription::by(shards, |shards, entry| shards.join_here(topic, entry))
    }

    fn by(shards: Arc<Shards>, join: impl FnOnce(&Shards, Entry) -> Membership) -> Self {
        let queue = Arc::new(Queue {
            id: SubscriberId::new(),
            most_bytes: shards.most_bytes(),
            state: Mutex::default(),
        });
        let membership = Some(join(&shards, Entry::deliver(queue.clone())));
        let delivering = shards.clone();
        let open: Closing = Box::pin(async move { delivering.delivered().await });
        Subscription {
            queue,
            shards,
            membership,
            open: Some(open),
        }
    }

    /// The id for `broadcast_from`, to exclude this subscription from a broadcast.
    pub fn id(&self) -> SubscriberId {
        self.queue.id
    }

    /// Waits until the broker of the endpoint's `pubsub(..)` has confirmed the subscription: what
    /// other nodes publish from then on arrives. It completes at once where no broker is.
    ///
    /// # Errors
    /// If the broker has not confirmed it in `confirm_timeout`. The subscription stays, and is
    /// confirmed when the broker is back.
    pub async fn confirmed(&self) -> Result<(), Unconfirmed> {
        match (self.shards.remote(), &self.membership) {
            (Some(remote), Some(membership)) => remote.confirmed(membership.topic()).await,
            _ => Ok(()),
        }
    }

    /// The next broadcast.
    ///
    /// # Errors
    /// [`RecvError::Lagged`] when broadcasts were lost before the next one, [`RecvError::Gap`] when
    /// those of other nodes may be, [`RecvError::Closed`] when the endpoint has stopped and
    /// everything was received.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn recv(&mut self) -> Result<Broadcast, RecvError> {
        poll_fn(|cx| self.poll_recv(cx)).await
    }

    /// As [`recv`](Subscription::recv), for futures written by hand.
    ///
    /// # Errors
    /// As `recv`.
    pub fn poll_recv(&mut self, cx: &mut Context<'_>) -> Poll<Result<Broadcast, RecvError>> {
        {
            let mut state = self.queue.state();
            if let Some(received) = state.receive() {
                return Poll::Ready(received);
            }
            state.waker = Some(cx.waker().clone());
        }
        if let Some(open) = &mut self.open {
            if open.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
            self.open = None;
        }
        Poll::Ready(self.try_recv().unwrap_or(Err(RecvError::Closed)))
    }

    /// The next broadcast, if one waits.
    ///
    /// # Errors
    /// As [`recv`](Subscription::recv).
    pub fn try_recv(&mut self) -> Option<Result<Broadcast, RecvError>> {
        self.queue.state().receive()
    }
}

impl Stream for Subscription {
    type Item = Result<Broadcast, RecvError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_recv(cx).map(|received| match received {
            Err(RecvError::Closed) => None,
            received => Some(received),
        })
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        if let Some(membership) = self.membership.take() {
            self.shards.leave(membership);
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
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Broadcast>,
    bytes: usize,
    lost: u64,
    /// Broadcasts of other nodes may be lost.
    gap: bool,
    /// Of the task that receives.
    waker: Option<Waker>,
}

impl State {
    fn receive(&mut self) -> Option<Result<Broadcast, RecvError>> {
        match std::mem::take(&mut self.lost) {
            0 => {}
            lost => return Some(Err(RecvError::Lagged(lost))),
        }
        if std::mem::take(&mut self.gap) {
            return Some(Err(RecvError::Gap));
        }
        self.pop().map(Ok)
    }

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
        let mut state = self.state();
        state.bytes += broadcast.bytes();
        while state.waiting.len() == CAPACITY || state.bytes > self.most_bytes {
            if state.pop().is_none() {
                break;
            }
            state.lost += 1;
        }
        state.waiting.push_back(broadcast.clone());
        wake(state);
    }

    fn gap(&self, _topic: &str) {
        let mut state = self.state();
        state.gap = true;
        wake(state);
    }
}

fn wake(mut state: MutexGuard<'_, State>) {
    let waker = state.waker.take();
    drop(state);
    if let Some(waker) = waker {
        waker.wake();
    }
}
