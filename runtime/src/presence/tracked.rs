//! One tracked thing, for as long as a value lives.

use std::{fmt, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};

use super::{TrackError, announce::Shared, seen::PhxRef};
use crate::pubsub::SubscriberId;

/// A tracked presence, which ends when this is dropped: see
/// [`Presence::track`](super::Presence::track).
///
/// Keep it in the value that it represents, such as the state of a socket. However that value ends,
/// even by a panic, its presence ends too.
#[must_use = "when it is dropped, nothing is tracked any more"]
pub struct Tracked {
    presence: Arc<Shared>,
    topic: Arc<str>,
    key: Arc<str>,
    id: SubscriberId,
    phx_ref: PhxRef,
}

impl Tracked {
    pub(super) fn new(
        presence: Arc<Shared>,
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

    /// The topic of the presence.
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// The key of the presence.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The reference of its current meta, unique among all metas.
    pub fn phx_ref(&self) -> PhxRef {
        self.phx_ref
    }

    /// Replaces the whole meta. The new one has a new `phx_ref`.
    ///
    /// # Errors
    /// If the new meta is not a JSON object, or too large.
    pub fn update(&mut self, meta: impl Serialize) -> Result<PhxRef, TrackError> {
        self.phx_ref = self
            .presence
            .update(self.id, &self.topic, &self.key, meta)?;
        Ok(self.phx_ref)
    }

    /// Replaces the meta by what the function makes of it. The new one has a new `phx_ref`.
    ///
    /// The function may run more than once: if the meta was replaced meanwhile, it is given the new
    /// one.
    ///
    /// # Errors
    /// If the old meta has another shape than the function takes, or the new one is not a JSON
    /// object or too large.
    pub fn update_with<Old: DeserializeOwned, New: Serialize>(
        &mut self,
        update: impl FnMut(Old) -> New,
    ) -> Result<PhxRef, TrackError> {
        let place = (&*self.topic, &*self.key);
        self.phx_ref = self.presence.update_with(self.id, place, update)?;
        Ok(self.phx_ref)
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.presence.untrack(self.id, &self.topic, &self.key);
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
