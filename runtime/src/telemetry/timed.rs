//! When something began.

use std::time::{Duration, Instant};

/// When something began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timed(Instant);

impl Timed {
    pub(crate) fn begin() -> Self {
        Timed(Instant::now())
    }

    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}
