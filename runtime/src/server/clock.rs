//! The clock of a server: coarse ticks, the time limits in them, and how far the server is.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    time::Duration,
};

use tokio::time::Instant;

use crate::config::HttpConfig;

/// The longest time for which a client may read nothing of a response.
const WRITE_STALL: Duration = Duration::from_secs(30);
/// The longest time for which a client may send nothing of a request body.
pub(super) const BODY_STALL: Duration = Duration::from_secs(15);
/// The longest time for a whole request body that comes slower than [`BODY_RATE`].
const BODY_TOTAL: Duration = Duration::from_secs(60);
/// Each N bytes of a body extend its limit by a second.
const BODY_RATE: u64 = 16 * 1024;
/// How long the bytes of a client that still sends are read when its connection ends.
const LINGER: Duration = Duration::from_secs(1);

pub(super) const NEVER: u64 = u64::MAX;

/// The longest time for a whole request body, of which so many bytes have arrived.
pub(super) fn body_limit(bytes: u64) -> Duration {
    BODY_TOTAL + Duration::from_secs(bytes / BODY_RATE)
}

/// The clock of a server.
pub(super) struct Clock {
    start: Instant,
    pub(super) tick: Duration,
    now: AtomicU64,
    pub(super) limits: Limits,
    pub(super) stopping: AtomicBool,
    pub(super) cut: AtomicBool,
    lost: Lost,
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
    #[cfg(feature = "http2")]
    pub(super) second: u64,
    pub(super) linger: u64,
}

impl Clock {
    pub(super) fn new(config: &HttpConfig) -> Self {
        let shortest = config.header_timeout.min(config.idle_timeout);
        let tick = Duration::from_millis((shortest.as_millis() / 8).clamp(5, 250) as u64);
        let ticks = |limit| ticks(limit, tick);
        Clock {
            start: Instant::now(),
            tick,
            now: AtomicU64::new(0),
            limits: Limits {
                head: ticks(config.header_timeout),
                idle: ticks(config.idle_timeout),
                write_stall: ticks(WRITE_STALL),
                body_stall: ticks(BODY_STALL),
                #[cfg(feature = "http2")]
                second: ticks(Duration::from_secs(1)),
                linger: ticks(LINGER),
            },
            stopping: AtomicBool::new(false),
            cut: AtomicBool::new(false),
            lost: Lost::default(),
        }
    }

    pub(super) fn lost(&self) -> Lost {
        self.lost.clone()
    }

    /// Counts accepted requests that are cut off.
    pub(super) fn lose(&self, requests: usize) {
        self.lost.0.fetch_add(requests, Relaxed);
    }

    /// Moves it on.
    pub(super) fn set(&self) {
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

    pub(super) fn ticks(&self, limit: Duration) -> u64 {
        ticks(limit, self.tick)
    }
}

/// One more than it takes, since the current tick has partly passed.
fn ticks(limit: Duration, tick: Duration) -> u64 {
    u64::try_from(limit.as_millis().div_ceil(tick.as_millis()))
        .unwrap_or(NEVER)
        .saturating_add(1)
}
