//! How other tasks reach a channel.

use std::{fmt, marker::PhantomData, sync::Arc};

use super::{member::Member, signal::Signal};
use crate::{
    pubsub::{Broadcast, Subscriber, SubscriberId},
    socket,
};

/// The address of one channel of one client: what is sent here arrives in its `handle_info`.
///
/// Cloning it is cheap. The channels of a connection share its mailbox of 1,024 messages; past that `send` fails.
pub struct Mailbox<I> {
    member: Arc<Member>,
    info: PhantomData<fn(I)>,
}

impl<I: Send + 'static> Mailbox<I> {
    pub(super) fn new(member: Arc<Member>) -> Self {
        Mailbox { member, info: PhantomData }
    }

    /// Sends to the channel's `handle_info`. Messages of one sender arrive in order.
    ///
    /// # Errors
    /// When the client has left, or its connection's mailbox is full.
    pub fn send(&self, info: I) -> Result<(), MailboxError> {
        if self.member.has_left() {
            return Err(MailboxError::Closed);
        }
        let sent = self.member.mailbox().send(Signal::info(self.member.clone(), Box::new(info)));
        sent.map_err(|error| match error {
            socket::SendError::Full(_) => MailboxError::Full,
            _ => MailboxError::Closed,
        })
    }

    /// True once the client has left.
    pub fn is_closed(&self) -> bool {
        self.member.has_left() || self.member.mailbox().is_closed()
    }

    /// Delivers another topic's broadcasts into `handle_info`, until the client leaves or
    /// [`unsubscribe`](Mailbox::unsubscribe). Subscribing twice delivers twice.
    pub fn subscribe(&self, topic: &str)
    where
        I: From<Broadcast>,
    {
        let delivery = Arc::new(Delivery { mailbox: self.clone() });
        self.member.keep(self.member.handle().pubsub().deliver(topic, delivery));
    }

    /// Ends every such subscription to a topic.
    pub fn unsubscribe(&self, topic: &str) {
        self.member.forget(topic);
    }
}

impl<I> Clone for Mailbox<I> {
    fn clone(&self) -> Self {
        Mailbox { member: self.member.clone(), info: PhantomData }
    }
}

impl<I> fmt::Debug for Mailbox<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mailbox").field("topic", &self.member.topic()).finish()
    }
}

/// Why a message did not reach a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum MailboxError {
    /// The client has left.
    Closed,
    /// The connection has 1,024 messages to handle already.
    Full,
}

impl fmt::Display for MailboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MailboxError::Closed => "the client has left the channel",
            MailboxError::Full => "the connection's mailbox is full",
        })
    }
}

impl std::error::Error for MailboxError {}

/// A subscription that ends in a channel's mailbox.
struct Delivery<I> {
    mailbox: Mailbox<I>,
}

impl<I: From<Broadcast> + Send + 'static> Subscriber for Delivery<I> {
    fn id(&self) -> SubscriberId {
        self.mailbox.member.id()
    }

    fn deliver(&self, broadcast: &Broadcast) {
        if let Err(MailboxError::Full) = self.mailbox.send(I::from(broadcast.clone())) {
            tracing::warn!(
                topic = broadcast.topic(),
                "a broadcast was lost: the connection's mailbox is full"
            );
        }
    }
}

/// The broadcasts of a channel's own topic that it intercepts.
pub(super) struct Intercepts {
    pub(super) member: Arc<Member>,
    pub(super) events: &'static [&'static str],
}

impl Subscriber for Intercepts {
    fn id(&self) -> SubscriberId {
        self.member.id()
    }

    fn deliver(&self, broadcast: &Broadcast) {
        if !self.events.contains(&broadcast.event()) {
            return;
        }
        let signal = Signal::intercepted(self.member.clone(), broadcast.clone());
        if let Err(socket::SendError::Full(_)) = self.member.mailbox().send(signal) {
            tracing::warn!(
                topic = broadcast.topic(),
                "a broadcast was lost: the connection's mailbox is full"
            );
        }
    }
}
