//! Keeps a presence and those of the same name on other nodes informed of each other.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use tokio::{
    sync::Notify,
    time::{Instant, MissedTickBehavior, interval, sleep_until},
};

use super::announce::{Shared, WINDOW};
use crate::pubsub::{Delivered, NodeEvent, NodeEvents, ServePresence};

/// A presence, as its node reaches it. It does not keep it alive.
pub(super) struct Served(pub(super) Weak<Shared>);

impl ServePresence for Served {
    fn take(&self, delivered: &Delivered) {
        if let Some(shared) = self.0.upgrade() {
            shared.hear(&delivered.from, &delivered.bytes);
        }
    }

    fn leave(&self) {
        if let Some(shared) = self.0.upgrade() {
            shared.leave();
        }
    }
}

/// What concerns the other nodes.
impl Shared {
    /// Another node has said something.
    fn hear(self: &Arc<Self>, node: &Arc<str>, bytes: &[u8]) {
        let read = self.link().and_then(|link| link.read(bytes));
        let Some((replica, message)) = read else {
            return;
        };
        self.replicate(|replication, state, now| {
            replication.hear(state, now, (node, replica), message)
        });
    }

    /// Another node cannot be reached, or has stopped.
    fn node_down(self: &Arc<Self>, node: &str) {
        self.replicate(|replication, state, now| replication.node_down(state, now, node));
    }

    /// Time has passed, or something has changed here.
    fn tick(self: &Arc<Self>) {
        self.replicate(|replication, state, now| replication.tick(state, now));
    }

    /// Tells the other nodes that nothing is tracked here any more.
    fn leave(&self) {
        if let Some(link) = self.link() {
            link.leave();
        }
    }

    /// Notified when something has changed here. `None` for a node that is alone.
    fn changed(&self) -> Option<Arc<Notify>> {
        self.link().map(|link| link.changed.clone())
    }
}

/// Keeps it informed, if its node is not alone, until it is dropped or the node leaves.
pub(super) fn start(shared: &Arc<Shared>) {
    let Some(changed) = shared.changed() else {
        return;
    };
    let stopping = shared.pubsub().stopping().clone();
    let events = shared.pubsub().node_events();
    let tick = shared.periods().tick();
    let run = run(Arc::downgrade(shared), tick, changed, events);
    shared.spawn(async move {
        tokio::select! {
            biased;
            () = stopping.cancelled() => {}
            () = run => {}
        }
    });
}

async fn run(shared: Weak<Shared>, tick: Duration, changed: Arc<Notify>, mut events: NodeEvents) {
    let mut ticks = interval(tick);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut flushed = Instant::now();
    loop {
        let event = tokio::select! {
            _ = ticks.tick() => None,
            Some(event) = events.recv() => Some(event),
            () = changed.notified() => {
                // What changes at the same time leaves together.
                sleep_until(flushed + WINDOW).await;
                flushed = Instant::now();
                None
            }
        };
        let Some(shared) = shared.upgrade() else {
            return;
        };
        match event {
            Some(NodeEvent::Down(node)) => shared.node_down(&node.name),
            Some(NodeEvent::Up(_)) => {}
            None => shared.tick(),
        }
    }
}
