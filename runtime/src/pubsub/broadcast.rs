//! What is published.

use std::{fmt, sync::Arc};

use serde::de::DeserializeOwned;

use super::Payload;

/// One publication: a topic, the name of an event, and a payload. Cloning it is cheap.
#[derive(Clone)]
pub struct Broadcast(Arc<Parts>);

struct Parts {
    topic: Box<str>,
    event: Box<str>,
    payload: Payload,
    is_gap: bool,
}

impl Broadcast {
    /// Stands for broadcasts of other nodes that may be lost.
    pub(crate) fn gap(topic: &str) -> Self {
        Broadcast(Arc::new(Parts {
            topic: topic.into(),
            event: "gap".into(),
            payload: Payload::EMPTY,
            is_gap: true,
        }))
    }

    pub(crate) fn new(topic: &str, event: &str, payload: Payload) -> Self {
        Broadcast(Arc::new(Parts {
            topic: topic.into(),
            event: event.into(),
            payload,
            is_gap: false,
        }))
    }

    /// Whether this was not published, but stands for broadcasts of other nodes that may be lost:
    /// the broker was away, or a node could not reach it. It has the topic, the event `"gap"`, and
    /// an empty payload. Mailboxes get it; whoever keeps a state by broadcasts reads it anew.
    pub fn is_gap(&self) -> bool {
        self.0.is_gap
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

    /// The payload as a value.
    ///
    /// # Errors
    /// If it is text or bytes, or JSON of another shape.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        self.0.payload.parse()
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
