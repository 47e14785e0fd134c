//! A coarse clock: the sweeper advances it, and connections read it at no cost.

use std::sync::{
    Arc,
    atomic::{AtomicU32, AtomicU64, Ordering},
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

/// When something that goes on began, in four bytes: the lower half of the clock, or 0. Enough for
/// less than seven weeks.
#[derive(Debug, Default)]
pub(crate) struct Since(AtomicU32);

impl Since {
    /// It goes on from now, unless it does already.
    pub(crate) fn begin(&self, clock: &CoarseClock) {
        if !self.goes_on() {
            self.0.store(lower_half(clock.now()), Ordering::Relaxed);
        }
    }

    /// True if it went on.
    pub(crate) fn end(&self) -> bool {
        let went_on = self.goes_on();
        if went_on {
            self.0.store(0, Ordering::Relaxed);
        }
        went_on
    }

    pub(crate) fn goes_on(&self) -> bool {
        self.0.load(Ordering::Relaxed) != 0
    }

    /// For how many milliseconds it goes on.
    pub(crate) fn millis(&self, now: u64) -> Option<u64> {
        let began = self.0.load(Ordering::Relaxed);
        (began != 0).then(|| lower_half(now).wrapping_sub(began).into())
    }
}

/// Never 0.
fn lower_half(clock: u64) -> u32 {
    clock as u32 | 1
}
