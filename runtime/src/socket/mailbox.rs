//! How other tasks reach a socket.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
};

use crate::{
    escape::shown,
    pubsub::{Broadcast, Membership, PubSub, Subscriber, SubscriberId},
};

/// Messages that may wait for one socket's `handle_info`.
const CAPACITY: usize = 1024;

/// The address of one socket: what is sent here arrives in its `handle_info`.
///
/// Cloning it is cheap, and it does not keep the connection alive. At most 1,024 messages wait; past that `send`
/// fails, so that a slow socket cannot grow without bound.
///
/// ```
/// # use landfall::{Connect, Flow, Mailbox, Message, Outbox, Refused, Socket};
/// struct Clock;
///
/// impl Socket for Clock {
///     type Info = &'static str;
///     type State = ();
///
///     async fn connect(connect: Connect<&'static str>) -> Result<Self, Refused> {
///         let mailbox = connect.mailbox().clone();
///         tokio::spawn(async move { mailbox.send("tick") });
///         Ok(Clock)
///     }
///     async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
///         Flow::Continue
///     }
///     async fn handle_info(&mut self, info: &'static str, out: &mut Outbox) -> Flow {
///         out.push(info);
///         Flow::Continue
///     }
/// }
/// ```
pub struct Mailbox<I>(Weak<Inbox<I>>);

/// Why a message did not reach a socket; the message comes back.
#[derive(PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError<I> {
    /// The connection has ended.
    Closed(I),
    /// The socket has 1,024 messages to handle already.
    Full(I),
}

impl<I> fmt::Display for SendError<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SendError::Closed(_) => "the connection has ended",
            SendError::Full(_) => "the socket's mailbox is full",
        })
    }
}

/// Without the message, which need not have a form for people.
impl<I> fmt::Debug for SendError<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            SendError::Closed(_) => "Closed(..)",
            SendError::Full(_) => "Full(..)",
        })
    }
}

impl<I> std::error::Error for SendError<I> {}

impl<I: Send + 'static> Mailbox<I> {
    /// Sends to the socket's `handle_info`. Messages of one sender arrive in order.
    ///
    /// # Errors
    /// When the connection has ended, or its mailbox is full.
    pub fn send(&self, info: I) -> Result<(), SendError<I>> {
        match self.0.upgrade() {
            Some(inbox) => inbox.put(info, CAPACITY),
            None => Err(SendError::Closed(info)),
        }
    }

    /// Like [`send`](Mailbox::send), whatever waits already: for what is bounded by other means.
    pub(crate) fn send_beyond(&self, info: I) -> Result<(), SendError<I>> {
        match self.0.upgrade() {
            Some(inbox) => inbox.put(info, usize::MAX),
            None => Err(SendError::Closed(info)),
        }
    }

    /// Has the connection's task look again at what it waits for.
    pub(crate) fn wake(&self) {
        if let Some(inbox) = self.0.upgrade() {
            inbox.wake();
        }
    }

    /// True once the connection has ended.
    pub fn is_closed(&self) -> bool {
        self.0.upgrade().is_none_or(|inbox| inbox.lock().closed)
    }

    /// Delivers the topic's broadcasts into `handle_info`, until the connection ends or
    /// [`unsubscribe`](Mailbox::unsubscribe).
    ///
    /// Prefer [`Outbox::subscribe`](crate::Outbox::subscribe) for what goes to the client unchanged: it does not wake
    /// the socket. Subscribing twice delivers twice.
    pub fn subscribe(&self, pubsub: &PubSub, topic: &str)
    where
        I: From<Broadcast>,
    {
        if let Some(inbox) = self.0.upgrade() {
            let subscriber: Arc<dyn Subscriber> = Arc::new(Delivery {
                inbox: self.0.clone(),
                id: inbox.id,
            });
            let membership = pubsub.deliver(topic, subscriber);
            inbox.keep(Joined {
                pubsub: pubsub.clone(),
                membership,
            });
        }
    }

    /// Ends every subscription of this mailbox to the topic.
    pub fn unsubscribe(&self, pubsub: &PubSub, topic: &str) {
        if let Some(inbox) = self.0.upgrade() {
            let is_meant = |joined: &mut Joined| {
                joined.pubsub.is(pubsub) && joined.membership.topic() == topic
            };
            let gone: Vec<_> = inbox
                .lock()
                .subscriptions
                .extract_if(.., is_meant)
                .collect();
            gone.into_iter().for_each(Joined::leave);
        }
    }
}

impl<I> Clone for Mailbox<I> {
    fn clone(&self) -> Self {
        Mailbox(self.0.clone())
    }
}

impl<I> fmt::Debug for Mailbox<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox")
            .field("open", &(self.0.strong_count() > 0))
            .finish()
    }
}

/// Wakes the task that owns an inbox.
pub(crate) trait InboxWaker: Send + Sync {
    fn wake(&self);
}

/// The receiving end: owned by the connection.
pub(crate) struct Inbox<I> {
    id: SubscriberId,
    state: Mutex<State<I>>,
    /// Set when the connection's task exists; what is sent before waits.
    waker: OnceLock<Weak<dyn InboxWaker>>,
}

struct State<I> {
    queue: VecDeque<I>,
    subscriptions: Vec<Joined>,
    closed: bool,
}

/// A subscription, in the topics of any endpoint.
struct Joined {
    pubsub: PubSub,
    membership: Membership,
}

impl Joined {
    fn leave(self) {
        self.pubsub.leave(self.membership);
    }
}

impl<I> Inbox<I> {
    pub(crate) fn new(id: SubscriberId) -> Arc<Self> {
        let state = State {
            queue: VecDeque::new(),
            subscriptions: Vec::new(),
            closed: false,
        };
        Arc::new(Inbox {
            id,
            state: Mutex::new(state),
            waker: OnceLock::new(),
        })
    }

    pub(crate) fn mailbox(self: &Arc<Self>) -> Mailbox<I> {
        Mailbox(Arc::downgrade(self))
    }

    pub(crate) fn set_waker(&self, waker: Weak<dyn InboxWaker>) {
        let _ = self.waker.set(waker);
    }

    fn put(&self, info: I, capacity: usize) -> Result<(), SendError<I>> {
        {
            let mut state = self.lock();
            if state.closed {
                return Err(SendError::Closed(info));
            }
            if state.queue.len() >= capacity {
                return Err(SendError::Full(info));
            }
            state.queue.push_back(info);
        }
        self.wake();
        Ok(())
    }

    fn wake(&self) {
        if let Some(waker) = self.waker.get().and_then(Weak::upgrade) {
            waker.wake();
        }
    }

    /// Takes everything that waits, and the memory it waited in.
    pub(crate) fn take(&self) -> VecDeque<I> {
        std::mem::take(&mut self.lock().queue)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lock().queue.is_empty()
    }

    /// Refuses further messages and ends all subscriptions. Returns what waited: it is to be dropped when the socket has been
    /// told its end, and where a panic does no harm.
    pub(crate) fn close(&self) -> VecDeque<I> {
        let (subscriptions, waiting) = {
            let mut state = self.lock();
            state.closed = true;
            (
                std::mem::take(&mut state.subscriptions),
                std::mem::take(&mut state.queue),
            )
        };
        subscriptions.into_iter().for_each(Joined::leave);
        // Dropped without the lock: dropping what an application sent is the application's code.
        waiting
    }

    fn keep(&self, joined: Joined) {
        let mut state = self.lock();
        if state.closed {
            drop(state);
            joined.leave();
        } else {
            state.subscriptions.push(joined);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State<I>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client that `connect` refused has had a mailbox too.
impl<I> Drop for Inbox<I> {
    fn drop(&mut self) {
        drop(self.close());
    }
}

/// A subscription that ends in a mailbox.
struct Delivery<I> {
    inbox: Weak<Inbox<I>>,
    id: SubscriberId,
}

impl<I: From<Broadcast> + Send + 'static> Subscriber for Delivery<I> {
    fn id(&self) -> SubscriberId {
        self.id
    }

    fn deliver(&self, broadcast: &Broadcast) {
        if let Some(inbox) = self.inbox.upgrade()
            && let Err(SendError::Full(_)) = inbox.put(I::from(broadcast.clone()), CAPACITY)
        {
            tracing::warn!(
                topic = %shown(broadcast.topic()),
                "a broadcast was lost: the socket's mailbox is full"
            );
        }
    }
}
