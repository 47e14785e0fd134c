//! A broker of one node, which does as the test says.

use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock, PoisonError,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use bytes::Bytes;
use landfall::pubsub::adapter::{
    Adapter, Arrivals, Async, ConnectError, NodeOptions, Outgoing, Unwritten,
};

/// A broker that carries nothing. It notes what it is given, and tells the node what the test has it
/// tell. It confirms what it is asked for, unless it [is silent](Scripted::be_silent).
#[derive(Clone, Debug, Default)]
pub struct Scripted(Arc<Script>);

#[derive(Debug, Default)]
struct Script {
    arrivals: OnceLock<Arrivals>,
    asked: Mutex<Vec<Arc<str>>>,
    sent: Mutex<Vec<Bytes>>,
    is_silent: AtomicBool,
    fails: AtomicBool,
}

impl Scripted {
    /// What the node is told by. Panics before it is connected.
    pub fn arrivals(&self) -> &Arrivals {
        self.0.arrivals.get().expect("it is connected")
    }

    /// The topics that it was asked for, in order.
    pub fn asked(&self) -> Vec<Arc<str>> {
        locked(&self.0.asked).clone()
    }

    /// What it was given, in order.
    pub fn sent(&self) -> Vec<Bytes> {
        locked(&self.0.sent).clone()
    }

    /// From now on it confirms no subscription, or does so again.
    pub fn be_silent(&self, is_silent: bool) {
        self.0.is_silent.store(is_silent, Relaxed);
    }

    /// From now on it takes nothing, or does so again.
    pub fn fail(&self, fails: bool) {
        self.0.fails.store(fails, Relaxed);
    }
}

impl Adapter for Scripted {
    fn name(&self) -> &str {
        "scripted"
    }

    fn connect<'a>(
        &'a self,
        _: &'a NodeOptions,
        arrivals: Arrivals,
    ) -> Async<'a, Result<(), ConnectError>> {
        let _ = self.0.arrivals.set(arrivals);
        Box::pin(async { Ok(()) })
    }

    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> Async<'a, Result<(), Unwritten>> {
        let fails = self.0.fails.load(Relaxed);
        if !fails {
            let messages = batch.iter().map(|outgoing| outgoing.message.clone());
            locked(&self.0.sent).extend(messages);
        }
        Box::pin(async move { if fails { Err(Unwritten) } else { Ok(()) } })
    }

    fn subscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()> {
        Box::pin(async move {
            locked(&self.0.asked).extend(topics.iter().cloned());
            if !self.0.is_silent.load(Relaxed) {
                self.arrivals().subscribed(topics).await;
            }
        })
    }

    fn unsubscribe<'a>(&'a self, _: &'a [Arc<str>]) -> Async<'a, ()> {
        Box::pin(async {})
    }

    fn close(&self) -> Async<'_, ()> {
        Box::pin(async {})
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
