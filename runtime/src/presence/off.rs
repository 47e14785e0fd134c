//! Stands in for `presence` where the feature `channels` is off: nobody is tracked.

use crate::pubsub::PubSub;

#[derive(Clone, Debug)]
pub(crate) struct Presence;

impl Presence {
    pub(crate) fn new(_: &PubSub) -> Self {
        Presence
    }

    pub(crate) fn with(pubsub: &PubSub, _: Options) -> Self {
        Presence::new(pubsub)
    }
}

#[derive(Debug, Default)]
pub(crate) struct Options {}

impl Options {
    pub(crate) fn or_name(self, _: &str) -> Self {
        self
    }
}
