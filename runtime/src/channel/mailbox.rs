//! How other tasks reach a channel.

use std::{fmt, marker::PhantomData, sync::Arc};

use super::{member::Member, signal::Signal};
use crate::{
    escape::shown,
    pubsub::{Broadcast, Subscriber, SubscriberId},
    socket,
};

/// The address of one channel of one client: what is sent here arrives in its `handle_info`.
///
/// Cloning it is cheap. At most 256 messages wait for one channel, the one that is being handled included, and 1,024 for
/// all channels of a connection; past that `send` fails.
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
    /// When the client has left, or too much waits.
    pub fn send(&self, info: I) -> Result<(), MailboxError> {
        self.send_holding(info, 0)
    }

    /// `bytes` is what the message holds of a broadcast.
    fn send_holding(&self, info: I, bytes: usize) -> Result<(), MailboxError> {
        if self.member.has_left() {
            return Err(MailboxError::Closed);
        }
        let place = self.member.place(bytes).ok_or(MailboxError::Full)?;
        let sent = self.member.client.mailbox.send(Signal::info(place, Box::new(info)));
        sent.map_err(|error| match error {
            socket::SendError::Full(_) => MailboxError::Full,
            _ => MailboxError::Closed,
        })
    }

    /// True once the client has left.
    pub fn is_closed(&self) -> bool {
        self.member.has_left() || self.member.client.mailbox.is_closed()
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
    /// The channel has 256 messages to handle already, its connection 1,024, or what they hold of broadcasts is more than
    /// the socket's `max_waiting_size`.
    Full,
}

impl fmt::Display for MailboxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MailboxError::Closed => "the client has left the channel",
            MailboxError::Full => "the channel's mailbox is full",
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
        let bytes = broadcast.payload().len();
        if let Err(MailboxError::Full) = self.mailbox.send_holding(I::from(broadcast.clone()), bytes) {
            let topic = shown(broadcast.topic());
            tracing::warn!(%topic, "a broadcast was lost: the channel's mailbox is full");
        }
    }
}

/// The broadcasts of a channel's own topic that it intercepts.
pub(super) struct Intercepts(pub(super) Arc<Member>);

impl Subscriber for Intercepts {
    fn id(&self) -> SubscriberId {
        self.0.id()
    }

    fn deliver(&self, broadcast: &Broadcast) {
        let Intercepts(member) = self;
        if !member.intercept.contains(&broadcast.event()) {
            return;
        }
        let Some(place) = member.place(broadcast.payload().len()) else { return member.overflow() };
        let signal = Signal::intercepted(place, broadcast.clone());
        if let Err(socket::SendError::Full(_)) = member.client.mailbox.send(signal) {
            member.overflow();
        }
    }
}
