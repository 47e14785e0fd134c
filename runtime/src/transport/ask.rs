//! What others ask of a connection's task.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::socket::Reason;

/// The close code for a client that does not read: "try again later".
const OVERFLOW: u16 = 1013;

/// What `terminate` is told when a callback was given up.
const LATE: &str = "a callback took longer than `callback_timeout`";

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
    /// A callback takes longer than it may.
    Late,
    /// The client was told the end, and has not ended the stream in time.
    Over,
    /// The endpoint's time to shut down is over.
    Cut,
}

impl Ask {
    const ALL: [Ask; 8] =
        [Ask::Nothing, Ask::Drain, Ask::Timeout, Ask::Overflow, Ask::Gone, Ask::Late, Ask::Over, Ask::Cut];

    /// The end that is asked for: the code that WebSocket closes with, and what `terminate` is told.
    pub(super) fn end(self) -> Option<(u16, Reason)> {
        Some(match self {
            Ask::Nothing => return None,
            Ask::Drain | Ask::Cut => (1012, Reason::Shutdown),
            Ask::Timeout => (1002, Reason::Timeout),
            Ask::Overflow => (OVERFLOW, Reason::Overflow),
            Ask::Late => (1011, Reason::Failed(LATE.into())),
            Ask::Gone | Ask::Over => (1006, gone()),
        })
    }

    /// What `terminate` is told when a connection ends by itself.
    pub(super) fn reason(self) -> Reason {
        self.end().map_or_else(gone, |(_, reason)| reason)
    }
}

/// The client went without a word.
pub(super) fn gone() -> Reason {
    Reason::Closed { code: 1006, text: String::new() }
}

/// The highest that was asked so far.
#[derive(Debug, Default)]
pub(super) struct Asked(AtomicU8);

impl Asked {
    pub(super) fn get(&self) -> Ask {
        let value = self.0.load(Ordering::Acquire);
        Ask::ALL.get(usize::from(value)).copied().unwrap_or(Ask::Cut)
    }

    /// Returns true if it is more than was asked before: the task wants to be woken.
    pub(super) fn raise(&self, ask: Ask) -> bool {
        self.0.fetch_max(ask as u8, Ordering::AcqRel) < ask as u8
    }
}
