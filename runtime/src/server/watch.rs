//! Time limits without timers: connections record in coarse ticks when they are due, and one task
//! checks them all.

use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use hyper::upgrade::OnUpgrade;
use tokio::{
    sync::Notify,
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

use crate::{config::HttpConfig, stream::TakeoverSlot};

/// The longest time that a client may take nothing of a response.
const WRITE_STALL: Duration = Duration::from_secs(30);
/// The longest time that a client may send nothing of a request body.
const BODY_STALL: Duration = Duration::from_secs(15);
/// The longest time for a whole request body that comes slower than [`BODY_RATE`].
const BODY_TOTAL: Duration = Duration::from_secs(60);
/// Bytes of a body that extend its limit by one second.
const BODY_RATE: u64 = 16 * 1024;
/// What the client still sends when its connection ends.
const LINGER: Duration = Duration::from_secs(1);

const NEVER: u64 = u64::MAX;

/// The time of a server, and the deadlines of its connections.
pub(super) struct Deadlines {
    start: Instant,
    tick: Duration,
    now: AtomicU64,
    limits: Limits,
    stopping: AtomicBool,
    cut: AtomicBool,
    lost: Lost,
    connections: Mutex<Vec<Weak<Watch>>>,
    /// The first connection after a time without any.
    arrival: Notify,
}

/// Requests that a stopping server has accepted but could not answer in time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lost(Arc<AtomicUsize>);

impl Lost {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Relaxed)
    }
}

/// In ticks.
struct Limits {
    head: u64,
    idle: u64,
    write_stall: u64,
    body_stall: u64,
    body_total: u64,
    second: u64,
    linger: u64,
}

impl Deadlines {
    pub(super) fn new(config: &HttpConfig) -> Arc<Self> {
        let shortest = config.header_timeout.min(config.idle_timeout);
        let tick = Duration::from_millis((shortest.as_millis() / 8).clamp(5, 250) as u64);
        // One more: the tick that is under way does not count.
        let ticks = |limit: Duration| {
            u64::try_from(limit.as_millis().div_ceil(tick.as_millis()))
                .unwrap_or(NEVER)
                .saturating_add(1)
        };
        Arc::new(Deadlines {
            start: Instant::now(),
            tick,
            now: AtomicU64::new(0),
            limits: Limits {
                head: ticks(config.header_timeout),
                idle: ticks(config.idle_timeout),
                write_stall: ticks(WRITE_STALL),
                body_stall: ticks(BODY_STALL),
                body_total: ticks(BODY_TOTAL),
                second: ticks(Duration::from_secs(1)),
                linger: ticks(LINGER),
            },
            stopping: AtomicBool::new(false),
            cut: AtomicBool::new(false),
            lost: Lost::default(),
            connections: Mutex::default(),
            arrival: Notify::new(),
        })
    }

    pub(super) fn lost(&self) -> Lost {
        self.lost.clone()
    }

    pub(super) fn watch(self: &Arc<Self>) -> Arc<Watch> {
        let mut connections = self
            .connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if connections.is_empty() {
            // Without connections the clock has stood still.
            self.set();
            self.arrival.notify_one();
        }
        let watch = Arc::new(Watch {
            due: AtomicU64::new(self.after(self.limits.head)),
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
            clock: self.clone(),
        });
        connections.push(Arc::downgrade(&watch));
        watch
    }

    fn set(&self) {
        self.now.store(
            (self.start.elapsed().as_millis() / self.tick.as_millis()) as u64,
            Relaxed,
        );
    }

    fn after(&self, ticks: u64) -> u64 {
        self.now.load(Relaxed).saturating_add(ticks)
    }

    /// Ticks until the server has stopped and its last connection is gone.
    pub(super) async fn run(self: Arc<Self>, stop: CancellationToken, shutdown: Duration) {
        let mut ticks = tokio::time::interval(self.tick);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut stopped = None;
        loop {
            tokio::select! {
                () = stop.cancelled(), if stopped.is_none() => {
                    self.stopping.store(true, Relaxed);
                    stopped = Some(Instant::now());
                    self.sweep(true);
                }
                _ = ticks.tick() => {}
            }
            self.set();
            let cut = stopped.is_some_and(|stopped| stopped.elapsed() >= shutdown);
            self.cut.store(cut, Relaxed);
            if self.sweep(cut) > 0 {
                continue;
            }
            if stopped.is_some() {
                return;
            }
            tokio::select! {
                () = self.arrival.notified() => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Wakes the connections that are due, or all of them. Returns how many connections there are.
    fn sweep(&self, all: bool) -> usize {
        let now = self.now.load(Relaxed);
        let mut connections = self
            .connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        connections.retain(|watch| {
            let Some(watch) = watch.upgrade().filter(|watch| !watch.ended.load(Relaxed)) else {
                return false;
            };
            if all || now >= watch.due.load(Relaxed) {
                watch.wake();
            }
            true
        });
        if connections.is_empty() {
            connections.shrink_to(1024);
        }
        connections.len()
    }
}

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

/// The part of a connection's state that its time limits need.
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
    /// Stores the waker. A connection never moves to another task, so it is set once.
    pub(super) fn register(&self, cx: &Context<'_>) {
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(cx.waker().clone());
    }

    fn wake(&self) {
        if let Some(waker) = &*self.waker.lock().unwrap_or_else(PoisonError::into_inner) {
            waker.wake_by_ref();
        }
    }

    /// Ends the time limits: the connection is not HTTP any more.
    pub(super) fn end(&self) {
        self.ended.store(true, Relaxed);
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn is_due(&self) -> bool {
        self.clock.now.load(Relaxed) >= self.due.load(Relaxed)
    }

    pub(super) fn stopping(&self) -> bool {
        self.clock.stopping.load(Relaxed)
    }

    pub(super) fn cut(&self) -> bool {
        self.clock.cut.load(Relaxed)
    }

    /// Nothing is in flight: the client has begun a request at most, and all that it was sent is on
    /// its way.
    pub(super) fn asks_nothing(&self) -> bool {
        matches!(self.phase(), Phase::Silent | Phase::Head) && !self.stalled()
    }

    /// The client has been sent something that it may still have to read.
    pub(super) fn has_answered(&self) -> bool {
        self.requests.load(Relaxed) > 0
    }

    /// The service waits for the rest of its request, and has answered nothing.
    pub(super) fn lacks_body(&self) -> bool {
        self.phase() == Phase::Busy && self.awaits_body.load(Relaxed)
    }

    /// The connection is cut off. What it had in flight is lost.
    pub(super) fn lose(&self) {
        if self.stalled() || matches!(self.phase(), Phase::Busy | Phase::Answering) {
            self.clock.lost.0.fetch_add(1, Relaxed);
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

    /// The next request is here. Whether it is known to be malformed.
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

    /// The client takes nothing of what is written, or does again.
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
        self.clock.now.load(Relaxed)
    }

    pub(super) fn linger(&self) {
        self.due
            .store(self.clock.after(self.clock.limits.linger), Relaxed);
    }

    pub(super) fn offer(&self, upgrade: Upgrade) {
        self.offered.store(true, Relaxed);
        *self.upgrade.lock().unwrap_or_else(PoisonError::into_inner) = Some(upgrade);
    }

    /// The response lets the connection be what it is: at its end, hyper would hand it over
    /// nonetheless.
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
