//! Broadcasts, encoded once for all clients of a serializer.

use std::any::{Any, TypeId};

use super::Serializer;
use crate::{
    message::Message,
    pubsub::{Broadcast, Encoder},
};

impl Encoder for &'static dyn Serializer {
    fn encode(&self, broadcast: &Broadcast) -> Option<Message> {
        let message = Serializer::encode(*self, &broadcast.into());
        message
            .inspect_err(|error| {
                let (topic, event) = (broadcast.topic(), broadcast.event());
                tracing::error!(
                    topic,
                    event,
                    serializer = self.name(),
                    "a broadcast reaches nobody: {error}"
                );
            })
            .ok()
    }

    fn key(&self) -> TypeId {
        (*self as &dyn Any).type_id()
    }
}
