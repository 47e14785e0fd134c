//! Waiting for what other tasks bring about.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long things may take before they count as missing.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until the condition is true; a panic with `what` when it does not come.
pub async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        sleep(Duration::from_millis(2)).await;
    }
}
