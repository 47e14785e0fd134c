//! The task of a session: it owns the socket.

use std::{future::poll_fn, task::Poll, time::Duration};

use tokio::sync::mpsc;

use super::session::{Batch, FAREWELL, window};
use crate::{
    socket::{Flow, Reason, Socket},
    transport::{ask::Ask, driver::Driver},
};

/// Lives until the socket stops, its client is silent for too long, or the endpoint stops. What the socket sent at last
/// can be fetched for `patience`.
pub(super) async fn run<S: Socket>(
    mut driver: Driver<S>,
    mut batches: mpsc::Receiver<Box<Batch>>,
    patience: Duration,
) {
    let reason = converse(&mut driver, &mut batches).await;
    // From here on, requests with messages find nobody.
    drop(batches);
    let patience = match &reason {
        Reason::Overflow | Reason::Inactive => Duration::ZERO,
        Reason::Shutdown => patience.min(FAREWELL),
        _ => patience,
    };
    driver.terminate(reason);
    let line = driver.line();
    let fetched = poll_fn(|cx| {
        line.register(cx);
        if line.is_over() || line.asked() == Ask::Cut { Poll::Ready(()) } else { Poll::Pending }
    });
    tokio::select! {
        () = fetched => {}
        () = window(driver.handle(), patience) => {}
    }
    if line.asked() == Ask::Cut && !line.is_over() {
        line.mounted.roster.count_cut_off();
    }
    line.discard();
}

async fn converse<S: Socket>(driver: &mut Driver<S>, batches: &mut mpsc::Receiver<Box<Batch>>) -> Reason {
    let mut flow = driver.init().await;
    loop {
        match flow {
            Flow::Continue => {}
            Flow::Stop { reason: Reason::Timeout, .. } => return Reason::Inactive,
            Flow::Stop { reason, .. } => return reason,
        }
        flow = tokio::select! {
            () = driver.ready() => driver.info().await,
            // Whatever is looked at first, a session that is to end takes no more.
            Some(batch) = batches.recv() => match driver.ending() {
                Some(end) => end,
                None => handle(driver, *batch).await,
            },
        };
    }
}

async fn handle<S: Socket>(driver: &mut Driver<S>, batch: Batch) -> Flow {
    loop {
        if let Some(end) = driver.room().await {
            return end;
        }
        let Some(message) = batch.next() else { return Flow::Continue };
        let flow = driver.deliver(message).await;
        // Who crashed over a message has not handled it, nor has who did not understand it.
        if !matches!(flow, Flow::Stop { reason: Reason::Crash | Reason::Protocol(_), .. }) {
            batch.handled.send_modify(|count| *count += 1);
        }
        if !matches!(flow, Flow::Continue) {
            return flow;
        }
    }
}
