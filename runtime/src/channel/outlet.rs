//! What a channel's callback writes to.

use std::{error::Error, fmt, sync::Arc};

use super::{Ref, Reply, Unencodable, member::Member};
use crate::{
    escape::{shown, told},
    handle::Handle,
    message::Unsupported,
    pubsub::{BroadcastError, Payload, SubscriberId},
    socket::Reason,
};

/// The way from a channel to its client and its topic, lent to a callback.
pub struct Outlet {
    member: Arc<Member>,
    /// Of the message that is being handled.
    reference: Ref,
    /// Why a push was not sent: the channel ends for it.
    unsent: Option<SendError>,
}

/// Why a client did not get a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SendError {
    /// The serializer has no room for it: a payload that is no JSON object, say.
    Unencodable(Unencodable),
    /// The transport cannot carry it: bytes on longpoll.
    Unsupported(Unsupported),
    /// The client has left the channel.
    Left,
}

impl fmt::Display for SendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SendError::Unencodable(error) => error.fmt(f),
            SendError::Unsupported(error) => error.fmt(f),
            SendError::Left => f.write_str("the client has left the channel"),
        }
    }
}

impl Error for SendError {}

impl Outlet {
    pub(super) fn new(member: Arc<Member>, reference: Ref) -> Self {
        Outlet { member, reference, unsent: None }
    }

    /// Why the channel ends if its callback is dropped.
    pub(super) fn fate(&self) -> Reason {
        self.member.fate()
    }

    pub(super) fn take_unsent(&mut self) -> Option<SendError> {
        self.unsent.take()
    }

    /// The topic that the client joined.
    pub fn topic(&self) -> &str {
        self.member.topic()
    }

    /// Sends an event to this client. The payload is a JSON object or bytes.
    ///
    /// One that cannot be sent (a list, say, or bytes to a client of V1) is logged, and the channel ends after this
    /// callback: the client is told `phx_error`, and does not wait for what never comes. See
    /// [`try_push`](Outlet::try_push).
    pub fn push(&mut self, event: &str, payload: impl Into<Payload>) {
        if let Err(error) = self.try_push(event, payload)
            && error != SendError::Left
        {
            let (topic, event) = (shown(self.member.topic()), shown(event));
            tracing::error!(%topic, %event, "a push was not sent, and its channel ends: {error}");
            self.unsent.get_or_insert(error);
        }
    }

    /// Like [`push`](Outlet::push), for payloads that the serializer or the transport may be unable to carry.
    ///
    /// # Errors
    /// When it cannot be sent.
    pub fn try_push(&mut self, event: &str, payload: impl Into<Payload>) -> Result<(), SendError> {
        self.member.push(event, &payload.into())
    }

    /// Sends this client who is in the topic, as the event `presence_state`: once after its join.
    /// See [presence in channels](mod@crate::channel#presence).
    pub fn push_presence(&mut self) {
        match Payload::json(&self.handle().presence().list(self.topic())) {
            Ok(list) => self.push("presence_state", list),
            Err(error) => {
                let topic = shown(self.member.topic());
                tracing::error!(%topic, "presences cannot be JSON: {}", told(&error));
            }
        }
    }

    /// Broadcasts an event to all members of the topic, this client included. The payload is a JSON object or bytes;
    /// events that the channel intercepts may carry anything.
    ///
    /// # Errors
    /// When no client can get the payload, or the endpoint has more broadcasts waiting than it may.
    pub fn broadcast(&mut self, event: &str, payload: impl Into<Payload>) -> Result<(), BroadcastError> {
        self.member.broadcast(event, payload.into())
    }

    /// Broadcasts an event to all members of the topic but this client, as [`broadcast`](Outlet::broadcast) does.
    ///
    /// # Errors
    /// As `broadcast`.
    pub fn broadcast_from(&mut self, event: &str, payload: impl Into<Payload>) -> Result<(), BroadcastError> {
        let payload = payload.into();
        self.member.check_broadcast(event, &payload)?;
        self.member.handle().broadcast_from(self.id(), self.member.topic(), event, payload)
    }

    /// What a reply can be given by later, from any task. `None` if no message of the client is being handled, or it
    /// expects no reply.
    pub fn socket_ref(&self) -> Option<SocketRef> {
        let (member, reference) = (self.member.clone(), self.reference.clone());
        (!reference.is_null()).then_some(SocketRef { member, reference })
    }

    /// The identity of the client's connection among subscribers.
    pub fn id(&self) -> SubscriberId {
        self.member.id()
    }

    /// The endpoint that the client came to.
    pub fn handle(&self) -> &Handle {
        self.member.handle()
    }

    /// What the client named the message that is being handled, which its reply bears too; null if the client expects no
    /// reply, or no message of its is being handled.
    pub fn message_ref(&self) -> &Ref {
        &self.reference
    }

    /// What the client named its join: as in Phoenix, it tells one join of a topic from the next.
    pub fn join_ref(&self) -> &Ref {
        self.member.join_ref()
    }
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet").field("topic", &self.topic()).finish_non_exhaustive()
    }
}

/// A message of a client that waits for its reply.
#[derive(Clone)]
pub struct SocketRef {
    member: Arc<Member>,
    reference: Ref,
}

impl SocketRef {
    /// Sends the reply. A client that cannot get it is told the error `internal error` instead.
    ///
    /// # Errors
    /// When the client has left, or the reply cannot be sent.
    pub fn reply(&self, reply: impl Into<Reply>) -> Result<(), SendError> {
        let replied = self.member.reply(&self.reference, &reply.into());
        if let Err(SendError::Unencodable(_) | SendError::Unsupported(_)) = replied {
            self.member.reply(&self.reference, &Reply::because("internal error"))?;
        }
        replied
    }
}

impl fmt::Debug for SocketRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketRef")
            .field("topic", &self.member.topic())
            .field("ref", &self.reference)
            .finish()
    }
}
