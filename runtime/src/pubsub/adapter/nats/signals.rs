//! What the client says of its connection.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use async_nats::Event;
use tokio::sync::Notify;

/// What the client says of its connection. Taking an event never waits: the client drops events
/// that nobody takes.
#[derive(Debug, Default)]
pub(super) struct Signals {
    down: AtomicBool,
    lagging: AtomicBool,
    refusal: Mutex<Option<String>>,
    changed: Notify,
}

/// What has been said since this was last asked.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The connection was lost.
    pub(super) down: bool,
    /// Messages were lost, since the client had no room for them.
    pub(super) lagging: bool,
    /// The server has refused something.
    pub(super) refusal: Option<String>,
}

impl Signals {
    pub(super) fn take(&self, event: Event) {
        match event {
            Event::Disconnected => self.down.store(true, Ordering::Release),
            Event::SlowConsumer(_) => self.lagging.store(true, Ordering::Release),
            Event::ServerError(error) => {
                let mut refusal = self.refusal.lock().unwrap_or_else(PoisonError::into_inner);
                *refusal = Some(error.to_string());
            }
            _ => {}
        }
        self.changed.notify_one();
    }

    /// Completes when something has been said.
    pub(super) async fn said(&self) -> Said {
        self.changed.notified().await;
        let mut refusal = self.refusal.lock().unwrap_or_else(PoisonError::into_inner);
        Said {
            down: self.down.swap(false, Ordering::AcqRel),
            lagging: self.lagging.swap(false, Ordering::AcqRel),
            refusal: refusal.take(),
        }
    }
}
