//! The part of a connection's state that its time limits need.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed},
    },
    task::{Context, Poll, Waker},
};

use hyper::upgrade::OnUpgrade;

use super::deadlines::{BODY_RATE, Deadlines, NEVER};
use crate::stream::TakeoverSlot;

/// Where a connection is in its request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Phase {
    /// Nothing has come yet.
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

/// What is known of a connection.
pub(super) struct Watch {
    /// The tick at which the connection has exceeded its limit.
    due: AtomicU64,
    phase: AtomicU8,
    /// Requests that the service was given, or that were refused in its place.
    requests: AtomicU64,
    /// The first malformed request, counted from 0.
    malformed: AtomicU64,
    /// The head of the next request has begun, but is not complete.
    in_head: AtomicBool,
    /// The service waits for the rest of its request.
    awaits_body: AtomicBool,
    stalled: AtomicBool,
    ended: AtomicBool,
    offered: AtomicBool,
    unread: AtomicBool,
    waker: Mutex<Option<Waker>>,
    upgrade: Mutex<Option<Upgrade>>,
    clock: Arc<Deadlines>,
}

/// A request that may become something else than HTTP.
pub(super) struct Upgrade {
    pub(super) slot: TakeoverSlot,
    pub(super) stream: OnUpgrade,
}

impl Watch {
    pub(super) fn new(clock: Arc<Deadlines>) -> Self {
        Watch {
            due: AtomicU64::new(clock.after(clock.limits.head)),
            phase: AtomicU8::new(Phase::Silent as u8),
            requests: AtomicU64::new(0),
            malformed: AtomicU64::new(NEVER),
            in_head: AtomicBool::new(false),
            awaits_body: AtomicBool::new(false),
            stalled: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            offered: AtomicBool::new(false),
            unread: AtomicBool::new(false),
            waker: Mutex::default(),
            upgrade: Mutex::default(),
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

    /// Ends the time limits: the connection is not HTTP any more.
    pub(super) fn end(&self) {
        self.ended.store(true, Relaxed);
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Relaxed)
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

    /// Whether nothing is in flight: the client has begun a request at most, and all responses are on
    /// their way.
    pub(super) fn asks_nothing(&self) -> bool {
        matches!(self.phase(), Phase::Silent | Phase::Head) && !self.stalled()
    }

    /// Whether the client may still have to read something that it was sent.
    pub(super) fn has_answered(&self) -> bool {
        self.requests.load(Relaxed) > 0
    }

    /// Whether the service waits for the rest of its request, and has not answered.
    pub(super) fn lacks_body(&self) -> bool {
        self.phase() == Phase::Busy && self.awaits_body.load(Relaxed)
    }

    /// The connection is cut off. What it had in flight is lost.
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

    /// Bytes came. A head's limit begins with its first byte, and no later byte moves it.
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

    /// The next request is here. Returns whether it is known to be malformed.
    pub(super) fn begin_request(&self) -> bool {
        self.enter(Phase::Busy);
        self.requests.fetch_add(1, Relaxed) == self.malformed.load(Relaxed)
    }

    /// Whether the request at hand has turned out to be malformed.
    pub(super) fn is_malformed(&self) -> bool {
        self.requests.load(Relaxed).checked_sub(1) == Some(self.malformed.load(Relaxed))
    }

    /// The body of the request at hand cannot be read.
    pub(super) fn spoil(&self) {
        if let Some(request) = self.requests.load(Relaxed).checked_sub(1) {
            self.malformed.store(request, Relaxed);
        }
    }

    /// hyper has all of the response; the next request may have begun already.
    pub(super) fn end_request(&self) {
        self.enter(if self.in_head.load(Relaxed) {
            Phase::Head
        } else {
            Phase::Idle
        });
    }

    /// The client has stopped taking what is written, or takes it again.
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

    /// A body that has brought `bytes` since tick `since` is waited for.
    pub(super) fn body_awaited(&self, since: u64, bytes: u64) {
        let limits = &self.clock.limits;
        let total = since + limits.body_total + bytes / BODY_RATE * limits.second;
        self.due
            .store(total.min(self.clock.after(limits.body_stall)), Relaxed);
        self.awaits_body.store(true, Relaxed);
    }

    /// A body is not waited for any more.
    pub(super) fn body_arrived(&self) {
        self.awaits_body.store(false, Relaxed);
        if !self.stalled() {
            self.due.store(self.limit(self.phase()), Relaxed);
        }
    }

    /// A request was answered before all of it was read.
    pub(super) fn leave_unread(&self) {
        self.unread.store(true, Relaxed);
    }

    /// The client may still be sending.
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

    pub(super) fn offer(&self, upgrade: Upgrade) {
        self.offered.store(true, Relaxed);
        *self.upgrade.lock().unwrap_or_else(PoisonError::into_inner) = Some(upgrade);
    }

    /// The response does not upgrade the connection. At its end hyper would hand it over nonetheless.
    pub(super) fn withdraw(&self) {
        if self.offered.swap(false, Relaxed) {
            self.take_upgrade();
        }
    }

    pub(super) fn take_upgrade(&self) -> Option<Upgrade> {
        self.upgrade
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()
    }
}
