//! Tracks things, replaces their metas, and stops tracking them.

use std::sync::Arc;

use serde::{Serialize, de::DeserializeOwned};

use super::{
    TrackError,
    announce::Shared,
    entry::{Entry, Tracker},
    meta::{Fields, check_key, check_topic},
    seen::{Dot, PhxRef},
    state::{Delta, State},
};
use crate::pubsub::SubscriberId;

/// What the methods of [`Presence`](super::Presence) with the same names do.
impl Shared {
    pub(super) fn track_as(
        self: &Arc<Self>,
        id: SubscriberId,
        topic: &str,
        key: &str,
        meta: impl Serialize,
    ) -> Result<PhxRef, TrackError> {
        check_topic(topic)?;
        check_key(key)?;
        let fields = Fields::of(&meta)?;
        self.change_own(|state| {
            let by = state.tracker(id);
            if !state.find(topic, key, by).is_empty() {
                return (None, Err(TrackError::AlreadyTracked));
            }
            let place = (state.name(topic), key.into(), by);
            put(state, Delta::default(), place, fields, None)
        })
    }

    pub(super) fn update(
        self: &Arc<Self>,
        id: SubscriberId,
        topic: &str,
        key: &str,
        meta: impl Serialize,
    ) -> Result<PhxRef, TrackError> {
        let fields = Fields::of(&meta)?;
        self.change_own(|state| replace(state, id, (topic, key), fields, None))
    }

    pub(super) fn update_with<Old: DeserializeOwned, New: Serialize>(
        self: &Arc<Self>,
        id: SubscriberId,
        (topic, key): (&str, &str),
        mut update: impl FnMut(Old) -> New,
    ) -> Result<PhxRef, TrackError> {
        loop {
            let old = self.read(|state| {
                let dot = state.find(topic, key, state.tracker(id)).pop()?;
                Some((dot, state.entry(dot)?.meta.clone()))
            });
            let (dot, meta) = old.ok_or(TrackError::NotTracked)?;
            // The function runs without the lock. If another update was faster, it is asked again.
            let fields = Fields::of(&update(meta.parse().map_err(TrackError::Meta)?))?;
            match self.change_own(|state| replace(state, id, (topic, key), fields, Some(dot))) {
                Err(TrackError::NotTracked) => {}
                done => return done,
            }
        }
    }

    pub(super) fn untrack(self: &Arc<Self>, id: SubscriberId, topic: &str, key: &str) -> bool {
        self.change_own(|state| {
            let dots = state.find(topic, key, state.tracker(id));
            (removal(state, &dots), !dots.is_empty())
        })
    }

    pub(super) fn untrack_all(self: &Arc<Self>, id: SubscriberId) -> usize {
        self.change_own(|state| {
            let dots = state.tracked_by(state.tracker(id));
            (removal(state, &dots), dots.len())
        })
    }
}

/// Takes these away, and counts that as a change.
fn removal(state: &State, dots: &[Dot]) -> Option<Delta> {
    (!dots.is_empty()).then(|| State::removal(dots).and(state.next()))
}

/// Replaces the meta of a subscriber: only if it is still that of `unchanged`, if that is given.
fn replace(
    state: &State,
    id: SubscriberId,
    (topic, key): (&str, &str),
    fields: Fields,
    unchanged: Option<Dot>,
) -> (Option<Delta>, Result<PhxRef, TrackError>) {
    let by = state.tracker(id);
    let dots = state.find(topic, key, by);
    let last = dots
        .last()
        .filter(|dot| unchanged.is_none_or(|old| old == **dot));
    let Some((dot, old)) = last.and_then(|dot| Some((*dot, state.entry(*dot)?))) else {
        return (None, Err(TrackError::NotTracked));
    };
    let place = (old.topic.clone(), old.key.clone(), by);
    let removal = State::removal(&dots).and(state.next());
    put(state, removal, place, fields, Some(PhxRef(dot)))
}

/// Adds an entry together with what else `delta` changes.
fn put(
    state: &State,
    delta: Delta,
    (topic, key, by): (Arc<str>, Arc<str>, Tracker),
    fields: Fields,
    previous: Option<PhxRef>,
) -> (Option<Delta>, Result<PhxRef, TrackError>) {
    let dot = state.next_after(&delta);
    match fields.into_meta(PhxRef(dot), previous) {
        Ok(meta) => {
            let entry = Entry {
                topic,
                key,
                by,
                meta,
            };
            (Some(delta.add(dot, entry)), Ok(PhxRef(dot)))
        }
        Err(error) => (None, Err(error)),
    }
}
