//! What the connection has read, until the node takes it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
};

use bytes::Bytes;
use redis::{PushInfo, PushKind, Value};
use tokio::sync::mpsc;

use super::super::Arrivals;

/// The end where the connection puts messages. It never waits: what finds no room is lost, and told
/// to be.
#[derive(Clone)]
pub(super) struct Arriving {
    queue: mpsc::Sender<Bytes>,
    held: Arc<Held>,
}

#[derive(Default)]
struct Held {
    bytes: AtomicUsize,
    most: usize,
    lost: AtomicBool,
}

impl Arriving {
    /// A queue of so many messages and bytes, and the task that empties it.
    pub(super) fn new(
        queue: usize,
        most: usize,
        arrivals: Arrivals,
    ) -> (Self, impl Future<Output = ()> + Send + use<>) {
        let (queue, mut waiting) = mpsc::channel::<Bytes>(queue);
        let held = Arc::new(Held {
            most,
            ..Held::default()
        });
        let arriving = Arriving {
            queue,
            held: held.clone(),
        };
        let reading = async move {
            while let Some(message) = waiting.recv().await {
                let bytes = message.len();
                arrivals.message(message).await;
                held.bytes.fetch_sub(bytes, Relaxed);
                if held.lost.swap(false, Relaxed) {
                    arrivals.lost(None).await;
                }
            }
        };
        (arriving, reading)
    }

    /// Takes a push of the server, if it is a message.
    pub(super) fn take(&self, push: PushInfo) {
        if !matches!(push.kind, PushKind::Message | PushKind::SMessage) {
            return;
        }
        let Some(Value::BulkString(message)) = push.data.into_iter().nth(1) else {
            return;
        };
        let (bytes, held) = (message.len(), &self.held);
        let fits = held.bytes.fetch_add(bytes, Relaxed) <= held.most;
        if !fits || self.queue.try_send(message.into()).is_err() {
            held.bytes.fetch_sub(bytes, Relaxed);
            held.lost.store(true, Relaxed);
        }
    }
}
