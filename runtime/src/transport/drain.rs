//! How a mount drains when the endpoint stops.

use std::sync::atomic::{
    AtomicUsize,
    Ordering::{Relaxed, Release},
};

use super::context::MountContext;
use crate::level::at_level;

/// Accepts no more connections, and ends those that are open.
pub(super) async fn drain(context: &MountContext) {
    context.stopping.store(true, Release);
    let drain = Drain::begins(context);
    let drained = context
        .connections
        .drain(context.drainer, |count| drain.told(count));
    drain.ends(drained.await);
}

/// Logs how a mount drains. Without connections it logs nothing.
struct Drain<'a> {
    context: &'a MountContext,
    total: usize,
    rounds: usize,
    /// Batches so far.
    batch: AtomicUsize,
}

impl<'a> Drain<'a> {
    fn begins(context: &'a MountContext) -> Self {
        let MountContext {
            connections,
            drainer,
            ..
        } = context;
        let total = connections.len();
        let rounds = total.div_ceil(drainer.batch_size).max(1);
        if let Some(level) = drainer.log.filter(|_| total > 0) {
            let interval = drainer.batch_interval.as_millis();
            at_level!(
                level,
                socket = context.socket, path = context.path, transport = %context.kind,
                "shutting down {total} sockets in {rounds} rounds of {interval}ms"
            );
        }
        Drain {
            context,
            total,
            rounds,
            batch: AtomicUsize::new(0),
        }
    }

    /// A batch of `count` sockets was told to go.
    fn told(&self, count: usize) {
        let (context, batch) = (self.context, 1 + self.batch.fetch_add(1, Relaxed));
        tracing::debug!(
            socket = context.socket, path = context.path, transport = %context.kind,
            batch, rounds = self.rounds, count, total = self.total,
            "told a batch of sockets to come back later"
        );
    }

    /// `late` sockets were left at the end of the drainer's time.
    fn ends(&self, late: usize) {
        let context = self.context;
        if late > 0 {
            tracing::warn!(
                socket = context.socket, path = context.path, transport = %context.kind, late,
                "the drainer's time was over: what was left of the sockets was ended at once"
            );
        }
    }
}
