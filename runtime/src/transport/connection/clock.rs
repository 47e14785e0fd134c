//! A coarse clock: the sweeper advances it, and connections read it at no cost.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::time::Instant;

/// Milliseconds since the endpoint started, as of the last sweep.
#[derive(Clone, Debug)]
pub(crate) struct CoarseClock {
    started: Instant,
    now: Arc<AtomicU64>,
}

impl CoarseClock {
    pub(crate) fn start() -> Self {
        CoarseClock {
            started: Instant::now(),
            now: Arc::default(),
        }
    }

    pub(crate) fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    /// Reads the real clock.
    pub(crate) fn read(&self) -> u64 {
        self.started.elapsed().as_millis() as u64
    }

    /// Advances to the real clock, and returns its time.
    pub(crate) fn tick(&self) -> u64 {
        let now = self.read();
        self.now.store(now, Ordering::Relaxed);
        now
    }
}
