//! The messages of one connection, counted while somebody wants to know.

use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

/// How long after the last question they are counted, in milliseconds.
const WANTED: u64 = 60_000;

/// For whom the messages of a connection are counted. Each message asks once.
pub(super) struct CountedFor(AtomicU8);

impl CountedFor {
    /// The endpoint's dashboard.
    pub(super) const DASHBOARD: u8 = 1;
    /// Those who ask who is here.
    pub(super) const ASKERS: u8 = 2;

    pub(super) fn new(has_dashboard: bool) -> Self {
        CountedFor(AtomicU8::new(if has_dashboard {
            Self::DASHBOARD
        } else {
            0
        }))
    }

    pub(super) fn anybody(&self) -> bool {
        self.0.load(Relaxed) != 0
    }

    pub(super) fn has(&self, who: u8) -> bool {
        self.0.load(Relaxed) & who != 0
    }

    pub(super) fn add(&self, who: u8) {
        self.0.fetch_or(who, Relaxed);
    }

    pub(super) fn remove(&self, who: u8) {
        self.0.fetch_and(!who, Relaxed);
    }
}

/// The messages of one connection since somebody asked.
pub(super) struct Counts {
    /// The clock when they were first asked for.
    pub(super) began: u64,
    /// The clock when they were last asked for.
    asked: u64,
    pub(super) came: Messages,
    pub(super) sent: Messages,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Messages {
    pub(super) number: u64,
    pub(super) bytes: u64,
}

impl Messages {
    pub(super) fn add(&mut self, bytes: usize) {
        self.number += 1;
        self.bytes += bytes as u64;
    }
}

impl Counts {
    pub(super) fn begin(now: u64) -> Box<Self> {
        let (came, sent) = Default::default();
        Box::new(Counts {
            began: now,
            asked: now,
            came,
            sent,
        })
    }

    pub(super) fn ask(&mut self, now: u64) {
        self.asked = now;
    }

    /// Whether somebody has asked not long ago.
    pub(super) fn are_wanted(&self, now: u64) -> bool {
        now.saturating_sub(self.asked) < WANTED
    }
}
