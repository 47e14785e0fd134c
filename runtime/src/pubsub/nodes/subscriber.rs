//! Asks the broker for topics.

use std::sync::Arc;

use tokio::time::sleep_until;

use crate::pubsub::{adapter::Adapter, remote::Remote};

/// The maximum number of topics in one call of the adapter.
const BATCH: usize = 10_000;

/// Subscribes and unsubscribes topics, until the node leaves.
pub(super) async fn run(remote: Arc<Remote>, adapter: Arc<dyn Adapter>) {
    tokio::select! {
        biased;
        () = remote.stop.cancelled() => {}
        () = follow(&remote, &*adapter) => {}
    }
}

async fn follow(remote: &Remote, adapter: &dyn Adapter) {
    let interest = &remote.interest;
    loop {
        let changed = interest.changed.notified();
        // In this order: what was left and is wanted again is asked for after it was ended.
        let (gone, next) = interest.to_unsubscribe(BATCH);
        if !gone.is_empty() {
            adapter.unsubscribe(&gone).await;
        }
        let wanted = interest.to_subscribe(BATCH);
        if !wanted.is_empty() {
            adapter.subscribe(&wanted).await;
            continue;
        }
        match next {
            None => changed.await,
            Some(next) => tokio::select! {
                () = changed => {}
                () = sleep_until(next) => {}
            },
        }
    }
}
