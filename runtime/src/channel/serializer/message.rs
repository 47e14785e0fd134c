//! What serializers read and write.

use super::{NameRef, Ref, name::Name};
use crate::pubsub::{Broadcast, Payload};

/// A message of a client.
///
/// Names and payload share memory with the message that they were read from: copy what you keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientMessage {
    /// The join that it belongs to. V1 clients may leave it out.
    pub join_ref: Ref,
    /// What ties the reply to this message.
    pub reference: Ref,
    /// The topic, such as `room:7`.
    pub topic: Name,
    /// The event, such as `phx_join` or `new_message`.
    pub event: Name,
    /// [`Payload::Json`] or [`Payload::Binary`]; any JSON, of any depth.
    pub payload: Payload,
}

impl ClientMessage {
    /// Bytes of everything but the payload: both refs, topic and event.
    pub(in crate::channel) fn envelope(&self) -> usize {
        self.join_ref.len() + self.reference.len() + self.topic.len() + self.event.len()
    }
}

/// A message for clients.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ServerMessage<'a> {
    /// A message that does not answer another, for one client.
    Push {
        /// The join that it belongs to.
        join_ref: &'a Ref,
        /// Null, except for `phx_close` and `phx_error`, which repeat `join_ref` here.
        reference: &'a Ref,
        /// The topic.
        topic: &'a str,
        /// The event.
        event: &'a str,
        /// A JSON object, or bytes.
        payload: &'a Payload,
    },
    /// The reply to a client's message.
    Reply {
        /// The join that it belongs to.
        join_ref: &'a Ref,
        /// The `ref` of the message that it answers.
        reference: &'a Ref,
        /// The topic, as the client sent it.
        topic: NameRef<'a>,
        /// `ok`, `error`, or a status that the application's clients know.
        status: &'a str,
        /// Any JSON, text (which becomes a JSON string), or bytes.
        payload: &'a Payload,
    },
    /// For all members of a topic.
    Broadcast {
        /// The topic.
        topic: &'a str,
        /// The event.
        event: &'a str,
        /// A JSON object, or bytes.
        payload: &'a Payload,
    },
}

impl<'a> From<&'a Broadcast> for ServerMessage<'a> {
    fn from(broadcast: &'a Broadcast) -> Self {
        ServerMessage::Broadcast {
            topic: broadcast.topic(),
            event: broadcast.event(),
            payload: broadcast.payload(),
        }
    }
}
