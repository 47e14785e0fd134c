//! How other tasks reach a socket.

use std::{
    collections::VecDeque,
    fmt,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{
            AtomicBool,
            Ordering::{Acquire, Relaxed, Release},
        },
    },
    time::Duration,
};

use super::caller::{CallError, Caller};
use crate::{
    escape::shown,
    pubsub::{Broadcast, Membership, PubSub, Subscriber, SubscriberId},
    telemetry::meters::MailboxMeter,
};

/// How long a caller waits for an answer, unless it says another time.
pub(crate) const CALL: Duration = Duration::from_secs(5);
/// Most messages that wait for one socket's `handle_info`.
const CAPACITY: usize = 1024;

/// The address of one socket: what is sent here arrives in its `handle_info`.
///
/// Cloning it is cheap, and it does not keep the connection alive. At most 1,024 messages wait;
/// past that `send` fails, so that a slow socket cannot grow without bound.
///
/// ```
/// # use landfall::{Message, Socket, socket::{Connect, Flow, Mailbox, Outbox, Refused}};
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
pub struct Mailbox<I>(Weak<Queue<I>>);

/// Why a message did not reach a socket, or a channel; the message comes back.
#[derive(PartialEq, Eq)]
#[non_exhaustive]
pub enum MailboxError<I> {
    /// The connection has ended, or the client has left the channel.
    Closed(I),
    /// The mailbox is full: see [`Mailbox`] and [`channel::Mailbox`](crate::channel::Mailbox) for
    /// the limits.
    Full(I),
}

impl<I> fmt::Display for MailboxError<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MailboxError::Closed(_) => "the mailbox is closed",
            MailboxError::Full(_) => "the mailbox is full",
        })
    }
}

/// The message is left out: it need not implement `Debug`.
impl<I> fmt::Debug for MailboxError<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MailboxError::Closed(_) => "Closed(..)",
            MailboxError::Full(_) => "Full(..)",
        })
    }
}

impl<I> std::error::Error for MailboxError<I> {}

impl<I> From<MailboxError<I>> for CallError {
    fn from(error: MailboxError<I>) -> Self {
        match error {
            MailboxError::Closed(_) => CallError::Closed,
            MailboxError::Full(_) => CallError::Full,
        }
    }
}

impl<I> Mailbox<I> {
    /// A mailbox without a connection: it is closed.
    pub(crate) fn closed() -> Self {
        Mailbox(Weak::new())
    }
}

impl<I: Send + 'static> Mailbox<I> {
    /// Sends to the socket's `handle_info`. Messages of one sender arrive in order.
    ///
    /// # Errors
    /// When the connection has ended, or its mailbox is full.
    pub fn send(&self, info: I) -> Result<(), MailboxError<I>> {
        match self.0.upgrade() {
            Some(inbox) => inbox.put(info, CAPACITY),
            None => Err(MailboxError::Closed(info)),
        }
    }

    /// Sends a question, and waits for its answer for at most 5 s (`handle_call` of Phoenix's
    /// channels, which arrives in `handle_info` here). `ask` puts the [`Caller`] into the message.
    ///
    /// A callback that calls its own socket waits in vain.
    ///
    /// # Errors
    /// When it could not be asked, ended without an answer, or takes too long.
    pub async fn call<T: Send + 'static>(
        &self,
        ask: impl FnOnce(Caller<T>) -> I,
    ) -> Result<T, CallError> {
        self.call_within(CALL, ask).await
    }

    /// Like [`call`](Mailbox::call), for at most this time.
    ///
    /// # Errors
    /// As `call`.
    pub async fn call_within<T: Send + 'static>(
        &self,
        time: Duration,
        ask: impl FnOnce(Caller<T>) -> I,
    ) -> Result<T, CallError> {
        let (caller, answer) = Caller::new();
        self.send(ask(caller))?;
        answer.within(time).await
    }

    /// Sends `make(value)`. A value that does not fit comes back unchanged.
    pub(crate) fn send_as<T>(
        &self,
        value: T,
        make: impl FnOnce(T) -> I,
    ) -> Result<(), MailboxError<T>> {
        match self.0.upgrade() {
            Some(inbox) => inbox.put_as(value, make, CAPACITY),
            None => Err(MailboxError::Closed(value)),
        }
    }

    /// Like [`send`](Mailbox::send), but without its limit: for messages that are bounded by other
    /// means.
    pub(crate) fn send_beyond(&self, info: I) -> Result<(), MailboxError<I>> {
        match self.0.upgrade() {
            Some(inbox) => inbox.put(info, usize::MAX),
            None => Err(MailboxError::Closed(info)),
        }
    }

    /// True once the connection has ended.
    pub fn is_closed(&self) -> bool {
        self.0.upgrade().is_none_or(|inbox| {
            let _locked = inbox.lock();
            inbox.is_closed()
        })
    }

    /// Delivers the topic's broadcasts into `handle_info`, until the connection ends or
    /// [`stop_delivering`](Mailbox::stop_delivering).
    ///
    /// Prefer [`Outbox::forward`](crate::socket::Outbox::forward) for broadcasts that go to the
    /// client unchanged: it does not wake the socket. Called twice, this delivers twice.
    ///
    /// Where broadcasts of other nodes may be lost, one arrives that [is a gap](Broadcast::is_gap).
    pub fn deliver(&self, topic: &str)
    where
        I: From<Broadcast>,
    {
        if let Some(inbox) = self.0.upgrade() {
            let subscriber: Arc<dyn Subscriber> = Arc::new(Delivery {
                inbox: self.0.clone(),
                id: inbox.id,
            });
            inbox.keep(inbox.pubsub.deliver(topic, subscriber));
        }
    }

    /// Ends what [`deliver`](Mailbox::deliver) began.
    pub fn stop_delivering(&self, topic: &str) {
        if let Some(inbox) = self.0.upgrade() {
            let is_gone = |membership: &mut Membership| membership.topic() == topic;
            let gone: Vec<_> = match &mut inbox.lock().subscriptions {
                Some(all) => all.extract_if(.., is_gone).collect(),
                None => Vec::new(),
            };
            gone.into_iter()
                .for_each(|membership| inbox.pubsub.leave(membership));
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

/// The receiving end: owned by the connection. `None` for a socket without a mailbox, so that its
/// connections have no room for one.
pub(crate) struct Inbox<I>(Option<Arc<Queue<I>>>);

/// What waits for a socket. An idle connection has one too, so it is kept small.
struct Queue<I> {
    id: SubscriberId,
    pubsub: PubSub,
    meter: MailboxMeter,
    /// Messages wait. It is set under the lock, and read without.
    waiting: AtomicBool,
    /// Nothing is taken any more. It is set and read under the lock.
    closed: AtomicBool,
    state: Mutex<State<I>>,
}

struct State<I> {
    queue: Vec<I>,
    /// Boxed, since few sockets have any.
    #[expect(clippy::box_collection, reason = "most have room for a pointer only")]
    subscriptions: Option<Box<Vec<Membership>>>,
    /// Set when the connection's task exists. Messages that are sent before wait.
    waker: Option<Weak<dyn InboxWaker>>,
}

impl<I> Inbox<I> {
    /// The inbox of a socket that has no mailbox.
    pub(crate) const NONE: Self = Inbox(None);

    pub(crate) fn new(id: SubscriberId, pubsub: PubSub, meter: MailboxMeter) -> Self {
        let state = State {
            queue: Vec::new(),
            subscriptions: None,
            waker: None,
        };
        Inbox(Some(Arc::new(Queue {
            id,
            pubsub,
            meter,
            waiting: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            state: Mutex::new(state),
        })))
    }

    pub(crate) fn mailbox(&self) -> Mailbox<I> {
        Mailbox(self.0.as_ref().map_or_else(Weak::new, Arc::downgrade))
    }

    /// Has messages wake a connection's task. `waker` is asked for only if any can come.
    pub(crate) fn set_waker(&self, waker: impl FnOnce() -> Weak<dyn InboxWaker>) {
        if let Some(queue) = &self.0 {
            queue.lock().waker = Some(waker());
        }
    }

    /// Takes all messages, with their memory.
    pub(crate) fn take(&self) -> VecDeque<I> {
        self.0
            .as_ref()
            .map(|queue| queue.take())
            .unwrap_or_default()
    }

    /// Without the lock: who sends afterwards wakes the socket's task.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.as_ref().is_none_or(|queue| queue.is_empty())
    }

    /// Refuses further messages, and ends all subscriptions. Returns what waited. Drop it after
    /// `terminate`, where a panic is contained.
    pub(crate) fn close(&self) -> VecDeque<I> {
        self.0
            .as_ref()
            .map(|queue| queue.close())
            .unwrap_or_default()
    }
}

impl<I> Clone for Inbox<I> {
    fn clone(&self) -> Self {
        Inbox(self.0.clone())
    }
}

impl<I> Queue<I> {
    fn put(&self, info: I, capacity: usize) -> Result<(), MailboxError<I>> {
        self.put_as(info, |info| info, capacity)
    }

    fn put_as<T>(
        &self,
        value: T,
        make: impl FnOnce(T) -> I,
        capacity: usize,
    ) -> Result<(), MailboxError<T>> {
        let waker = {
            let mut state = self.lock();
            if self.is_closed() {
                return Err(MailboxError::Closed(value));
            }
            if state.queue.len() >= capacity {
                return Err(MailboxError::Full(value));
            }
            state.queue.push(make(value));
            self.waiting.store(true, Release);
            state.waker.as_ref().and_then(Weak::upgrade)
        };
        self.meter.came();
        if let Some(waker) = waker {
            waker.wake();
        }
        Ok(())
    }

    /// Called under the lock.
    fn is_closed(&self) -> bool {
        self.closed.load(Relaxed)
    }

    fn take(&self) -> VecDeque<I> {
        let taken = {
            let mut state = self.lock();
            self.waiting.store(false, Relaxed);
            std::mem::take(&mut state.queue)
        };
        self.meter.taken(taken.len());
        taken.into()
    }

    fn is_empty(&self) -> bool {
        !self.waiting.load(Acquire)
    }

    fn close(&self) -> VecDeque<I> {
        let (subscriptions, waiting) = {
            let mut state = self.lock();
            self.closed.store(true, Relaxed);
            self.waiting.store(false, Relaxed);
            (
                std::mem::take(&mut state.subscriptions),
                std::mem::take(&mut state.queue),
            )
        };
        subscriptions
            .into_iter()
            .flat_map(|all| *all)
            .for_each(|membership| self.pubsub.leave(membership));
        self.meter.taken(waiting.len());
        // Dropped outside the lock, because it runs the application's `Drop`.
        waiting.into()
    }

    fn keep(&self, membership: Membership) {
        let mut state = self.lock();
        if self.is_closed() {
            drop(state);
            self.pubsub.leave(membership);
        } else {
            // Most sockets that have any have one.
            let first = || Box::new(Vec::with_capacity(1));
            let subscriptions = state.subscriptions.get_or_insert_with(first);
            subscriptions.push(membership);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State<I>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client that `connect` refused had a mailbox too.
impl<I> Drop for Queue<I> {
    fn drop(&mut self) {
        drop(self.close());
    }
}

/// A subscription that delivers into a mailbox.
struct Delivery<I> {
    inbox: Weak<Queue<I>>,
    id: SubscriberId,
}

impl<I: From<Broadcast> + Send + 'static> Subscriber for Delivery<I> {
    fn id(&self) -> SubscriberId {
        self.id
    }

    fn gap(&self, topic: &str) {
        self.deliver(&Broadcast::gap(topic));
    }

    fn deliver(&self, broadcast: &Broadcast) {
        if let Some(inbox) = self.inbox.upgrade()
            && let Err(MailboxError::Full(_)) = inbox.put(I::from(broadcast.clone()), CAPACITY)
        {
            tracing::warn!(
                topic = %shown(broadcast.topic()),
                "a broadcast was lost: the socket's mailbox is full"
            );
        }
    }
}
