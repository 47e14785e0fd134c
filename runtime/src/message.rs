//! What travels between a client and a socket: messages and control frames.
//!
//! `handle_in` of a socket is given a [`Message`], and [`Outbox::push`](crate::socket::Outbox::push)
//! takes one. Cloning it copies no content.
//!
//! ```
//! use landfall::Message;
//! use serde_json::{Value, json};
//!
//! let message = Message::from(r#"{"text": "ahoy"}"#);
//! assert_eq!(message.as_text(), Some(r#"{"text": "ahoy"}"#));
//! assert_eq!(message.parse::<Value>()?, json!({"text": "ahoy"}));
//! # Ok::<(), serde_json::Error>(())
//! ```

use std::{
    borrow::Cow,
    error::Error,
    fmt,
    hash::{Hash, Hasher},
    ops::Deref,
    str::Utf8Error,
    sync::Arc,
};

use bytes::Bytes;
use bytestring::ByteString;
use serde::{Serialize, de::DeserializeOwned};

/// UTF-8 text in shared bytes: cloning it copies no text.
///
/// ```
/// use landfall::message::Text;
///
/// let text = Text::from("ahoy");
/// assert_eq!(&*text, "ahoy");
/// assert!(Text::try_from(bytes::Bytes::from_static(b"\xff")).is_err());
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Text(ByteString);

impl Text {
    /// Text that is part of the program; it is not copied.
    pub const fn from_static(text: &'static str) -> Self {
        Text(ByteString::from_static(text))
    }

    /// The text as a string slice.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A part of this text, as text in the same memory. Panics if `part` is not a part of it.
    pub(crate) fn part(&self, part: &str) -> Text {
        Text(self.0.slice_ref(part))
    }

    /// The bytes of the text.
    pub fn into_bytes(self) -> Bytes {
        self.0.into_bytes()
    }
}

impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self)
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Text(text.into())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Text(text.into())
    }
}

impl TryFrom<Bytes> for Text {
    type Error = Utf8Error;
    #[inline(always)]
    fn try_from(bytes: Bytes) -> Result<Self, Utf8Error> {
        ByteString::try_from(bytes).map(Text)
    }
}

impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

/// A whole message, as a client sent it or is to receive it (RFC 6455 §5.6).
///
/// Cloning it copies no payload. Messages of clients of up to 128 bytes share memory: who keeps one
/// of them for long keeps up to 1 KiB. Longer ones have memory of their own.
///
/// ```
/// use landfall::Message;
///
/// let message = Message::from("hello");
/// assert_eq!(message.as_text(), Some("hello"));
/// assert_eq!(Message::from(vec![1, 2]).as_bytes(), [1, 2]);
///
/// // What it holds may be a secret.
/// assert_eq!(format!("{message:?}"), "Text(5 bytes)");
///
/// let list = Message::from_json(&[1, 2]).unwrap();
/// assert_eq!(list.as_text(), Some("[1,2]"));
/// assert_eq!(list.parse::<Vec<u32>>().unwrap(), [1, 2]);
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Message {
    /// UTF-8 text.
    Text(Text),
    /// Bytes without an encoding.
    Binary(Bytes),
}

impl Message {
    /// Serializes a value to JSON, as a text message.
    ///
    /// # Errors
    /// If the value cannot be JSON: for example a map with keys that are not strings.
    pub fn from_json<T: Serialize + ?Sized>(value: &T) -> Result<Message, serde_json::Error> {
        serde_json::to_string(value).map(Message::from)
    }

    /// Reads the message's payload as JSON, whichever kind it is.
    ///
    /// # Errors
    /// If it is not JSON, or JSON of another shape.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_slice(self.as_bytes())
    }

    /// The text of a text message.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Message::Text(text) => Some(text),
            Message::Binary(_) => None,
        }
    }

    /// The payload, whichever kind it is.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Message::Text(text) => text.as_bytes(),
            Message::Binary(bytes) => bytes,
        }
    }

    /// The payload's length in bytes.
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// True for a message without payload.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The payload as shared bytes.
    pub fn into_bytes(self) -> Bytes {
        match self {
            Message::Text(text) => text.into_bytes(),
            Message::Binary(bytes) => bytes,
        }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Message::Text(text.into())
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Message::Text(text.into())
    }
}

impl From<Text> for Message {
    fn from(text: Text) -> Self {
        Message::Text(text)
    }
}

impl From<Bytes> for Message {
    fn from(bytes: Bytes) -> Self {
        Message::Binary(bytes)
    }
}

impl From<Vec<u8>> for Message {
    fn from(bytes: Vec<u8>) -> Self {
        Message::Binary(bytes.into())
    }
}

/// A ping or a pong of the client (RFC 6455 §5.5.2, §5.5.3), with a payload of at most 125 bytes.
///
/// A ping has been answered already when a socket sees it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Control {
    /// The client sent a ping. The pong is on its way.
    Ping(Bytes),
    /// The client answered a ping, or sent an unsolicited pong.
    Pong(Bytes),
}

/// The kind and the length: what it holds may be a secret.
impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Message::Text(_) => "Text",
            Message::Binary(_) => "Binary",
        };
        write!(f, "{kind}({} bytes)", self.len())
    }
}

/// The kind and the length.
impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, payload) = match self {
            Control::Ping(payload) => ("Ping", payload),
            Control::Pong(payload) => ("Pong", payload),
        };
        write!(f, "{kind}({} bytes)", payload.len())
    }
}

/// A transport cannot carry a message: longpoll carries text only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsupported(&'static str);

impl Unsupported {
    /// With a text that says why, such as `"longpoll carries text only"`.
    pub const fn new(text: &'static str) -> Self {
        Unsupported(text)
    }
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Unsupported {}

/// A message for clients that its format cannot carry, with the reason.
#[derive(Clone, Debug)]
pub struct EncodeError {
    reason: Cow<'static, str>,
    help: Option<&'static str>,
    source: Option<Arc<serde_json::Error>>,
}

impl EncodeError {
    /// With the reason, such as `"expected payload to be a map, got: a list"`.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        EncodeError {
            reason: reason.into(),
            help: None,
            source: None,
        }
    }

    /// Adds what to send instead, for the log.
    #[must_use]
    pub fn with_help(self, help: &'static str) -> Self {
        EncodeError {
            help: Some(help),
            ..self
        }
    }

    /// What to send instead.
    pub fn help(&self) -> Option<&'static str> {
        self.help
    }
}

impl From<serde_json::Error> for EncodeError {
    fn from(error: serde_json::Error) -> Self {
        EncodeError {
            reason: Cow::Borrowed("the value cannot be JSON"),
            help: None,
            source: Some(Arc::new(error)),
        }
    }
}

/// Compares the reason.
impl PartialEq for EncodeError {
    fn eq(&self, other: &Self) -> bool {
        self.reason == other.reason
    }
}

impl Eq for EncodeError {}

impl fmt::Display for EncodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl Error for EncodeError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_deref()?)
    }
}

/// Why a push or a reply was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PushError {
    /// It cannot be encoded: a value that cannot be JSON, or a payload that the channel's
    /// serializer cannot carry, such as a list.
    Unencodable(EncodeError),
    /// The transport cannot carry it: bytes on longpoll.
    Unsupported(Unsupported),
    /// The client has left the channel.
    Left,
}

impl fmt::Display for PushError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PushError::Unencodable(error) => error.fmt(f),
            PushError::Unsupported(error) => error.fmt(f),
            PushError::Left => f.write_str("the client has left the channel"),
        }
    }
}

impl PushError {
    /// What to send instead, if that is known.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            PushError::Unencodable(error) => error.help(),
            PushError::Unsupported(_) | PushError::Left => None,
        }
    }
}

impl From<EncodeError> for PushError {
    fn from(error: EncodeError) -> Self {
        PushError::Unencodable(error)
    }
}

impl Error for PushError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            PushError::Unencodable(error) => error.source(),
            PushError::Unsupported(_) | PushError::Left => None,
        }
    }
}
