//! Whether the machine let us run: on one that is busy with other things, times say nothing.

use std::{future::Future, pin::pin, time::Duration};

use tokio::time::{Instant, sleep};

/// Who was kept from running for longer may have missed a time that a case is about.
pub(super) const HELD_UP: Duration = Duration::from_millis(50);

/// How often we look.
const LOOK: Duration = Duration::from_millis(10);

/// The result, and how long we were held up at most meanwhile.
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
