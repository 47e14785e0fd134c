//! Requests to stop, made to a connection's task by others.

use std::sync::atomic::{AtomicU8, Ordering};

use crate::socket::Reason;

/// The close code for a client that does not read: "try again later".
const OVERFLOW: u16 = 1013;

/// The close code for a client that is to come back: "going away".
const GOING_AWAY: u16 = 1001;

/// What `terminate` is told when a callback was given up.
const LATE: &str = "a callback took longer than `callback_timeout`";

/// Why a connection is to stop, as requested from outside its task. The highest request wins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(in crate::transport) enum StopRequest {
    Nothing,
    /// Somebody wants it gone.
    Disconnect,
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

impl StopRequest {
    const ALL: [StopRequest; 9] = [
        StopRequest::Nothing,
        StopRequest::Disconnect,
        StopRequest::Drain,
        StopRequest::Timeout,
        StopRequest::Overflow,
        StopRequest::Gone,
        StopRequest::Late,
        StopRequest::Over,
        StopRequest::Cut,
    ];

    /// The end that is asked for: the code that WebSocket closes with, and what `terminate` is
    /// told.
    pub(in crate::transport) fn end(self) -> Option<(u16, Reason)> {
        Some(match self {
            StopRequest::Nothing => return None,
            StopRequest::Disconnect => (GOING_AWAY, Reason::Disconnected),
            StopRequest::Drain | StopRequest::Cut => (1012, Reason::Shutdown),
            StopRequest::Timeout => (1002, Reason::Timeout),
            StopRequest::Overflow => (OVERFLOW, Reason::Overflow),
            StopRequest::Late => (1011, Reason::Failed(LATE.into())),
            StopRequest::Gone | StopRequest::Over => (1006, gone()),
        })
    }

    /// What `terminate` is told when a connection ends by itself.
    pub(in crate::transport) fn reason(self) -> Reason {
        self.end().map_or_else(gone, |(_, reason)| reason)
    }
}

/// The client went without a word.
pub(in crate::transport) fn gone() -> Reason {
    Reason::Closed {
        code: 1006,
        text: String::new(),
    }
}

/// The highest request so far.
#[derive(Debug, Default)]
pub(in crate::transport) struct StopFlag(AtomicU8);

impl StopFlag {
    #[inline]
    pub(in crate::transport) fn get(&self) -> StopRequest {
        match self.0.load(Ordering::Acquire) {
            0 => StopRequest::Nothing,
            value => Self::request(value),
        }
    }

    fn request(value: u8) -> StopRequest {
        StopRequest::ALL
            .get(usize::from(value))
            .copied()
            .unwrap_or(StopRequest::Cut)
    }

    /// Raises the request. True if it is higher than all before: the task has to be woken.
    pub(in crate::transport) fn raise(&self, request: StopRequest) -> bool {
        self.0.fetch_max(request as u8, Ordering::AcqRel) < request as u8
    }
}
