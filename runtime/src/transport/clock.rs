//! A coarse clock: read by every connection at no cost, moved on by the sweeper.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::time::Instant;

/// Milliseconds since the endpoint started, as of the last sweep.
#[derive(Clone, Debug)]
pub(crate) struct Clock {
    started: Instant,
    now: Arc<AtomicU64>,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Clock { started: Instant::now(), now: Arc::default() }
    }

    pub(crate) fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    /// Reads the real clock, and returns what it says.
    pub(crate) fn tick(&self) -> u64 {
        let now = self.started.elapsed().as_millis() as u64;
        self.now.store(now, Ordering::Relaxed);
        now
    }
}
