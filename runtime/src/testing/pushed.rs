//! What a channel pushed.

use std::fmt;

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::payload::{self, shown};
use crate::pubsub::Payload;

/// A received push or broadcast.
#[derive(Clone, Debug)]
pub struct Pushed {
    topic: String,
    event: String,
    payload: Payload,
    broadcast: bool,
}

impl Pushed {
    pub(super) fn new(topic: &str, event: &str, payload: &Payload, broadcast: bool) -> Self {
        let (topic, event) = (topic.to_owned(), event.to_owned());
        Pushed {
            topic,
            event,
            payload: payload.clone(),
            broadcast,
        }
    }

    /// The topic.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The event, such as `"new_message"`.
    pub fn event(&self) -> &str {
        &self.event
    }

    /// True for a broadcast to the topic, false for a push to this client alone.
    pub fn is_broadcast(&self) -> bool {
        self.broadcast
    }

    /// The payload.
    pub fn payload(&self) -> &Payload {
        &self.payload
    }

    /// The payload as a value.
    ///
    /// # Panics
    /// When it is bytes, or JSON of another shape.
    #[track_caller]
    pub fn parse<T: DeserializeOwned>(&self) -> T {
        payload::read(&self.payload, &format!("`{}`", self.event))
    }

    /// The payload as bytes.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    pub fn bytes(&self) -> &Bytes {
        payload::bytes(&self.payload, &format!("`{}`", self.event))
    }
}

/// Compares event and payload.
impl fmt::Display for Pushed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` with {}", self.event, shown(&self.payload))
    }
}
