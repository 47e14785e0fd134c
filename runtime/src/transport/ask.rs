//! What others ask of a connection's task.

use std::sync::atomic::{AtomicU8, Ordering};

/// What somebody else asks of a connection's task: the highest asked wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Ask {
    Nothing,
    /// The endpoint is shutting down.
    Drain,
    /// The client was silent for too long.
    Timeout,
    /// The client does not read.
    Overflow,
    /// The client is gone.
    Gone,
    /// End at once.
    Cut,
}

/// The highest that was asked so far.
#[derive(Debug, Default)]
pub(super) struct Asked(AtomicU8);

impl Asked {
    pub(super) fn get(&self) -> Ask {
        let value = self.0.load(Ordering::Acquire);
        [Ask::Nothing, Ask::Drain, Ask::Timeout, Ask::Overflow, Ask::Gone, Ask::Cut]
            .into_iter()
            .find(|ask| *ask as u8 == value)
            .unwrap_or(Ask::Cut)
    }

    /// Returns true if it is more than was asked before: the task wants to be woken.
    pub(super) fn raise(&self, ask: Ask) -> bool {
        self.0.fetch_max(ask as u8, Ordering::AcqRel) < ask as u8
    }
}
