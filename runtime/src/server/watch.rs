//! The part of a connection's state that its time limits need.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll, Waker},
};

use super::clock::{Clock, NEVER, body_limit};
use crate::stream::{HoldsTakeover, Takeover};

/// The phase of a connection in its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// No byte has arrived yet.
    Silent,
    /// A head has begun.
    Head,
    /// The service works on a request.
    Busy,
    /// The service has answered, and its response is being sent.
    Answering,
    /// Between requests.
    Idle,
}

/// The shared state of a connection.
pub(super) struct Watch {
    /// The tick at which the connection has exceeded its limit.
    due: AtomicU64,
    phase: AtomicU8,
    /// The number of requests that the service was given, or that were refused before it.
    requests: AtomicU64,
    /// The number of the first malformed request, counted from 0.
    malformed: AtomicU64,
    /// The head of the next request has begun, but is not complete.
    in_head: AtomicBool,
    /// The service waits for the rest of its request.
    awaits_body: AtomicBool,
    /// The service is not waited for: the rest of its request has not come in time.
    late: AtomicBool,
    stalled: AtomicBool,
    /// The current request may upgrade the connection to another protocol.
    offered: AtomicBool,
    /// The response to the current request upgrades it.
    upgrades: AtomicBool,
    /// The service upgrades the connection by hyper's means.
    by_hyper: AtomicBool,
    unread: AtomicBool,
    waker: Mutex<Option<Waker>>,
    takeover: Mutex<Option<Takeover>>,
    clock: Arc<Clock>,
}

impl Watch {
    pub(super) fn new(clock: Arc<Clock>) -> Self {
        Watch {
            due: AtomicU64::new(clock.after(clock.limits.head)),
            phase: AtomicU8::new(Phase::Silent as u8),
            requests: AtomicU64::new(0),
            malformed: AtomicU64::new(NEVER),
            in_head: AtomicBool::new(false),
            awaits_body: AtomicBool::new(false),
            late: AtomicBool::new(false),
            stalled: AtomicBool::new(false),
            offered: AtomicBool::new(false),
            upgrades: AtomicBool::new(false),
            by_hyper: AtomicBool::new(false),
            unread: AtomicBool::new(false),
            waker: Mutex::default(),
            takeover: Mutex::default(),
            clock,
        }
    }

    /// Stores the waker. A connection never moves to another task, so it is set once.
    pub(super) fn register(&self, cx: &Context<'_>) {
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(cx.waker().clone());
    }

    pub(super) fn wake(&self) {
        if let Some(waker) = &*self.waker.lock().unwrap_or_else(PoisonError::into_inner) {
            waker.wake_by_ref();
        }
    }

    /// Ends the time limits: the connection has ended, or is no longer HTTP.
    pub(super) fn end(&self) {
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    #[cfg(feature = "http2")]
    pub(super) fn set_due(&self, tick: u64) {
        self.due.store(tick, Relaxed);
    }

    pub(super) fn is_due(&self) -> bool {
        self.clock.now() >= self.due.load(Relaxed)
    }

    pub(super) fn stopping(&self) -> bool {
        self.clock.stopping.load(Relaxed)
    }

    pub(super) fn cut(&self) -> bool {
        self.clock.cut.load(Relaxed)
    }

    /// Whether nothing is in flight: the client has sent nothing or a part of a head, and all
    /// responses have been written.
    pub(super) fn asks_nothing(&self) -> bool {
        matches!(self.phase(), Phase::Silent | Phase::Head) && !self.stalled()
    }

    /// Whether the client may still have a response to read.
    pub(super) fn has_answered(&self) -> bool {
        self.requests.load(Relaxed) > 0
    }

    /// Whether the service waits for the rest of its request, and has not answered.
    pub(super) fn lacks_body(&self) -> bool {
        self.phase() == Phase::Busy && self.awaits_body.load(Relaxed)
    }

    /// Gives up a request that lacks its body. Returns `false` if it was given up before.
    pub(super) fn give_up(&self) -> bool {
        !self.late.swap(true, Relaxed)
    }

    /// Whether the current request was given up. It is the connection's last one.
    pub(super) fn is_late(&self) -> bool {
        self.late.load(Relaxed)
    }

    /// Counts the request in flight, if there is one, as lost when the connection is cut off.
    pub(super) fn lose(&self) {
        if self.stalled() || matches!(self.phase(), Phase::Busy | Phase::Answering) {
            self.clock.lose(1);
        }
    }

    pub(super) fn phase(&self) -> Phase {
        match self.phase.load(Relaxed) {
            0 => Phase::Silent,
            1 => Phase::Head,
            2 => Phase::Busy,
            3 => Phase::Answering,
            _ => Phase::Idle,
        }
    }

    pub(super) fn enter(&self, phase: Phase) {
        self.phase.store(phase as u8, Relaxed);
        if !self.stalled() {
            self.due.store(self.limit(phase), Relaxed);
        }
    }

    fn limit(&self, phase: Phase) -> u64 {
        let limits = &self.clock.limits;
        match phase {
            Phase::Silent | Phase::Head => self.clock.after(limits.head),
            Phase::Busy | Phase::Answering => NEVER,
            Phase::Idle => self.clock.after(limits.idle),
        }
    }

    /// Notes that bytes arrived. The limit of a head begins with its first byte, and later bytes do
    /// not extend it.
    pub(super) fn received(&self, in_head: bool, malformed: Option<u64>) {
        self.in_head.store(in_head, Relaxed);
        if let Some(malformed) = malformed {
            self.malformed.store(malformed, Relaxed);
        }
        match self.phase() {
            Phase::Silent if in_head => self.phase.store(Phase::Head as u8, Relaxed),
            Phase::Idle if in_head => self.enter(Phase::Head),
            _ => {}
        }
    }

    /// Begins the next request. Returns whether it is known to be malformed.
    pub(super) fn begin_request(&self) -> bool {
        self.enter(Phase::Busy);
        // Only the connection's task counts.
        let before = self.requests.load(Relaxed);
        self.requests.store(before + 1, Relaxed);
        before == self.malformed.load(Relaxed)
    }

    /// Whether the current request has turned out to be malformed.
    pub(super) fn is_malformed(&self) -> bool {
        self.requests.load(Relaxed).checked_sub(1) == Some(self.malformed.load(Relaxed))
    }

    /// Marks the current request as malformed, since its body cannot be read.
    pub(super) fn spoil(&self) {
        if let Some(request) = self.requests.load(Relaxed).checked_sub(1) {
            self.malformed.store(request, Relaxed);
        }
    }

    /// Ends the current request: hyper has all of the response. The next request may have begun
    /// already.
    pub(super) fn end_request(&self) {
        self.enter(if self.in_head.load(Relaxed) {
            Phase::Head
        } else {
            Phase::Idle
        });
    }

    /// Notes whether a write is blocked because the client does not read.
    pub(super) fn writing<T>(&self, result: &Poll<T>) {
        let stalled = result.is_pending();
        if stalled == self.stalled.load(Relaxed) {
            return;
        }
        self.stalled.store(stalled, Relaxed);
        let due = if stalled {
            self.clock.after(self.clock.limits.write_stall)
        } else {
            self.limit(self.phase())
        };
        self.due.store(due, Relaxed);
    }

    pub(super) fn stalled(&self) -> bool {
        self.stalled.load(Relaxed)
    }

    /// Notes that the service waits for a body, of which `bytes` have arrived since the tick
    /// `since`.
    pub(super) fn body_awaited(&self, since: u64, bytes: u64) {
        let total = since.saturating_add(self.clock.ticks(body_limit(bytes)));
        let stall = self.clock.after(self.clock.limits.body_stall);
        self.due.store(total.min(stall), Relaxed);
        self.awaits_body.store(true, Relaxed);
    }

    /// Notes that the service no longer waits for a body.
    pub(super) fn body_arrived(&self) {
        self.awaits_body.store(false, Relaxed);
        if !self.stalled() {
            self.due.store(self.limit(self.phase()), Relaxed);
        }
    }

    /// Notes that a request was answered before all of it was read.
    pub(super) fn leave_unread(&self) {
        self.unread.store(true, Relaxed);
    }

    /// Whether the client may still be sending.
    pub(super) fn unread(&self) -> bool {
        self.unread.load(Relaxed) || self.in_head.load(Relaxed)
    }

    pub(super) fn now(&self) -> u64 {
        self.clock.now()
    }

    pub(super) fn linger(&self) {
        self.due
            .store(self.clock.after(self.clock.limits.linger), Relaxed);
    }

    /// Lets the current request take the connection over.
    pub(super) fn offer(&self) {
        self.offered.store(true, Relaxed);
    }

    /// Withdraws the offer, since the response does not upgrade the connection.
    pub(super) fn withdraw(&self) {
        if self.offered.load(Relaxed) {
            self.offered.store(false, Relaxed);
            drop(self.takeover().take());
        }
    }

    /// What takes the connection over, if the response says so.
    pub(super) fn take_over(&self) -> Option<Takeover> {
        let upgrades = self.upgrades.load(Relaxed);
        upgrades.then(|| self.takeover().take()).flatten()
    }

    /// The response upgrades the connection. Returns whether hyper has to do it, and has not been
    /// told: nobody has left a takeover.
    pub(super) fn leave_to_hyper(&self) -> bool {
        self.upgrades.store(true, Relaxed);
        self.takeover().is_none() && !self.by_hyper.swap(true, Relaxed)
    }

    /// Whether hyper has to hand the stream over.
    pub(super) fn is_left_to_hyper(&self) -> bool {
        self.by_hyper.load(Relaxed)
    }

    fn takeover(&self) -> MutexGuard<'_, Option<Takeover>> {
        self.takeover.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HoldsTakeover for Watch {
    fn put(&self, takeover: Takeover) {
        if self.offered.load(Relaxed) {
            *self.takeover() = Some(takeover);
        }
    }
}
