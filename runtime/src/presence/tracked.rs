//! One tracked thing, for as long as a value lives.

use std::{fmt, sync::Arc};

use serde::Serialize;

use super::{PhxRef, Presence, TrackError};
use crate::pubsub::SubscriberId;

/// Something that is present until this is dropped: see [`Presence::tracked`].
///
/// Keep it in what it stands for, such as the state of a socket: however that ends, by a panic too, its presence ends
/// with it.
#[must_use = "when it is dropped, nothing is tracked any more"]
pub struct Tracked {
    presence: Presence,
    topic: Arc<str>,
    key: Arc<str>,
    id: SubscriberId,
    phx_ref: PhxRef,
}

impl Tracked {
    pub(super) fn new(
        presence: Presence,
        id: SubscriberId,
        phx_ref: PhxRef,
        topic: &str,
        key: &str,
    ) -> Self {
        Tracked {
            presence,
            topic: topic.into(),
            key: key.into(),
            id,
            phx_ref,
        }
    }

    /// Where it is present.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Under which key.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What tells its present meta from all others.
    pub fn phx_ref(&self) -> PhxRef {
        self.phx_ref
    }

    /// Tells something else about it: see [`Presence::update`].
    ///
    /// # Errors
    /// When the meta is none.
    pub fn update(&mut self, meta: impl Serialize) -> Result<PhxRef, TrackError> {
        self.phx_ref = self
            .presence
            .update(&self.topic, self.id, &self.key, meta)?;
        Ok(self.phx_ref)
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.presence.untrack(&self.topic, self.id, &self.key);
    }
}

impl fmt::Debug for Tracked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tracked")
            .field("topic", &self.topic)
            .field("key", &self.key)
            .finish()
    }
}
