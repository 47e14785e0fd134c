//! What broadcasts, pushes and replies carry.

use std::fmt;

use bytes::Bytes;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::message::{EncodeError, Message, Text};

/// What a broadcast, a push or a reply carries. Cloning it copies no bytes.
///
/// ```
/// use landfall::pubsub::Payload;
///
/// assert_eq!(Payload::from("hello").as_text(), Some("hello"));
/// let list = Payload::from_json(&[1, 2]).unwrap();
/// assert_eq!(list.as_text(), Some("[1,2]"));
/// assert_eq!(list.parse::<Vec<u32>>().unwrap(), [1, 2]);
/// // What it holds may be a secret: see `Handle::filtered`.
/// assert_eq!(format!("{list:?}"), "Json(5 bytes)");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub enum Payload {
    /// JSON. It is not checked before it is sent: code that builds this variant guarantees that it
    /// is JSON.
    Json(Text),
    /// Text that is not JSON.
    Text(Text),
    /// Bytes.
    Binary(Bytes),
}

impl Payload {
    /// The JSON object `{}`: the payload of a message that has nothing to add.
    pub const EMPTY: Payload = Payload::Json(Text::from_static("{}"));

    /// Serializes a value to JSON. Calls that send a payload take [`Json`], which does the same.
    ///
    /// # Errors
    /// If the value cannot be JSON: for example a map with keys that are not strings.
    pub fn from_json<T: Serialize + ?Sized>(value: &T) -> Result<Payload, serde_json::Error> {
        serde_json::to_string(value).map(|text| Payload::Json(text.into()))
    }

    /// The JSON object `{"reason": reason}`: what Phoenix's clients expect of an error.
    pub fn reason(reason: &str) -> Payload {
        serde_json::json!({ "reason": reason }).into()
    }

    /// Reads JSON as a value.
    ///
    /// # Errors
    /// If the payload is text or bytes, or JSON of another shape.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        let other = match self {
            Payload::Json(json) => return serde_json::from_str(json),
            Payload::Text(_) => "text",
            Payload::Binary(_) => "bytes",
        };
        Err(serde::de::Error::custom(format_args!(
            "expected JSON, got: {other}"
        )))
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

/// The kind and the length: what it holds may be a secret.
impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Payload::Json(_) => "Json",
            Payload::Text(_) => "Text",
            Payload::Binary(_) => "Binary",
        };
        write!(f, "{kind}({} bytes)", self.len())
    }
}

/// A value that is sent, or read, as JSON.
///
/// ```
/// use landfall::pubsub::{Json, PubSub};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct Said {
///     text: String,
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let pubsub = PubSub::new();
/// let mut room = pubsub.subscribe("room:1");
/// pubsub.broadcast("room:1", "said", Json(Said { text: "ahoy".to_owned() })).unwrap();
///
/// let said: Said = room.recv().await.unwrap().parse().unwrap();
/// assert_eq!(said.text, "ahoy");
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Json<T>(pub T);

/// What can be sent as a payload: whatever turns into a [`Payload`], such as
/// `serde_json::json!(..)` and bytes, and any value that serde serializes, as
/// [`Json(value)`](Json).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a payload",
    label = "not a payload",
    note = "a value that implements `serde::Serialize` is sent as JSON: write `Json(..)` around it, with `landfall::pubsub::Json`"
)]
pub trait IntoPayload {
    /// The payload.
    ///
    /// # Errors
    /// If the value cannot be JSON: for example a map with keys that are not strings.
    fn into_payload(self) -> Result<Payload, EncodeError>;
}

#[diagnostic::do_not_recommend]
impl<T: Into<Payload>> IntoPayload for T {
    fn into_payload(self) -> Result<Payload, EncodeError> {
        Ok(self.into())
    }
}

impl<T: Serialize> IntoPayload for Json<T> {
    fn into_payload(self) -> Result<Payload, EncodeError> {
        Ok(Payload::from_json(&self.0)?)
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
