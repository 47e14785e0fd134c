//! The activity of a connection, and its time limits. Times are ticks of the server's clock.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
};

use super::super::clock::{Clock, NEVER};
use crate::stream::Stream;

/// Shared by a connection's task and those of its streams.
pub(super) struct Activity {
    clock: Arc<Clock>,
    /// The number of open streams: requests, responses that are being sent, and sockets.
    open: AtomicUsize,
    /// The number of requests without a complete response.
    requests: AtomicUsize,
    /// The number of bodies of which hyper holds a chunk that does not fit the client's window yet.
    waiting: AtomicUsize,
    /// The number of complete responses.
    finished: AtomicUsize,
    has_begun: AtomicBool,
    /// When the last stream ended, or bytes of one were last written.
    rested: AtomicU64,
    /// When the client last accepted a part of a response.
    moved: AtomicU64,
    /// When the current incomplete frame or head began.
    partial: AtomicU64,
    /// When the client stopped reading.
    stalled: AtomicU64,
    /// The stream, once hyper has finished with it.
    leftover: Mutex<Option<Stream>>,
}

/// The result of a check of a connection's limits.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// The connection is checked again at this tick.
    At(u64),
    /// The client sends no more requests: it is told that the connection ends.
    Idle,
    /// The connection is cut off, even if requests are in flight.
    Cut,
}

impl Activity {
    pub(super) fn new(clock: Arc<Clock>) -> Arc<Self> {
        let now = clock.now();
        Arc::new(Activity {
            clock,
            open: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            finished: AtomicUsize::new(0),
            has_begun: AtomicBool::new(false),
            rested: AtomicU64::new(now),
            moved: AtomicU64::new(now),
            partial: AtomicU64::new(NEVER),
            stalled: AtomicU64::new(NEVER),
            leftover: Mutex::default(),
        })
    }

    pub(super) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(super) fn open(self: &Arc<Self>) -> Open {
        self.open.fetch_add(1, Relaxed);
        Open(self.clone())
    }

    pub(super) fn begin_request(self: &Arc<Self>) -> InFlight {
        self.has_begun.store(true, Relaxed);
        self.requests.fetch_add(1, Relaxed);
        InFlight(self.clone())
    }

    /// Notes that a chunk of a body waits for the client's window.
    pub(super) fn wait(self: &Arc<Self>) -> Waiting {
        if self.waiting.fetch_add(1, Relaxed) == 0 {
            self.moved.store(self.clock.now(), Relaxed);
        }
        Waiting(self.clone())
    }

    pub(super) fn finished(&self) -> usize {
        self.finished.load(Relaxed)
    }

    /// Notes that bytes of streams were written.
    pub(super) fn wrote(&self) {
        let now = self.clock.now();
        self.moved.store(now, Relaxed);
        self.rested.store(now, Relaxed);
    }

    /// Notes whether a write is blocked because the client does not read.
    pub(super) fn stall(&self, stalled: bool) {
        match (stalled, self.stalled.load(Relaxed)) {
            (true, NEVER) => self.stalled.store(self.clock.now(), Relaxed),
            (false, since) if since != NEVER => self.stalled.store(NEVER, Relaxed),
            _ => {}
        }
    }

    /// Notes when the current incomplete frame or head began, if there is one.
    pub(super) fn partial(&self, since: Option<u64>) {
        self.partial.store(since.unwrap_or(NEVER), Relaxed);
    }

    /// Checks whether a limit is exceeded. `closing` is when the client was told that the
    /// connection ends. With `cut`, the server no longer waits for requests.
    pub(super) fn check(&self, closing: Option<u64>, cut: bool) -> Check {
        let limits = &self.clock.limits;
        let now = self.clock.now();
        let (open, requests) = (self.open.load(Relaxed), self.requests.load(Relaxed));
        // Sockets are drained elsewhere, with deadlines of their own.
        if cut && (requests > 0 || open == 0) {
            return Check::Cut;
        }
        let moved = match self.waiting.load(Relaxed) {
            0 => NEVER,
            _ => self.moved.load(Relaxed),
        };
        let head = self.partial.load(Relaxed).saturating_add(limits.head);
        let stall = self
            .stalled
            .load(Relaxed)
            .min(moved)
            .saturating_add(limits.write_stall);
        let mut due = head.min(stall);
        if now >= due {
            return Check::Cut;
        }
        if open == 0 {
            let rested = self.rested.load(Relaxed);
            let (end, check) = match closing {
                Some(closing) => (rested.max(closing), limits.linger),
                None if self.has_begun.load(Relaxed) => (rested, limits.idle),
                None => (rested, limits.head),
            };
            let end = end.saturating_add(check);
            if now >= end {
                return match closing {
                    None if self.has_begun.load(Relaxed) => Check::Idle,
                    _ => Check::Cut,
                };
            }
            due = due.min(end);
        }
        // The end of the last stream does not wake this task, so an idle connection is found by
        // polling.
        Check::At(due.min(self.clock.after(limits.write_stall.min(limits.idle))))
    }

    /// Counts the requests in flight as lost, when the connection is cut off.
    pub(super) fn lose(&self) {
        self.clock.lose(self.requests.load(Relaxed));
    }

    pub(super) fn leave(&self, stream: Stream) {
        *self.leftover.lock().unwrap_or_else(PoisonError::into_inner) = Some(stream);
    }

    pub(super) fn take_leftover(&self) -> Option<Stream> {
        self.leftover
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}

/// Counts an open stream until it is dropped.
pub(super) struct Open(Arc<Activity>);

impl Drop for Open {
    fn drop(&mut self) {
        let Activity {
            clock,
            open,
            rested,
            ..
        } = &*self.0;
        rested.store(clock.now(), Relaxed);
        open.fetch_sub(1, Relaxed);
    }
}

/// Counts a request without a complete response until it is dropped.
pub(super) struct InFlight(Arc<Activity>);

impl InFlight {
    pub(super) fn activity(&self) -> &Arc<Activity> {
        &self.0
    }

    /// Counts the response as complete: hyper has all of it.
    pub(super) fn finish(&self) {
        self.0.finished.fetch_add(1, Relaxed);
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.requests.fetch_sub(1, Relaxed);
    }
}

/// Counts a chunk of a body that hyper holds until it is dropped. The client's window may be full.
pub(super) struct Waiting(Arc<Activity>);

impl Drop for Waiting {
    fn drop(&mut self) {
        let Activity {
            clock,
            moved,
            waiting,
            ..
        } = &*self.0;
        moved.store(clock.now(), Relaxed);
        waiting.fetch_sub(1, Relaxed);
    }
}
