//! What a channel's callback writes to.

use std::{fmt, sync::Arc};

use super::{Answer, Ref, Reply, Versioned, conversation::Conversation, log::Whose};
#[cfg(feature = "testing")]
use super::{client::Client, terms::Terms};
#[cfg(feature = "testing")]
use crate::socket::ClientLink;
use crate::{
    escape::{chain, shown},
    handle::Handle,
    message::PushError,
    pubsub::{BroadcastError, IntoPayload, Json, SubscriberId},
    socket::{Reason, TransportKind},
};

/// The way from a channel to its client and its topic, lent to a callback.
pub struct Outlet {
    conversation: Arc<Conversation>,
    /// The `ref` of the client's message that is being handled, if there is one.
    reference: Option<Ref>,
    /// Why a push was not sent: the channel ends after the callback.
    unsent: Option<PushError>,
}

impl Outlet {
    pub(super) fn new(conversation: Arc<Conversation>, reference: Option<Ref>) -> Self {
        Outlet {
            conversation,
            reference,
            unsent: None,
        }
    }

    /// An outlet without a socket, as if a message were being handled.
    #[cfg(feature = "testing")]
    pub(crate) fn detached(topic: &str, link: Arc<dyn ClientLink>) -> Self {
        const V2: &Versioned = &Versioned::DEFAULT[1];
        let client = Client::new(link, V2, Versioned::DEFAULT, usize::MAX);
        Outlet::new(
            Conversation::new(topic, Ref::from("1"), client, Terms::DEFAULT, 0),
            Some(Ref::from("2")),
        )
    }

    /// Why the channel ends if its callback is dropped.
    pub(super) fn fate(&self) -> Reason {
        self.conversation.fate()
    }

    /// Sends the client the reply. Returns why the channel ends, if it does. `channel` gives the
    /// name of a topic's channel, for logs.
    pub(super) fn answer(
        &mut self,
        answer: Answer,
        channel: fn(&str) -> &'static str,
    ) -> Option<Reason> {
        let answer = match self.unsent.take() {
            None => answer,
            Some(error) => answer.or_fail(&error),
        };
        match answer {
            Answer::NoReply => None,
            Answer::Reply(reply) => {
                self.reply(&reply, channel);
                None
            }
            Answer::Stop { reason, reply } => {
                reply.iter().for_each(|reply| self.reply(reply, channel));
                Some(reason)
            }
        }
    }

    /// Sends a reply. If it cannot be sent, the client gets an error in its place.
    fn reply(&self, reply: &Reply, channel: fn(&str) -> &'static str) {
        let topic = shown(self.conversation.topic());
        if let Some(cause) = reply.cause() {
            Whose::new(&self.conversation, channel).failed(cause);
        }
        let Some(reference) = &self.reference else {
            if reply.cause().is_none() {
                tracing::warn!(%topic, "a reply to no message was dropped");
            }
            return;
        };
        let Err(error) = self.conversation.reply(reference, reply) else {
            return;
        };
        if error == PushError::Left {
            return;
        }
        tracing::error!(%topic, help = error.help(), "a reply was not sent: {error}");
        if let Err(error) = self
            .conversation
            .reply(reference, &Reply::because("internal error"))
        {
            tracing::error!(%topic, help = error.help(), "a reply was not sent: {error}");
        }
    }

    pub(super) fn conversation(&self) -> &Arc<Conversation> {
        &self.conversation
    }

    /// The topic that the client joined.
    pub fn topic(&self) -> &str {
        self.conversation.topic()
    }

    /// Sends an event to this client. The payload is a JSON object ([`Json(value)`](Json), or
    /// `serde_json::json!(..)`) or bytes.
    ///
    /// A list, a text, a value that cannot be JSON, and bytes for a V1 client cannot be sent. That
    /// is logged, with what to send instead, and the channel ends after this callback: the client
    /// is told `phx_error`, so that it does not wait in vain. See [`try_push`](Outlet::try_push).
    pub fn push(&mut self, event: &str, payload: impl IntoPayload) {
        if let Err(error) = self.try_push(event, payload)
            && error != PushError::Left
        {
            let (topic, event) = (shown(self.conversation.topic()), shown(event));
            tracing::error!(%topic, %event, help = error.help(), "a push was not sent, and its channel ends: {}", chain(&error));
            self.unsent.get_or_insert(error);
        }
    }

    /// Like [`push`](Outlet::push), for payloads that the serializer or the transport may be unable
    /// to carry.
    ///
    /// # Errors
    /// If the payload cannot be sent, or the client has left.
    pub fn try_push(&mut self, event: &str, payload: impl IntoPayload) -> Result<(), PushError> {
        self.conversation.push(event, &payload.into_payload()?)
    }

    /// Sends this client the list of who is in the topic, as the event `presence_state`, or that of
    /// [`Options::events`](crate::presence::Options::events). Call it once, after the join. See
    /// [presence in channels](mod@crate::channel#presence).
    ///
    /// It waits for the presence's [`Fetch`](crate::presence::Fetch), if it has one.
    pub async fn push_presence(&mut self) {
        let (presence, topic) = (self.handle().presence().clone(), self.topic().to_owned());
        let list = presence.list(&topic).await;
        self.push(presence.state_event(), Json(list));
    }

    /// Broadcasts an event to all members of the topic, this client included. The payload is a JSON
    /// object or bytes; events that the channel intercepts may carry anything.
    ///
    /// # Errors
    /// If no client can get the payload, such as a list or text, if it cannot be JSON, or if the
    /// endpoint has more broadcasts waiting than it may.
    pub fn broadcast(
        &mut self,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        self.conversation.broadcast(event, payload.into_payload()?)
    }

    /// Broadcasts an event to all members of the topic except this client, as
    /// [`broadcast`](Outlet::broadcast) does.
    ///
    /// # Errors
    /// As `broadcast`.
    pub fn broadcast_from(
        &mut self,
        event: &str,
        payload: impl IntoPayload,
    ) -> Result<(), BroadcastError> {
        let payload = payload.into_payload()?;
        self.conversation.check_broadcast(event, &payload)?;
        self.conversation
            .client
            .link
            .broadcast_from(self.conversation.topic(), event, payload)
    }

    /// A handle for a later reply, from any task. `None` if no message of the client is being
    /// handled, or the client expects no reply.
    pub fn socket_ref(&self) -> Option<SocketRef> {
        let reference = self.message_ref();
        (!reference.is_null()).then(|| SocketRef {
            conversation: self.conversation.clone(),
            reference: reference.clone(),
        })
    }

    /// The identity of the client's connection among subscribers.
    pub fn id(&self) -> SubscriberId {
        self.conversation.id()
    }

    /// The transport that the client came by.
    pub fn transport(&self) -> TransportKind {
        self.conversation.client.link.transport()
    }

    /// The serializer that the client speaks: `out.serializer().serializer.name()` is `"V2"` for
    /// clients of Phoenix 1.4 and later.
    pub fn serializer(&self) -> &'static Versioned {
        self.conversation.client.speaks
    }

    /// The endpoint that the client came to.
    pub fn handle(&self) -> &Handle {
        self.conversation.handle()
    }

    /// The `ref` of the client's message that is being handled. Null if the client expects no
    /// reply, or no message of the client is being handled.
    pub fn message_ref(&self) -> &Ref {
        const NONE: &Ref = &Ref::NULL;
        self.reference.as_ref().unwrap_or(NONE)
    }

    /// The client's `join_ref`. As in Phoenix, it tells one join of a topic from the next.
    pub fn join_ref(&self) -> &Ref {
        self.conversation.join_ref()
    }
}

impl fmt::Debug for Outlet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outlet")
            .field("topic", &self.topic())
            .finish_non_exhaustive()
    }
}

/// A client's message that waits for its reply.
#[derive(Clone)]
pub struct SocketRef {
    conversation: Arc<Conversation>,
    reference: Ref,
}

impl SocketRef {
    /// The endpoint that the client came to.
    pub fn handle(&self) -> &Handle {
        self.conversation.handle()
    }

    /// Sends the reply. A client that cannot get it is told the error `internal error` instead.
    ///
    /// # Errors
    /// When the client has left, or the reply cannot be sent.
    pub fn reply(&self, reply: impl Into<Reply>) -> Result<(), PushError> {
        let reply = reply.into();
        if let Some(cause) = reply.cause() {
            let (socket, topic) = (
                self.conversation.client.link.socket(),
                shown(self.conversation.topic()),
            );
            tracing::error!(socket, %topic, error = %chain(&*cause.error), "a reply was an error");
        }
        let replied = self.conversation.reply(&self.reference, &reply);
        if let Err(PushError::Unencodable(_) | PushError::Unsupported(_)) = replied {
            self.conversation
                .reply(&self.reference, &Reply::because("internal error"))?;
        }
        replied
    }
}

impl fmt::Debug for SocketRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SocketRef")
            .field("topic", &self.conversation.topic())
            .field("ref", &self.reference)
            .finish()
    }
}
