//! Topics whose broadcasts are forwarded straight to a client.

use std::{
    borrow::Borrow,
    collections::HashSet,
    hash::{Hash, Hasher},
};

use crate::pubsub::{Encoding, Membership, PubSub};

/// So many topics are looked through one by one. That takes less memory than a table, and most
/// clients have no more.
const FEW: usize = 16;

/// Topics whose broadcasts are forwarded straight to a client, each with its encoding.
#[expect(clippy::box_collection, reason = "most connections are smaller by it")]
pub(super) enum Subscriptions {
    Few(Vec<Subscription>),
    Many(Box<HashSet<Subscription>>),
}

pub(super) struct Subscription {
    membership: Membership,
    encoding: Encoding,
}

/// A topic has one.
impl Borrow<str> for Subscription {
    fn borrow(&self) -> &str {
        self.membership.topic()
    }
}

impl PartialEq for Subscription {
    fn eq(&self, other: &Self) -> bool {
        self.membership.topic() == other.membership.topic()
    }
}

impl Eq for Subscription {}

impl Hash for Subscription {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.membership.topic().hash(state);
    }
}

impl Default for Subscriptions {
    fn default() -> Self {
        Subscriptions::Few(Vec::new())
    }
}

impl Subscriptions {
    /// The encoding of a topic; `None` if it is not forwarded.
    pub(super) fn encoding(&self, topic: &str) -> Option<Encoding> {
        let found = match self {
            Subscriptions::Few(few) => few.iter().find(|one| one.membership.topic() == topic),
            Subscriptions::Many(many) => many.get(topic),
        };
        found.map(|subscription| subscription.encoding)
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Subscriptions::Few(few) => few.len(),
            Subscriptions::Many(many) => many.len(),
        }
    }

    /// Topics, at most so many.
    pub(super) fn first(&self, most: usize) -> Vec<String> {
        let (few, many) = match self {
            Subscriptions::Few(few) => (Some(few), None),
            Subscriptions::Many(many) => (None, Some(many)),
        };
        let many = many.into_iter().flat_map(|many| many.iter());
        let all = few.into_iter().flatten().chain(many);
        all.take(most)
            .map(|subscription| subscription.membership.topic().to_owned())
            .collect()
    }

    /// Adds a subscription. Returns the one of the same topic that it replaces.
    #[must_use = "a subscription that is replaced has to leave"]
    pub(super) fn add(&mut self, membership: Membership, encoding: Encoding) -> Option<Membership> {
        let added = Subscription {
            membership,
            encoding,
        };
        let replaced = match self {
            Subscriptions::Many(many) => many.replace(added),
            Subscriptions::Few(few) => match few.iter().position(|one| *one == added) {
                Some(place) => Some(std::mem::replace(&mut few[place], added)),
                None if few.len() < FEW => {
                    if few.is_empty() {
                        // Most clients have one.
                        few.reserve_exact(1);
                    }
                    few.push(added);
                    None
                }
                None => {
                    let many = few.drain(..).chain([added]).collect();
                    *self = Subscriptions::Many(Box::new(many));
                    None
                }
            },
        };
        replaced.map(|replaced| replaced.membership)
    }

    /// Removes the subscription of a topic.
    #[must_use = "a subscription that is removed has to leave"]
    pub(super) fn remove(&mut self, topic: &str) -> Option<Membership> {
        let removed = match self {
            Subscriptions::Few(few) => {
                let mut places = few.iter();
                let place = places.position(|one| one.membership.topic() == topic)?;
                Some(few.swap_remove(place))
            }
            Subscriptions::Many(many) => many.take(topic),
        };
        removed.map(|removed| removed.membership)
    }

    /// Ends the subscriptions. Do not hold a lock of the subscriber: this may drop its last
    /// reference.
    pub(super) fn leave(self, pubsub: &PubSub) {
        let leave = |subscription: Subscription| pubsub.leave(subscription.membership);
        match self {
            Subscriptions::Few(few) => few.into_iter().for_each(leave),
            Subscriptions::Many(many) => many.into_iter().for_each(leave),
        }
    }
}
