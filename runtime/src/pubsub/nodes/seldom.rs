//! A log line that does not come often.

use std::time::Duration;

use tokio::time::Instant;

/// How often it may come.
const PAUSE: Duration = Duration::from_secs(60);

/// Counts what happens, and says once a minute how often it did.
#[derive(Default)]
pub(super) struct Seldom {
    count: u64,
    told: Option<Instant>,
}

impl Seldom {
    /// How often it happened since this was last told; `None` if that is less than a minute ago.
    pub(super) fn happened(&mut self) -> Option<u64> {
        self.count += 1;
        let now = Instant::now();
        if self.told.is_some_and(|told| now - told < PAUSE) {
            return None;
        }
        self.told = Some(now);
        Some(std::mem::take(&mut self.count))
    }
}
