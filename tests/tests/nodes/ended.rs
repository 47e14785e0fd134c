//! A broker that ends subscriptions, though it is there.

use std::{
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use landfall::pubsub::{
    PubSub, RecvError,
    adapter::{Adapter, Arrivals, Async, ConnectError, NodeOptions, Outgoing, Unwritten},
};
use tokio::time::sleep;

/// A broker of one node. It notes for what it is asked, and confirms it or not.
#[derive(Default)]
struct Fickle {
    arrivals: OnceLock<Arrivals>,
    asked: Mutex<Vec<Arc<str>>>,
    is_silent: AtomicBool,
}

impl Fickle {
    fn arrivals(&self) -> &Arrivals {
        self.arrivals.get().expect("it is connected")
    }

    fn asked(&self) -> Vec<Arc<str>> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Adapter for Fickle {
    fn name(&self) -> &str {
        "fickle"
    }

    fn connect<'a>(
        &'a self,
        _: &'a NodeOptions,
        arrivals: Arrivals,
    ) -> Async<'a, Result<(), ConnectError>> {
        let _ = self.arrivals.set(arrivals);
        Box::pin(async { Ok(()) })
    }

    fn publish<'a>(&'a self, _: &'a [Outgoing]) -> Async<'a, Result<(), Unwritten>> {
        Box::pin(async { Ok(()) })
    }

    fn subscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()> {
        Box::pin(async move {
            let asked = self.asked.lock();
            asked
                .unwrap_or_else(PoisonError::into_inner)
                .extend(topics.iter().cloned());
            if !self.is_silent.load(Relaxed) {
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

#[tokio::test(start_paused = true)]
async fn a_topic_that_the_broker_has_ended_is_asked_for_again_and_has_a_gap() -> anyhow::Result<()>
{
    let broker = Arc::new(Fickle::default());
    let pubsub = PubSub::connect(broker.clone(), NodeOptions::new("chat")).await?;
    let (mut one, mut other) = (pubsub.subscribe("room:1"), pubsub.subscribe("room:2"));
    one.confirmed().await?;
    other.confirmed().await?;
    assert_eq!(broker.asked().len(), 2);

    broker.is_silent.store(true, Relaxed);
    let ended = ["room:1".into(), "unknown".into()];
    broker.arrivals().unsubscribed(&ended).await;
    sleep(Duration::from_millis(10)).await;
    // Who joins now is not told that the topic stands.
    assert!(one.confirmed().await.is_err());
    assert_eq!(broker.asked()[2..], ended[..1]);
    assert!(one.try_recv().is_none(), "the gap is not over yet");

    broker.arrivals().subscribed(&ended[..1]).await;
    assert_eq!(one.recv().await.err(), Some(RecvError::Gap));
    one.confirmed().await?;
    assert!(other.try_recv().is_none() && one.try_recv().is_none());
    Ok(())
}
