//! Whether the process could run. On a busy machine, measured times mean nothing.

use std::{future::Future, pin::pin, time::Duration};

use serde_json::Value;
use tokio::time::{Instant, sleep};

/// A process that was kept from running for longer may have missed a deadline that a case is about.
pub(super) const HELD_UP: Duration = Duration::from_millis(50);

/// Half of the shortest window. A process that needs this long for the JSON of a message can hardly
/// answer it within a window.
pub(super) const SLOW: Duration = Duration::from_millis(200);

/// The interval of samples.
const LOOK: Duration = Duration::from_millis(10);

/// The result, and the longest delay meanwhile.
pub(super) async fn watch<T>(playing: impl Future<Output = T>) -> (T, Duration) {
    let mut playing = pin!(playing);
    let (mut looked, mut longest) = (Instant::now(), Duration::ZERO);
    loop {
        let done = tokio::select! {
            result = &mut playing => Some(result),
            () = sleep(LOOK) => None,
        };
        longest = longest.max(looked.elapsed().saturating_sub(LOOK));
        looked = Instant::now();
        if let Some(result) = done {
            return (result, longest);
        }
    }
}

/// How long the machine needs for the JSON of a text of N bytes.
pub(super) fn json(length: usize) -> Duration {
    let text = Value::from("x".repeat(length));
    let began = Instant::now();
    std::hint::black_box(text.to_string());
    began.elapsed()
}
