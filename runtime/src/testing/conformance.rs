//! Tests of adapters of one's own.

use std::{collections::HashSet, future::Future, sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::{
    sync::mpsc::Receiver,
    time::{sleep, timeout},
};

use crate::{
    pubsub::adapter::{Adapter, Arrival, Arrivals, Channel, NodeOptions, Outgoing},
    random::random,
};

/// How long an adapter may take for a step.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long something may take that must not arrive.
const SILENCE: Duration = Duration::from_millis(300);
/// Bytes of all that waits for a node of the suite.
const QUEUE: usize = 16 << 20;

/// Tests an adapter: whether it keeps to what [`Adapter`] says. `make` makes an adapter for each
/// node; all of them speak to one broker, which is there. It takes some seconds.
///
/// It does not take the broker away. An adapter's own tests do that, and see to it that
/// [`disconnected`](Arrivals::disconnected) and [`connected`](Arrivals::connected) are told.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use landfall::{pubsub::adapter::InProcess, testing};
///
/// let broker = InProcess::new();
/// testing::conformance(|| broker.clone()).await;
/// # }
/// ```
///
/// # Panics
/// When the adapter does not keep to it. The message says to what.
pub async fn conformance<A: Adapter>(make: impl FnMut() -> A) {
    let mut suite = Suite {
        make,
        name: data_encoding::HEXLOWER.encode(&random::<8>()),
    };
    suite.a_topic_reaches_who_has_subscribed_it().await;
    suite.messages_arrive_in_order_and_once().await;
    suite.names_of_topics_are_kept_apart().await;
    suite.thousands_are_subscribed_at_once().await;
    suite.a_node_and_all_nodes_are_reached().await;
    suite.clusters_are_kept_apart().await;
    suite.large_messages_arrive_whole().await;
    suite.a_topic_is_left_and_subscribed_again().await;
}

struct Suite<F> {
    make: F,
    /// A name that no other run has.
    name: String,
}

/// A node, and what arrives there.
struct Node<A> {
    adapter: A,
    name: Arc<str>,
    arriving: Receiver<Arrival>,
}

impl<A: Adapter, F: FnMut() -> A> Suite<F> {
    async fn node(&mut self, cluster: &str) -> Node<A> {
        let options = NodeOptions::new(format!("{}-{cluster}", self.name));
        let (arrivals, arriving) = Arrivals::new(QUEUE);
        let adapter = (self.make)();
        let connected = timed("connect", adapter.connect(&options, arrivals)).await;
        if let Err(error) = connected {
            panic!("`connect` fails: {error}");
        }
        Node {
            adapter,
            name: options.node,
            arriving,
        }
    }

    async fn a_topic_reaches_who_has_subscribed_it(&mut self) {
        let (mut one, mut two) = (self.node("topic").await, self.node("topic").await);
        two.subscribe(&["room:1"]).await;
        one.publish(topic("room:1"), "wanted").await;
        one.publish(topic("room:2"), "unwanted").await;
        one.publish(topic("room:1"), "the last").await;
        assert_eq!(
            two.texts(2).await,
            ["wanted", "the last"],
            "what a topic gets"
        );
        one.expect_nothing("a topic that it has not subscribed")
            .await;
        one.close().await;
        two.close().await;
    }

    async fn messages_arrive_in_order_and_once(&mut self) {
        let (one, mut two) = (self.node("order").await, self.node("order").await);
        two.subscribe(&["a", "b"]).await;
        let texts: Vec<String> = (0..2000).map(|n| n.to_string()).collect();
        let publishing = async {
            for batch in texts.chunks(300) {
                let outgoing: Vec<_> = batch
                    .iter()
                    .map(|text| outgoing(topic(if text.len() % 2 == 0 { "a" } else { "b" }), text))
                    .collect();
                let written = timed("publish", one.adapter.publish(&outgoing)).await;
                assert!(
                    written.is_ok(),
                    "`publish` fails, though the broker is there"
                );
            }
        };
        // What nobody reads holds an adapter up that has no queue of its own.
        let ((), arrived) = tokio::join!(publishing, two.texts(texts.len()));
        for name in ["a", "b"] {
            let of = |texts: &[String]| -> Vec<String> {
                let even = name == "a";
                let of_it = texts.iter().filter(|text| (text.len() % 2 == 0) == even);
                of_it.cloned().collect()
            };
            assert_eq!(of(&arrived), of(&texts), "the order of one topic");
        }
        two.expect_nothing("a message twice").await;
        one.close().await;
        two.close().await;
    }

    async fn names_of_topics_are_kept_apart(&mut self) {
        const NAMES: [&str; 12] = [
            "",
            " ",
            "a b",
            "a.b",
            "a*",
            "*",
            ">",
            "ünïcödé",
            "line\nbreak",
            "%41",
            "A",
            "a",
        ];
        let (one, mut two) = (self.node("names").await, self.node("names").await);
        two.subscribe(&NAMES).await;
        for (n, name) in NAMES.iter().enumerate() {
            one.publish(topic(name), &n.to_string()).await;
        }
        let arrived: HashSet<String> = two.texts(NAMES.len()).await.into_iter().collect();
        assert_eq!(
            arrived.len(),
            NAMES.len(),
            "each topic's message arrives once"
        );
        two.unsubscribe(&NAMES[..4]).await;
        sleep(SILENCE).await;
        one.publish(topic(NAMES[2]), "left").await;
        one.publish(topic(NAMES[5]), "kept").await;
        assert_eq!(
            two.texts(1).await,
            ["kept"],
            "what is left, and what is kept"
        );
        one.close().await;
        two.close().await;
    }

    async fn thousands_are_subscribed_at_once(&mut self) {
        let (one, mut two) = (self.node("many").await, self.node("many").await);
        let names: Vec<String> = (0..5000).map(|n| format!("room:{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        two.subscribe(&names).await;
        for n in [0, 2500, 4999] {
            one.publish(topic(names[n]), names[n]).await;
        }
        assert_eq!(two.texts(3).await.len(), 3);
        one.close().await;
        two.close().await;
    }

    async fn a_node_and_all_nodes_are_reached(&mut self) {
        let (mut one, mut two) = (self.node("direct").await, self.node("direct").await);
        let mut three = self.node("direct").await;
        one.publish(Channel::Node(two.name.clone()), "for two")
            .await;
        one.publish(Channel::All, "for all").await;
        // They are on two channels, which may be at two servers.
        let mut texts = two.texts(2).await;
        texts.sort_unstable();
        assert_eq!(texts, ["for all", "for two"], "one node's messages");
        assert_eq!(three.texts(1).await, ["for all"], "what all nodes get");
        three.expect_nothing("another node's message").await;
        // Its own message may come back, and nothing else.
        sleep(SILENCE).await;
        while let Ok(Arrival::Message(message, _)) = one.arriving.try_recv() {
            assert_eq!(message, "for all", "what comes back");
        }
        one.close().await;
        two.close().await;
        three.close().await;
    }

    async fn clusters_are_kept_apart(&mut self) {
        let (one, mut other) = (self.node("one").await, self.node("other").await);
        other.subscribe(&["room:1"]).await;
        one.publish(topic("room:1"), "mine").await;
        one.publish(Channel::All, "mine").await;
        other.expect_nothing("a message of another cluster").await;
        one.close().await;
        other.close().await;
    }

    async fn large_messages_arrive_whole(&mut self) {
        let (one, mut two) = (self.node("large").await, self.node("large").await);
        two.subscribe(&["large"]).await;
        for size in [0, 1, 65_536, 900_000] {
            let text = "x".repeat(size);
            one.publish(topic("large"), &text).await;
            assert!(
                two.texts(1).await == [text],
                "a message of {size} bytes arrives whole"
            );
        }
        one.close().await;
        two.close().await;
    }

    async fn a_topic_is_left_and_subscribed_again(&mut self) {
        let (one, mut two) = (self.node("again").await, self.node("again").await);
        for n in 0..20 {
            two.subscribe(&["room:1"]).await;
            let text = n.to_string();
            one.publish(topic("room:1"), &text).await;
            assert_eq!(
                two.texts(1).await,
                [text],
                "what comes once it is confirmed"
            );
            two.unsubscribe(&["room:1"]).await;
        }
        one.close().await;
        two.close().await;
    }
}

impl<A: Adapter> Node<A> {
    async fn publish(&self, channel: Channel, text: &str) {
        let batch = [outgoing(channel, text)];
        let written = timed("publish", self.adapter.publish(&batch)).await;
        assert!(
            written.is_ok(),
            "`publish` fails, though the broker is there"
        );
    }

    /// Subscribes topics, and waits until all are confirmed.
    async fn subscribe(&mut self, names: &[&str]) {
        let topics: Vec<Arc<str>> = names.iter().map(|name| (*name).into()).collect();
        let mut missing: HashSet<Arc<str>> = topics.iter().cloned().collect();
        let subscribing = async {
            self.adapter.subscribe(&topics).await;
            while !missing.is_empty() {
                match self.arriving.recv().await {
                    Some(Arrival::Subscribed(topics)) => {
                        topics.iter().for_each(|topic| {
                            missing.remove(topic);
                        });
                    }
                    Some(Arrival::Message(..)) => {}
                    other => panic!("expected confirmed subscriptions, got {other:?}"),
                }
            }
        };
        timed("a confirmed subscription", subscribing).await;
    }

    async fn unsubscribe(&self, names: &[&str]) {
        let topics: Vec<Arc<str>> = names.iter().map(|name| (*name).into()).collect();
        timed("unsubscribe", self.adapter.unsubscribe(&topics)).await;
    }

    /// The next messages.
    async fn texts(&mut self, count: usize) -> Vec<String> {
        let mut texts = Vec::new();
        let arriving = async {
            while texts.len() < count {
                match self.arriving.recv().await {
                    Some(Arrival::Message(message, _)) => {
                        texts.push(String::from_utf8_lossy(&message).into_owned());
                    }
                    other => panic!("expected a message, got {other:?}"),
                }
            }
        };
        let came = timeout(PATIENCE, arriving).await.is_ok();
        assert!(came, "expected {count} messages, got {}", texts.len());
        texts
    }

    async fn expect_nothing(&mut self, what: &str) {
        if let Ok(arrival) = timeout(SILENCE, self.arriving.recv()).await {
            panic!("it got {what}: {arrival:?}");
        }
    }

    async fn close(self) {
        timed("close", self.adapter.close()).await;
    }
}

fn topic(name: &str) -> Channel {
    Channel::Topic(name.into())
}

fn outgoing(channel: Channel, text: &str) -> Outgoing {
    let message = Bytes::copy_from_slice(text.as_bytes());
    Outgoing { channel, message }
}

async fn timed<T>(what: &str, future: impl Future<Output = T>) -> T {
    match timeout(PATIENCE, future).await {
        Ok(value) => value,
        Err(_) => panic!("`{what}` takes longer than {PATIENCE:?}"),
    }
}
