//! When something began.

use std::{
    sync::atomic::{AtomicBool, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// Whether the clock is read. An endpoint that has a dashboard sets it, for good.
static WANTED: AtomicBool = AtomicBool::new(cfg!(feature = "metrics"));

/// When something began. The clock is read only for those who want to know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timed(Option<Instant>);

impl Timed {
    #[cfg(feature = "dashboard")]
    pub(crate) fn want() {
        WANTED.store(true, Relaxed);
    }

    pub(crate) fn begin() -> Self {
        Timed(WANTED.load(Relaxed).then(Instant::now))
    }

    /// Whether the clock was read.
    pub(crate) fn is_taken(self) -> bool {
        self.0.is_some()
    }

    /// Zero if the clock was not read.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.map_or(Duration::ZERO, |began| began.elapsed())
    }
}
