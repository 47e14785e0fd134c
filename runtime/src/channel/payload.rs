//! Payloads as typed values.

use std::{borrow::Cow, error::Error, fmt, sync::Arc};

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::Event;
use crate::{escape::chain, pubsub::Payload};

/// What a handler of `#[channel]` can take as a message: any value that serde reads from JSON,
/// [`Binary`], the [`Payload`] as it came, or the whole [`Event`].
#[diagnostic::on_unimplemented(
    message = "a payload can't be read as `{Self}`",
    label = "not a payload",
    note = "derive `serde::Deserialize` for it, or take `Binary`, `Payload` or `Event`"
)]
pub trait FromEvent: Sized {
    /// Reads the payload.
    ///
    /// # Errors
    /// When it has another shape.
    fn from_event(event: Event) -> Result<Self, InvalidPayload>;
}

impl<T: DeserializeOwned> FromEvent for T {
    fn from_event(event: Event) -> Result<Self, InvalidPayload> {
        event.parse().map_err(InvalidPayload::from)
    }
}

impl FromEvent for Event {
    fn from_event(event: Event) -> Result<Self, InvalidPayload> {
        Ok(event)
    }
}

impl FromEvent for Payload {
    fn from_event(event: Event) -> Result<Self, InvalidPayload> {
        Ok(event.into_payload())
    }
}

/// The bytes of a binary payload. They share memory with the message that they came in: copy what
/// you keep.
#[derive(Clone, PartialEq, Eq)]
pub struct Binary(pub Bytes);

/// The length.
impl fmt::Debug for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Binary({} bytes)", self.0.len())
    }
}

impl FromEvent for Binary {
    fn from_event(event: Event) -> Result<Self, InvalidPayload> {
        match event.into_payload() {
            Payload::Binary(bytes) => Ok(Binary(bytes)),
            Payload::Json(_) | Payload::Text(_) => Err(InvalidPayload::new(
                "expected bytes, and the payload is JSON",
            )),
        }
    }
}

impl From<Binary> for Payload {
    fn from(binary: Binary) -> Self {
        Payload::Binary(binary.0)
    }
}

/// Why a payload was not read. Clients are not told.
#[derive(Clone)]
pub struct InvalidPayload {
    reason: Cow<'static, str>,
    source: Option<Arc<serde_json::Error>>,
}

impl InvalidPayload {
    /// With a text for logs that says what is wrong.
    pub fn new(reason: impl Into<Cow<'static, str>>) -> Self {
        InvalidPayload {
            reason: reason.into(),
            source: None,
        }
    }
}

impl From<serde_json::Error> for InvalidPayload {
    fn from(error: serde_json::Error) -> Self {
        InvalidPayload {
            reason: Cow::Borrowed("the value has another shape"),
            source: Some(Arc::new(error)),
        }
    }
}

/// Without the value that does not fit, which may be a secret.
impl fmt::Debug for InvalidPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "InvalidPayload({})", chain(self))
    }
}

impl fmt::Display for InvalidPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid payload: {}", self.reason)
    }
}

impl Error for InvalidPayload {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_deref()?)
    }
}
