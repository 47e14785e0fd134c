//! A subscription in a topic.

use std::sync::Arc;

use super::{
    Form,
    run::Run,
    subscriber::{Recipient, Subscriber, SubscriberId},
};
use crate::{contain, escape::shown};

/// A subscription in a topic.
#[derive(Clone)]
pub(super) enum Entry {
    /// With the events that it wants, if it does not want all.
    Deliver(Arc<dyn Subscriber>, Option<&'static [&'static str]>),
    Forward(Arc<dyn Recipient>, Form),
}

impl Entry {
    pub(super) fn deliver(subscriber: Arc<dyn Subscriber>) -> Self {
        let events = subscriber.events();
        Entry::Deliver(subscriber, events)
    }

    pub(super) fn id(&self) -> SubscriberId {
        match self {
            Entry::Deliver(subscriber, _) => subscriber.id(),
            Entry::Forward(recipient, _) => recipient.id(),
        }
    }

    /// Clients are told by their channels.
    pub(super) fn gap(&self, topic: &str) {
        if let Entry::Deliver(subscriber, _) = self {
            tell_gap(&**subscriber, topic);
        }
    }

    /// Whether a run has something for it.
    #[inline]
    pub(super) fn wants(&self, run: &Run) -> bool {
        match self {
            Entry::Deliver(_, Some(events)) => run.has_any(events),
            Entry::Deliver(_, None) | Entry::Forward(..) => true,
        }
    }

    /// Hands over a run, if that has something for it.
    pub(super) fn receive(&self, run: &Run) {
        match self {
            Entry::Deliver(subscriber, _) if self.wants(run) => run.deliver_to(&**subscriber),
            Entry::Deliver(..) => {}
            Entry::Forward(recipient, form) => run.forward_to(&**recipient, form),
        }
    }
}

/// The handle of a subscription, by which it can be ended.
#[derive(Debug)]
#[must_use = "a subscription that nobody ends stays for ever"]
pub(crate) struct Membership {
    pub(super) topic: Arc<str>,
    pub(super) shard: u32,
    pub(super) wants: Wants,
    pub(super) place: usize,
}

/// What a subscription wants of other nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wants {
    /// What they publish to the topic.
    Everything,
    /// What they send to this node by `direct_broadcast`.
    Direct,
    /// To be told of gaps. It is in no shard.
    Gaps,
}

impl Membership {
    pub(crate) fn topic(&self) -> &str {
        &self.topic
    }
}

/// Tells a subscriber that broadcasts of other nodes may be lost. It may run a conversion of the
/// application's.
pub(super) fn tell_gap(subscriber: &dyn Subscriber, topic: &str) {
    if let Err(panic) = contain::call(|| subscriber.gap(topic)) {
        tracing::error!(topic = %shown(topic), "telling of lost broadcasts panicked: {panic}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pubsub::{
        Broadcast,
        budget::Budget,
        run::{Except, Publication},
    };

    /// Wants some events.
    struct Listener(&'static [&'static str]);

    impl Subscriber for Listener {
        fn id(&self) -> SubscriberId {
            SubscriberId::LOWEST
        }

        fn deliver(&self, _: &Broadcast) {}

        fn events(&self) -> Option<&'static [&'static str]> {
            Some(self.0)
        }
    }

    #[test]
    fn a_run_is_for_those_who_want_one_of_its_events() {
        const EVENTS: [&[&str]; 4] = [&[], &["left"], &["left", "said"], &["joined"]];
        let budget = Budget::new(1_000);
        let publication = |event| {
            let broadcast = Broadcast::new("room", event, "".into());
            Arc::new(Publication::new(broadcast, Except::Nobody, budget.share()))
        };
        let run = Run::new(vec![publication("said"), publication("joined")]);
        let wants = |events| Entry::deliver(Arc::new(Listener(events))).wants(&run);
        for _ in 0..2 {
            assert_eq!(EVENTS.map(wants), [false, false, true, true]);
        }
    }
}
