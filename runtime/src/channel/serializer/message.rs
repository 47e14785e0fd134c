//! What serializers read and write.

use super::{NameRef, Ref, name::Name};
use crate::pubsub::{Broadcast, Payload};

/// A message of a client.
///
/// Text and payload share the memory of the message it was read from: what outlives it should be copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientMessage {
    /// Which join it belongs to; V1 clients may not say.
    pub join_ref: Ref,
    /// What the reply is to carry.
    pub reference: Ref,
    /// The topic, such as `room:7`.
    pub topic: Name,
    /// The event, such as `phx_join` or `new_message`.
    pub event: Name,
    /// [`Payload::Json`] or [`Payload::Binary`]; any JSON, of any depth.
    pub payload: Payload,
}

impl ClientMessage {
    /// Bytes of what stands around the payload: both refs, topic and event.
    pub(in crate::channel) fn envelope(&self) -> usize {
        self.join_ref.len() + self.reference.len() + self.topic.len() + self.event.len()
    }
}

/// A message for clients.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum ServerMessage<'a> {
    /// For one client, unasked.
    Push {
        /// Which join it belongs to.
        join_ref: &'a Ref,
        /// Null, but for `phx_close` and `phx_error`, which repeat `join_ref` here.
        reference: &'a Ref,
        /// The topic.
        topic: &'a str,
        /// The event.
        event: &'a str,
        /// A JSON object, or bytes.
        payload: &'a Payload,
    },
    /// For one client that asked.
    Reply {
        /// Which join it belongs to.
        join_ref: &'a Ref,
        /// That of the message it answers.
        reference: &'a Ref,
        /// The topic, as the client sent it.
        topic: NameRef<'a>,
        /// `ok`, `error`, or what the application agreed on with its clients.
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
