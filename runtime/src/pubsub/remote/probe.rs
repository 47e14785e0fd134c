//! Whether a node's name is its own.

use std::sync::atomic::{AtomicU8, Ordering};

use tokio::sync::Notify;

const ASKS: u8 = 0;
const OWN: u8 = 1;
const TAKEN: u8 = 2;

/// Whether a node's name is its own. A node that starts asks the others.
#[derive(Default)]
pub(in crate::pubsub) struct Probe {
    state: AtomicU8,
    changed: Notify,
}

impl Probe {
    /// Nobody has objected.
    pub(in crate::pubsub) fn done(&self) {
        self.change(OWN);
    }

    /// Another node has objected.
    pub(in crate::pubsub) fn objected(&self) {
        self.change(TAKEN);
        self.changed.notify_waiters();
    }

    pub(in crate::pubsub) fn asks(&self) -> bool {
        self.state.load(Ordering::Acquire) == ASKS
    }

    /// Completes when another node objects.
    pub(in crate::pubsub) async fn taken(&self) {
        loop {
            let changed = self.changed.notified();
            if self.state.load(Ordering::Acquire) == TAKEN {
                return;
            }
            changed.await;
        }
    }

    fn change(&self, to: u8) {
        let _ = self
            .state
            .compare_exchange(ASKS, to, Ordering::AcqRel, Ordering::Acquire);
    }
}
