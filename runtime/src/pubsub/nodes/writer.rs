//! Sends what waits for the broker.

use std::{sync::Arc, time::Duration};

use tokio::time::timeout;

use super::seldom::Seldom;
use crate::pubsub::{
    adapter::{Adapter, Channel, Outgoing},
    remote::{Letter, Remote, Waiting},
};

/// The maximum number of messages given to the adapter at once.
const BATCH: usize = 512;
/// How long a node that stops may take to send the rest.
const LEAVE: Duration = Duration::from_secs(2);

/// Sends what waits, until the node leaves. Then it sends the rest, and leaves the broker.
pub(super) async fn run(remote: Arc<Remote>, adapter: Arc<dyn Adapter>, mut waiting: Waiting) {
    let mut lost = Seldom::default();
    tokio::select! {
        biased;
        () = remote.stop.cancelled() => {}
        () = send_all(&remote, &*adapter, &mut waiting, &mut lost) => {}
    }
    remote.say(Channel::All, Letter::Goodbye);
    waiting.close();
    let leave = async {
        if remote.is_connected() {
            send_all(&remote, &*adapter, &mut waiting, &mut lost).await;
        }
        adapter.close().await;
    };
    if timeout(LEAVE, leave).await.is_err() {
        tracing::warn!(
            adapter = adapter.name(),
            "left the broker before all was sent"
        );
    }
}

/// Completes when the queue is closed and empty.
async fn send_all(
    remote: &Remote,
    adapter: &dyn Adapter,
    waiting: &mut Waiting,
    lost: &mut Seldom,
) {
    let mut posts = Vec::with_capacity(BATCH);
    let mut batch = Vec::with_capacity(BATCH);
    loop {
        remote.until_connected().await;
        if waiting.recv_many(&mut posts, BATCH).await == 0 {
            return;
        }
        batch.clear();
        // The shares of the bytes are given back when the batch is written.
        let shares: Vec<_> = posts
            .drain(..)
            .map(|posted| {
                let (post, share) = posted.into_parts();
                batch.push(post.into_outgoing(remote.instance));
                share
            })
            .collect();
        if adapter.publish(&batch).await.is_err() {
            note_lost(remote, &batch, lost);
        }
        drop(shares);
    }
}

fn note_lost(remote: &Remote, batch: &[Outgoing], lost: &mut Seldom) {
    remote.counts.count_lost(batch.len());
    for Outgoing { channel, .. } in batch {
        if let Channel::Topic(topic) = channel {
            remote.missed.note(topic);
        }
    }
    if let Some(times) = lost.happened() {
        tracing::warn!(
            times,
            messages = batch.len(),
            "messages to other nodes may be lost: their subscribers will be told"
        );
    }
}
