//! The task of a session: it owns the socket.

use std::{future::poll_fn, time::Duration};

use super::{
    channel::Receiver,
    drive::Drive,
    session::{Batch, FAREWELL},
};
use crate::socket::{Flow, Reason};

/// Runs until the socket stops, its client is silent for too long, or the endpoint stops. What the
/// socket sent last can be fetched for `patience`. `kept` is dropped when it is over.
#[expect(
    clippy::manual_async_fn,
    reason = "an `async fn` has room for its arguments twice"
)]
pub(super) fn run(
    mut driver: Box<dyn Drive>,
    mut batches: Receiver<Batch>,
    patience: Duration,
    kept: impl Send,
) -> impl Future<Output = ()> + Send {
    async move {
        let reason = converse(&mut *driver, &mut batches).await;
        // From here on, requests with messages find no session.
        drop(batches);
        let patience = match &reason {
            Reason::Overflow | Reason::Inactive => Duration::ZERO,
            Reason::Shutdown => patience.min(FAREWELL),
            _ => patience,
        };
        driver.finish(reason, patience).await;
        drop(kept);
    }
}

/// Callbacks are boxed, so that a session at rest has no room for them.
async fn converse(driver: &mut dyn Drive, batches: &mut Receiver<Batch>) -> Reason {
    let mut flow = driver.init().await;
    loop {
        match flow {
            Flow::Continue => {}
            Flow::Stop {
                reason: Reason::Timeout,
                ..
            } => return Reason::Inactive,
            Flow::Stop { reason, .. } => return reason,
        }
        let batch = tokio::select! {
            () = poll_fn(|cx| driver.poll_ready(cx)) => None,
            Some(batch) = batches.recv() => Some(batch),
        };
        flow = match batch {
            None => driver.info().await,
            // Whichever branch was polled first, a session that has to end takes no more messages.
            Some(batch) => match driver.stop_requested() {
                Some(end) => end,
                None => Box::pin(handle(driver, batch)).await,
            },
        };
    }
}

async fn handle(driver: &mut dyn Drive, batch: Batch) -> Flow {
    loop {
        let room = driver.room().await;
        if room != Flow::Continue {
            return room;
        }
        let Some(message) = batch.next() else {
            return Flow::Continue;
        };
        let flow = driver.deliver(message).await;
        // A message that made the socket panic or fail to decode does not count as handled.
        if !matches!(
            flow,
            Flow::Stop {
                reason: Reason::Crash | Reason::Protocol(_),
                ..
            }
        ) {
            batch.handled.send_modify(|count| *count += 1);
        }
        if !matches!(flow, Flow::Continue) {
            return flow;
        }
    }
}
