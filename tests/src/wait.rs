//! Waiting for other tasks.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long a test waits.
const PATIENCE: Duration = Duration::from_secs(20);

/// Waits until the condition is true. Panics with `what` if it takes too long.
pub async fn until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !condition() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        sleep(Duration::from_millis(2)).await;
    }
}
