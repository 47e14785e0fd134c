//! What is tracked, and by whom.

use std::sync::Arc;

use super::{meta::Meta, seen::Replica};
use crate::pubsub::SubscriberId;

/// A tracked subscriber of a replica.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tracker {
    pub(super) replica: Replica,
    pub(super) id: SubscriberId,
}

impl Tracker {
    /// Nobody's; all others are greater.
    pub(super) const LOWEST: Self = Tracker {
        replica: Replica::LOWEST,
        id: SubscriberId::LOWEST,
    };
}

/// A presence: a tracker under a key of a topic, with its meta. Cloning it is cheap.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub(super) topic: Arc<str>,
    pub(super) key: Arc<str>,
    pub(super) by: Tracker,
    pub(super) meta: Meta,
}

impl Entry {
    /// How many bytes it takes between nodes, about.
    pub(super) fn bytes(&self) -> usize {
        self.topic.len() + self.key.len() + self.meta.as_json().len()
    }
}
