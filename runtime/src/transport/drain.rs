//! How a mount drains when the endpoint stops.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::{Arc, atomic::Ordering},
};

use super::context::MountContext;
use crate::{
    socket::{Drained, Drainer, Draining},
    watchdog::Callback,
};

/// Accepts no more connections, and ends those that are open.
pub(super) async fn drain(context: &Arc<MountContext>) {
    context.stopping.store(true, Ordering::Release);
    let drainer = context.mounted.drainer.unwrap_or(Drainer::AT_ONCE);
    let late = context.connections.end(drainer.shutdown, told(context));
    let late = late.await;
    if late > 0 {
        tracing::warn!(
            socket = context.socket, path = context.path, transport = %context.kind, late,
            "the drainer's time was over: what was left of the sockets was ended at once"
        );
    }
}

/// Tells the connections to go, in the socket's own way unless the mount says `drainer = false`.
async fn told(context: &Arc<MountContext>) {
    let draining = Draining {
        connections: context.clone(),
        handle: context.handle.clone(),
        socket: context.socket,
        mounted: context.mounted.clone(),
        transport: context.kind,
        told: Default::default(),
    };
    if context.mounted.drainer.is_none() {
        return draining.as_declared().await;
    }
    let drain = pin!(Some((context.drain)(draining)));
    if let Err(panic) = context.watched.run(Callback::Drain, drain).await {
        tracing::error!(
            socket = context.socket,
            "drain panicked, and all connections are told at once: {panic}"
        );
    }
}

impl Drained for MountContext {
    fn count(&self) -> usize {
        self.connections.len()
    }

    fn tell(&self, place: &mut usize, most: usize) -> usize {
        let told = self.connections.tell(place, most);
        self.meters.told_to_go(told);
        told
    }

    fn count_from(&self, place: usize) -> usize {
        self.connections.count_from(place)
    }

    fn is_any_from(&self, place: usize) -> bool {
        self.connections.is_any_from(place)
    }

    fn emptied(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(self.connections.emptied())
    }
}
