//! A message of a client to a channel.

use serde::de::DeserializeOwned;

use super::Name;
use crate::pubsub::Payload;

/// A message of a client to a channel: the name of an event, and a payload.
#[derive(Clone, Debug)]
pub struct Event {
    pub(super) name: Name,
    pub(super) payload: Payload,
}

impl Event {
    /// The name, such as `"new_message"`.
    pub fn name(&self) -> &str {
        self.name.as_str().unwrap_or_default()
    }

    /// [`Payload::Json`] or [`Payload::Binary`]. It shares memory with the message that it came in:
    /// copy what you keep.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The payload, taken out.
    pub fn into_payload(self) -> Payload {
        self.payload
    }

    /// The payload as a value.
    ///
    /// # Errors
    /// If it is bytes, or JSON of another shape.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        self.payload.parse()
    }
}
