//! What is published.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use serde::Serialize;

use crate::message::{Message, Text};

/// One publication: a topic, the name of an event, and a payload. Cloning it is cheap.
#[derive(Clone)]
pub struct Broadcast(Arc<Parts>);

struct Parts {
    topic: Box<str>,
    event: Box<str>,
    payload: Payload,
}

impl Broadcast {
    pub(crate) fn new(topic: &str, event: &str, payload: Payload) -> Self {
        Broadcast(Arc::new(Parts {
            topic: topic.into(),
            event: event.into(),
            payload,
        }))
    }

    /// The topic it was published to.
    pub fn topic(&self) -> &str {
        &self.0.topic
    }

    /// The name of the event, such as `"new_message"`.
    pub fn event(&self) -> &str {
        &self.0.event
    }

    /// What was published.
    pub fn payload(&self) -> &Payload {
        &self.0.payload
    }
}

impl Broadcast {
    /// Bytes of all its parts.
    pub(super) fn bytes(&self) -> usize {
        self.topic().len() + self.event().len() + self.payload().len()
    }
}

impl fmt::Debug for Broadcast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Broadcast")
            .field("topic", &self.topic())
            .field("event", &self.event())
            .field("payload", self.payload())
            .finish()
    }
}

/// What a broadcast carries. Its bytes are shared by all who receive it.
///
/// ```
/// use landfall::pubsub::Payload;
///
/// assert_eq!(Payload::from("hello").as_text(), Some("hello"));
/// assert_eq!(Payload::json(&[1, 2]).unwrap().as_text(), Some("[1,2]"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Payload {
    /// JSON, serialized once. It is not checked before it is sent: whoever builds this variant
    /// guarantees that it is JSON.
    Json(Text),
    /// Text that is not JSON.
    Text(Text),
    /// Bytes.
    Binary(Bytes),
}

impl Payload {
    /// The JSON object `{}`: the payload of a message that has nothing to add.
    pub const EMPTY: Payload = Payload::Json(Text::from_static("{}"));

    /// Serializes a value to JSON.
    ///
    /// # Errors
    /// If the value cannot be JSON: for example a map with keys that are not strings.
    pub fn json<T: Serialize + ?Sized>(value: &T) -> Result<Payload, serde_json::Error> {
        serde_json::to_string(value).map(|text| Payload::Json(text.into()))
    }

    /// The JSON object `{"reason": reason}`: what Phoenix's clients expect of an error.
    pub fn reason(reason: &str) -> Payload {
        serde_json::json!({ "reason": reason }).into()
    }

    /// The length in bytes.
    pub(crate) fn len(&self) -> usize {
        match self {
            Payload::Json(text) | Payload::Text(text) => text.len(),
            Payload::Binary(bytes) => bytes.len(),
        }
    }

    /// The text, if it is JSON or text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Payload::Json(text) | Payload::Text(text) => Some(text),
            Payload::Binary(_) => None,
        }
    }
}

impl From<&str> for Payload {
    fn from(text: &str) -> Self {
        Payload::Text(text.into())
    }
}

impl From<String> for Payload {
    fn from(text: String) -> Self {
        Payload::Text(text.into())
    }
}

impl From<Text> for Payload {
    fn from(text: Text) -> Self {
        Payload::Text(text)
    }
}

impl From<Bytes> for Payload {
    fn from(bytes: Bytes) -> Self {
        Payload::Binary(bytes)
    }
}

impl From<Vec<u8>> for Payload {
    fn from(bytes: Vec<u8>) -> Self {
        Payload::Binary(bytes.into())
    }
}

impl From<serde_json::Value> for Payload {
    fn from(value: serde_json::Value) -> Self {
        Payload::Json(value.to_string().into())
    }
}

impl From<Message> for Payload {
    fn from(message: Message) -> Self {
        match message {
            Message::Text(text) => Payload::Text(text),
            Message::Binary(bytes) => Payload::Binary(bytes),
        }
    }
}
