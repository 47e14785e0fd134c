//! How other tasks reach a channel.

use std::{fmt, marker::PhantomData, sync::Arc};

use super::{Signal, conversation::Conversation};
use crate::{
    escape::shown,
    pubsub::{Broadcast, Subscriber, SubscriberId},
    socket::{self, MailboxError},
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
