//! Tracks things, replaces their metas, and stops tracking them.

use std::sync::Arc;

use serde::Serialize;

use super::{
    TrackError,
    announce::Shared,
    diff::Diff,
    entry::{Entry, Tracker},
    meta::{Fields, check_key},
    seen::PhxRef,
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
        check_key(key)?;
        let fields = Fields::of(&meta)?;
        self.change(|state| {
            let by = Tracker {
                replica: state.replica(),
                id,
            };
            if !state.find(topic, key, by).is_empty() {
                return (Diff::default(), Err(TrackError::AlreadyTracked));
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
        self.change(|state| {
            let by = Tracker {
                replica: state.replica(),
                id,
            };
            let dots = state.find(topic, key, by);
            let old = dots
                .last()
                .and_then(|dot| Some((*dot, state.entry(*dot)?.clone())));
            let Some((dot, old)) = old else {
                return (Diff::default(), Err(TrackError::NotTracked));
            };
            put(
                state,
                State::removal(&dots),
                (old.topic, old.key, by),
                fields,
                Some(PhxRef(dot)),
            )
        })
    }

    pub(super) fn untrack(self: &Arc<Self>, id: SubscriberId, topic: &str, key: &str) -> bool {
        self.change(|state| {
            let dots = state.find(
                topic,
                key,
                Tracker {
                    replica: state.replica(),
                    id,
                },
            );
            (state.merge(&State::removal(&dots)), !dots.is_empty())
        })
    }

    pub(super) fn untrack_all(self: &Arc<Self>, id: SubscriberId) -> usize {
        self.change(|state| {
            let dots = state.tracked_by(Tracker {
                replica: state.replica(),
                id,
            });
            (state.merge(&State::removal(&dots)), dots.len())
        })
    }
}

/// Adds an entry together with what else `delta` changes.
fn put(
    state: &mut State,
    delta: Delta,
    (topic, key, by): (Arc<str>, Arc<str>, Tracker),
    fields: Fields,
    previous: Option<PhxRef>,
) -> (Diff, Result<PhxRef, TrackError>) {
    let dot = state.next();
    match fields.into_meta(PhxRef(dot), previous) {
        Ok(meta) => {
            let delta = delta.add(
                dot,
                Entry {
                    topic,
                    key,
                    by,
                    meta,
                },
            );
            (state.merge(&delta), Ok(PhxRef(dot)))
        }
        Err(error) => (Diff::default(), Err(error)),
    }
}
