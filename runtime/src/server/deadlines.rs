//! Time limits without timers: connections record in coarse ticks when they are due, and one task
//! checks them all.

use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

use super::{Stop, watch::Watch};
use crate::config::HttpConfig;

/// The longest time for which a client may read nothing of a response.
const WRITE_STALL: Duration = Duration::from_secs(30);
/// The longest time for which a client may send nothing of a request body.
pub(super) const BODY_STALL: Duration = Duration::from_secs(15);
/// The longest time for a whole request body that comes slower than [`BODY_RATE`].
pub(super) const BODY_TOTAL: Duration = Duration::from_secs(60);
/// Each N bytes of a body extend its limit by a second.
pub(super) const BODY_RATE: u64 = 16 * 1024;
/// How long the bytes of a client that still sends are read when its connection ends.
const LINGER: Duration = Duration::from_secs(1);

pub(super) const NEVER: u64 = u64::MAX;

/// The clock of a server, and the deadlines of its connections.
pub(super) struct Deadlines {
    start: Instant,
    tick: Duration,
    now: AtomicU64,
    pub(super) limits: Limits,
    pub(super) stopping: AtomicBool,
    pub(super) cut: AtomicBool,
    lost: Lost,
    connections: Mutex<Vec<Weak<Watch>>>,
    /// Notified by the first connection after a time without any.
    arrival: Notify,
}

/// The number of requests that a stopping server has accepted but could not answer in time.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lost(Arc<AtomicUsize>);

impl Lost {
    pub(crate) fn count(&self) -> usize {
        self.0.load(Relaxed)
    }
}

/// In ticks.
pub(super) struct Limits {
    pub(super) head: u64,
    pub(super) idle: u64,
    pub(super) write_stall: u64,
    pub(super) body_stall: u64,
    pub(super) body_total: u64,
    pub(super) second: u64,
    pub(super) linger: u64,
}

impl Deadlines {
    pub(super) fn new(config: &HttpConfig) -> Arc<Self> {
        let shortest = config.header_timeout.min(config.idle_timeout);
        let tick = Duration::from_millis((shortest.as_millis() / 8).clamp(5, 250) as u64);
        // One more, since the current tick has partly passed.
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

    /// Counts accepted requests that are cut off.
    pub(super) fn lose(&self, requests: usize) {
        self.lost.0.fetch_add(requests, Relaxed);
    }

    pub(super) fn watch(self: &Arc<Self>) -> Arc<Watch> {
        let mut connections = self
            .connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if connections.is_empty() {
            // The clock is not updated while there are no connections.
            self.set();
            self.arrival.notify_one();
        }
        let watch = Arc::new(Watch::new(self.clone()));
        connections.push(Arc::downgrade(&watch));
        watch
    }

    fn set(&self) {
        self.now.store(
            (self.start.elapsed().as_millis() / self.tick.as_millis()) as u64,
            Relaxed,
        );
    }

    pub(super) fn now(&self) -> u64 {
        self.now.load(Relaxed)
    }

    pub(super) fn after(&self, ticks: u64) -> u64 {
        self.now.load(Relaxed).saturating_add(ticks)
    }

    /// Runs the clock until the server has stopped and its last connection is gone. `closed` is
    /// cancelled when no more connections can come.
    pub(super) async fn run(self: Arc<Self>, closed: CancellationToken, stop: Stop) {
        let over = || async {
            closed.cancelled().await;
            stop.serving.cancelled().await;
        };
        let mut ticks = tokio::time::interval(self.tick);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut stopped = None;
        loop {
            tokio::select! {
                () = over(), if stopped.is_none() => {
                    self.stopping.store(true, Relaxed);
                    stopped = Some(Instant::now());
                    self.sweep(true);
                }
                _ = ticks.tick() => {}
            }
            self.set();
            let cut = stopped.is_some_and(|stopped| stopped.elapsed() >= stop.shutdown);
            self.cut.store(cut, Relaxed);
            if self.sweep(cut) > 0 {
                continue;
            }
            if stopped.is_some() {
                return;
            }
            tokio::select! {
                () = self.arrival.notified() => {}
                () = over() => {}
            }
        }
    }

    /// Wakes the connections that are due, or all of them. Returns how many connections there are.
    fn sweep(&self, all: bool) -> usize {
        let mut connections = self
            .connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        connections.retain(|watch| {
            let Some(watch) = watch.upgrade().filter(|watch| !watch.has_ended()) else {
                return false;
            };
            if all || watch.is_due() {
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
