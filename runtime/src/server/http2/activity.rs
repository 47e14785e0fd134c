//! What goes on in a connection, and when that has taken too long. Times are ticks of the server's clock.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
};

use super::super::deadlines::{Deadlines, NEVER};
use crate::stream::Stream;

/// Shared by a connection's task and those of its streams.
pub(super) struct Activity {
    clock: Arc<Deadlines>,
    /// Requests, responses that are being sent, and sockets.
    open: AtomicUsize,
    /// Requests without a whole response.
    requests: AtomicUsize,
    /// Bodies of which hyper has a piece that the client has not made room for.
    waiting: AtomicUsize,
    /// Whole responses.
    finished: AtomicUsize,
    has_begun: AtomicBool,
    /// When the last stream ended, or bytes of one were last written.
    rested: AtomicU64,
    /// When the client last took something of a response.
    moved: AtomicU64,
    /// When a frame or a head began that is not whole.
    partial: AtomicU64,
    /// Since when the client takes nothing of what is written.
    stalled: AtomicU64,
    /// The stream, once hyper is through with it.
    leftover: Mutex<Option<Stream>>,
}

/// What a connection has come to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Check {
    /// It is to be looked at again at this tick.
    At(u64),
    /// The client asks for nothing any more: it is told that the connection ends.
    Idle,
    /// It is over, whatever is in flight.
    Cut,
}

impl Activity {
    pub(super) fn new(clock: Arc<Deadlines>) -> Arc<Self> {
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

    pub(super) fn clock(&self) -> &Deadlines {
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

    /// A piece of a body waits until the client makes room for it.
    pub(super) fn wait(self: &Arc<Self>) -> Waiting {
        if self.waiting.fetch_add(1, Relaxed) == 0 {
            self.moved.store(self.clock.now(), Relaxed);
        }
        Waiting(self.clone())
    }

    pub(super) fn finished(&self) -> usize {
        self.finished.load(Relaxed)
    }

    /// Bytes of streams were written.
    pub(super) fn wrote(&self) {
        let now = self.clock.now();
        self.moved.store(now, Relaxed);
        self.rested.store(now, Relaxed);
    }

    /// The client takes nothing of what is written, or does again.
    pub(super) fn stall(&self, stalled: bool) {
        match (stalled, self.stalled.load(Relaxed)) {
            (true, NEVER) => self.stalled.store(self.clock.now(), Relaxed),
            (false, since) if since != NEVER => self.stalled.store(NEVER, Relaxed),
            _ => {}
        }
    }

    /// Since when there is a frame or a head that is not whole.
    pub(super) fn partial(&self, since: Option<u64>) {
        self.partial.store(since.unwrap_or(NEVER), Relaxed);
    }

    /// Looks whether a limit is exceeded. `closing` is when the client was told that the connection ends, and `cut` says that
    /// the server stops waiting for requests.
    pub(super) fn check(&self, closing: Option<u64>, cut: bool) -> Check {
        let limits = &self.clock.limits;
        let now = self.clock.now();
        let (open, requests) = (self.open.load(Relaxed), self.requests.load(Relaxed));
        // Sockets are drained by others, in their own time.
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
        // When the last stream ends, nobody says so: the limit of an idle connection is found by looking again.
        Check::At(due.min(self.clock.after(limits.write_stall.min(limits.idle))))
    }

    /// The connection is cut off. The requests in flight are lost.
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

/// A stream that is open.
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

/// A request without a whole response.
pub(super) struct InFlight(Arc<Activity>);

impl InFlight {
    pub(super) fn activity(&self) -> &Arc<Activity> {
        &self.0
    }

    /// hyper has all of the response.
    pub(super) fn finish(&self) {
        self.0.finished.fetch_add(1, Relaxed);
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.requests.fetch_sub(1, Relaxed);
    }
}

/// A piece of a body that hyper has, and the client may have no room for.
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
