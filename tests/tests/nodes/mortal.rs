//! A node that is killed: its messages come late, or not at all.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use landfall::pubsub::adapter::{
    Adapter, Arrivals, Async, ConnectError, InProcess, NodeOptions, Outgoing, Unwritten,
};

/// An adapter whose node can be killed. The node goes on in its process, and nobody hears of it.
#[derive(Clone)]
pub(crate) struct Mortal {
    broker: Arc<InProcess>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    dead: AtomicBool,
    holds: AtomicBool,
    held: Mutex<Vec<Outgoing>>,
}

impl Mortal {
    pub(crate) fn new(broker: InProcess) -> Self {
        Mortal {
            broker: Arc::new(broker),
            state: Arc::default(),
        }
    }

    /// From now on its messages are on their way.
    pub(crate) fn hold(&self) {
        self.state.holds.store(true, Ordering::Relaxed);
    }

    /// Nothing that it publishes from now on is heard.
    pub(crate) fn kill(&self) {
        self.state.dead.store(true, Ordering::Relaxed);
    }

    /// What was on its way arrives.
    pub(crate) async fn let_go(&self) {
        let held = std::mem::take(&mut *self.held());
        assert!(!held.is_empty(), "it has said something");
        self.broker
            .publish(&held)
            .await
            .expect("the broker is there");
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Vec<Outgoing>> {
        self.state
            .held
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Adapter for Mortal {
    fn name(&self) -> &str {
        "mortal"
    }

    fn connect<'a>(
        &'a self,
        node: &'a NodeOptions,
        arrivals: Arrivals,
    ) -> Async<'a, Result<(), ConnectError>> {
        self.broker.connect(node, arrivals)
    }

    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> Async<'a, Result<(), Unwritten>> {
        if self.state.dead.load(Ordering::Relaxed) {
            return Box::pin(async { Ok(()) });
        }
        if self.state.holds.load(Ordering::Relaxed) {
            self.held().extend(batch.iter().cloned());
            return Box::pin(async { Ok(()) });
        }
        self.broker.publish(batch)
    }

    fn subscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()> {
        self.broker.subscribe(topics)
    }

    fn unsubscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()> {
        self.broker.unsubscribe(topics)
    }

    fn close(&self) -> Async<'_, ()> {
        self.broker.close()
    }
}
