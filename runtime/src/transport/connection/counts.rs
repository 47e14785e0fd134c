//! The messages of one connection, counted while somebody wants to know.

/// How long after the last question they are counted, in milliseconds.
const WANTED: u64 = 60_000;

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
