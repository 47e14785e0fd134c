//! Payloads as typed values.

use std::{error::Error, fmt};

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::{Event, event::from_payload};
use crate::pubsub::Payload;

/// What a handler of `#[channel]` can take as a message: any value that serde reads from JSON, [`Binary`], the
/// [`Payload`] as it came, or the whole [`Event`].
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
        from_payload(event.payload()).map_err(InvalidPayload::new)
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

/// The bytes of a binary payload. They share the memory of the message they came in: copy what is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binary(pub Bytes);

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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidPayload(String);

impl InvalidPayload {
    /// With what is wrong, for logs.
    pub fn new(reason: impl fmt::Display) -> Self {
        InvalidPayload(reason.to_string())
    }
}

impl fmt::Display for InvalidPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invalid payload: {}", self.0)
    }
}

impl Error for InvalidPayload {}
