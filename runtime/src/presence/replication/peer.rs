//! What is known of another replica.

use std::{sync::Arc, time::Duration};

use super::super::wire::Place;

/// Another replica.
#[derive(Debug)]
pub(super) struct Peer {
    /// The node that it is on.
    pub(super) node: Arc<str>,
    /// When it was first heard.
    pub(super) since: Duration,
    /// When it was last heard.
    pub(super) heard: Duration,
    /// How far it has counted its changes.
    pub(super) clock: u64,
    /// Whether what it tracks is shown.
    pub(super) up: bool,
    /// Where the transfer of what is missing has got to, if one has begun.
    pub(super) place: Option<Place>,
    /// When it was last asked for something.
    pub(super) asked: Duration,
    /// Whether an answer is awaited.
    pub(super) waiting: bool,
}

impl Peer {
    pub(super) fn new(node: Arc<str>, now: Duration) -> Self {
        Peer {
            node,
            since: now,
            heard: now,
            clock: 0,
            up: true,
            place: None,
            asked: now,
            waiting: false,
        }
    }

    /// What to ask for now.
    pub(super) fn ask(&mut self, now: Duration) -> Place {
        (self.asked, self.waiting) = (now, true);
        *self.place.get_or_insert(Place { from: 1, until: 0 })
    }

    /// A piece has come. Whether it was the last one.
    pub(super) fn answered(&mut self, place: Place, next: Option<u64>) -> bool {
        let expected = self.place.is_some_and(|expected| {
            expected.from == place.from && [0, place.until].contains(&expected.until)
        });
        if !expected {
            return false;
        }
        self.waiting = false;
        self.place = next.filter(|next| *next > place.from).map(|from| Place {
            from,
            until: place.until,
        });
        self.place.is_none()
    }

    /// Nothing is missing.
    pub(super) fn complete(&mut self) {
        (self.place, self.waiting) = (None, false);
    }
}
