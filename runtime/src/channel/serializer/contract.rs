//! What a wire format is.

use std::any::Any;

use super::{
    error::Undecodable,
    message::{ClientMessage, ServerMessage},
};
use crate::message::{EncodeError, Message};

/// A wire format of channels. [`V1`](crate::channel::V1) and [`V2`](crate::channel::V2) are those
/// of Phoenix; an application can bring its own.
///
/// A broadcast is encoded once for each serializer type, so all values of one type have to encode
/// alike.
///
/// ```
/// use landfall::{
///     Message,
///     channel::{ClientMessage, Ref, Serializer, ServerMessage, Undecodable, EncodeError},
///     pubsub::Payload,
/// };
///
/// /// Lines: `1 room:7 ping {"some":"json"}`, and the reply `1 room:7 ok {}`.
/// struct Lines;
///
/// impl Serializer for Lines {
///     fn decode(&self, message: Message) -> Result<ClientMessage, Undecodable> {
///         let text = message.as_text().ok_or_else(|| Undecodable::new("bytes"))?;
///         let mut words = text.splitn(4, ' ');
///         let mut next = || words.next().ok_or_else(|| Undecodable::new("expected four words"));
///         let (reference, topic, event, json) = (next()?, next()?, next()?, next()?);
///         let payload: serde_json::Value =
///             serde_json::from_str(json).map_err(|_| Undecodable::new("expected JSON"))?;
///         Ok(ClientMessage {
///             join_ref: Ref::NULL,
///             reference: reference.into(),
///             topic: topic.into(),
///             event: event.into(),
///             payload: payload.into(),
///         })
///     }
///
///     fn encode(&self, message: &ServerMessage<'_>) -> Result<Message, EncodeError> {
///         let text = |payload: &Payload| match payload {
///             Payload::Json(json) => Ok(json.clone()),
///             _ => Err(EncodeError::new("expected JSON")),
///         };
///         Ok(Message::from(match *message {
///             ServerMessage::Reply { reference, topic, status, payload, .. } => {
///                 format!("{reference} {topic} {status} {}", text(payload)?)
///             }
///             ServerMessage::Push { topic, event, payload, .. }
///             | ServerMessage::Broadcast { topic, event, payload } => {
///                 format!("- {topic} {event} {}", text(payload)?)
///             }
///             _ => return Err(EncodeError::new("lines have no such message")),
///         }))
///     }
/// }
///
/// let asked = Lines.decode(Message::from("1 room:7 ping {}")).unwrap();
/// let news = ServerMessage::Broadcast { topic: "room:7", event: "news", payload: &asked.payload };
/// assert_eq!(Lines.encode(&news), Ok(Message::from("- room:7 news {}")));
/// ```
pub trait Serializer: Any + Send + Sync {
    /// Reads a message of a client.
    ///
    /// # Errors
    /// When the message is not of this format. The connection ends then.
    fn decode(&self, message: Message) -> Result<ClientMessage, Undecodable>;

    /// Writes a message for clients.
    ///
    /// # Errors
    /// When this format cannot carry the message.
    fn encode(&self, message: &ServerMessage<'_>) -> Result<Message, EncodeError>;

    /// Whether [`encode`](Serializer::encode) can carry a message. The default encodes it.
    /// Implement it where the answer is known without encoding.
    ///
    /// # Errors
    /// As `encode`.
    fn check(&self, message: &ServerMessage<'_>) -> Result<(), EncodeError> {
        self.encode(message).map(drop)
    }

    /// The name of its type, for logs.
    fn name(&self) -> &'static str {
        std::any::type_name::<Self>()
    }
}
