//! How other tasks reach a channel.

use std::{fmt, marker::PhantomData, sync::Arc, time::Duration};

use super::{Signal, conversation::Conversation};
use crate::{
    escape::shown,
    pubsub::{Broadcast, Subscriber, SubscriberId},
    socket::{self, CALL, CallError, Caller, MailboxError},
};

/// The address of one channel of one client: what is sent here arrives in its `handle_info`.
///
/// Cloning it is cheap. At most 256 messages wait for one channel, including the one that is being
/// handled, and at most 1,024 for all channels of a connection. Past that `send` fails.
pub struct Mailbox<I> {
    conversation: Arc<Conversation>,
    /// That of its socket.
    signals: socket::Mailbox<Signal>,
    info: PhantomData<fn(I)>,
}

impl<I: Send + 'static> Mailbox<I> {
    pub(super) fn new(conversation: Arc<Conversation>, signals: socket::Mailbox<Signal>) -> Self {
        Mailbox {
            conversation,
            signals,
            info: PhantomData,
        }
    }

    /// Sends to the channel's `handle_info`. Messages of one sender arrive in order.
    ///
    /// # Errors
    /// When the client has left, or the mailbox is full. The message comes back.
    pub fn send(&self, info: I) -> Result<(), MailboxError<I>> {
        self.send_holding(info, 0)
    }

    /// Sends a question, and waits for its answer for at most 5 s (`handle_call` of Phoenix's
    /// channels, which arrives in `handle_info` here). `ask` puts the [`Caller`] into the message.
    ///
    /// A callback that calls its own channel waits in vain.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// # #[cfg(feature = "testing")] {
    /// use landfall::{channel, prelude::*, socket::{CallError, Caller}, testing};
    /// use serde_json::json;
    /// use tokio::sync::mpsc;
    /// # struct UserSocket;
    /// # #[socket(channel("room:*", Room))]
    /// # impl UserSocket {
    /// #     fn connect() -> Self { UserSocket }
    /// # }
    /// # endpoint! { struct Chat; state = Rooms; socket("/socket", UserSocket); }
    ///
    /// /// Where rooms say how they are reached.
    /// #[derive(Clone)]
    /// struct Rooms(mpsc::Sender<channel::Mailbox<Asked>>);
    ///
    /// enum Asked {
    ///     Messages(Caller<usize>),
    /// }
    ///
    /// struct Room {
    ///     messages: usize,
    /// }
    ///
    /// #[channel(UserSocket)]
    /// impl Room {
    ///     async fn join(mailbox: channel::Mailbox<Asked>, #[state] rooms: Rooms) -> Self {
    ///         let _ = rooms.0.send(mailbox).await;
    ///         Room { messages: 0 }
    ///     }
    ///
    ///     #[handle_in("say")]
    ///     fn say(&mut self) -> Reply {
    ///         self.messages += 1;
    ///         Reply::ok(json!({}))
    ///     }
    ///
    ///     fn handle_info(&mut self, asked: Asked, _: &mut Outlet) {
    ///         match asked {
    ///             Asked::Messages(caller) => caller.reply(self.messages),
    ///         }
    ///     }
    /// }
    ///
    /// let (rooms, mut known) = mpsc::channel(1);
    /// let site = testing::start_with::<Chat>(Rooms(rooms)).await;
    /// let client = site.connect("/socket").await.unwrap();
    /// let mut room = client.join("room:1", json!({})).await.unwrap();
    /// room.push("say", json!({})).await;
    ///
    /// let mailbox = known.recv().await.unwrap();
    /// assert_eq!(mailbox.call(Asked::Messages).await, Ok(1));
    /// room.leave().await;
    /// assert_eq!(mailbox.call(Asked::Messages).await, Err(CallError::Closed));
    /// # } }
    /// ```
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

    /// `bytes` is the length of the broadcast that the message holds; 0 if it holds none.
    fn send_holding(&self, info: I, bytes: usize) -> Result<(), MailboxError<I>> {
        if self.conversation.has_left() {
            return Err(MailboxError::Closed(info));
        }
        let Some(place) = self.conversation.place(bytes) else {
            return Err(MailboxError::Full(info));
        };
        let signal = |info| Signal::info(place, Box::new(info));
        self.signals.send_as(info, signal)
    }

    /// True once the client has left.
    pub fn is_closed(&self) -> bool {
        self.conversation.has_left() || self.signals.is_closed()
    }

    /// Delivers another topic's broadcasts into `handle_info`, until the client leaves or
    /// [`stop_delivering`](Mailbox::stop_delivering). Called twice, it delivers twice.
    ///
    /// Where broadcasts of other nodes may be lost, one arrives that [is a gap](Broadcast::is_gap).
    pub fn deliver(&self, topic: &str)
    where
        I: From<Broadcast>,
    {
        let delivery = Arc::new(Delivery {
            mailbox: self.clone(),
        });
        self.conversation
            .keep(self.conversation.handle().pubsub().deliver(topic, delivery));
    }

    /// Ends what [`deliver`](Mailbox::deliver) began.
    pub fn stop_delivering(&self, topic: &str) {
        self.conversation.forget(topic);
    }
}

impl<I> Clone for Mailbox<I> {
    fn clone(&self) -> Self {
        Mailbox {
            conversation: self.conversation.clone(),
            signals: self.signals.clone(),
            info: PhantomData,
        }
    }
}

impl<I> fmt::Debug for Mailbox<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox")
            .field("topic", &self.conversation.topic())
            .finish()
    }
}

/// A subscription that delivers into a channel's mailbox.
struct Delivery<I> {
    mailbox: Mailbox<I>,
}

impl<I: From<Broadcast> + Send + 'static> Subscriber for Delivery<I> {
    fn id(&self) -> SubscriberId {
        self.mailbox.conversation.id()
    }

    fn gap(&self, topic: &str) {
        self.deliver(&Broadcast::gap(topic));
    }

    fn deliver(&self, broadcast: &Broadcast) {
        let bytes = broadcast.payload().len();
        if let Err(MailboxError::Full(_)) =
            self.mailbox.send_holding(I::from(broadcast.clone()), bytes)
        {
            let topic = shown(broadcast.topic());
            tracing::warn!(%topic, "a broadcast was lost: the channel's mailbox is full");
        }
    }
}

/// A subscription to a channel's own topic, for the events that it intercepts.
pub(super) struct Intercepts {
    pub(super) conversation: Arc<Conversation>,
    pub(super) signals: socket::Mailbox<Signal>,
}

impl Subscriber for Intercepts {
    fn id(&self) -> SubscriberId {
        self.conversation.id()
    }

    fn events(&self) -> Option<&'static [&'static str]> {
        Some(self.conversation.terms.intercept)
    }

    fn deliver(&self, broadcast: &Broadcast) {
        let conversation = &self.conversation;
        if !conversation.terms.intercept.contains(&broadcast.event()) {
            return;
        }
        let Some(place) = conversation.place(broadcast.payload().len()) else {
            return self.overflow();
        };
        let signal = Signal::intercepted(place, broadcast.clone());
        if let Err(MailboxError::Full(_)) = self.signals.send(signal) {
            self.overflow();
        }
    }
}

impl Intercepts {
    /// Tells the socket to end the channel.
    fn overflow(&self) {
        if self.conversation.overflows() {
            let signal = Signal::overflowed(self.conversation.clone());
            let _ = self.signals.send_beyond(signal);
        }
    }
}

/// Tells a channel that broadcasts of other nodes to its topic may be lost.
pub(super) struct Gaps {
    pub(super) conversation: Arc<Conversation>,
    pub(super) signals: socket::Mailbox<Signal>,
}

impl Subscriber for Gaps {
    fn id(&self) -> SubscriberId {
        self.conversation.id()
    }

    fn deliver(&self, _: &Broadcast) {}

    fn gap(&self, _: &str) {
        if self.conversation.gap() {
            let signal = Signal::gap(self.conversation.clone());
            let _ = self.signals.send_beyond(signal);
        }
    }
}
