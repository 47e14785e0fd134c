//! A node among those of a Phoenix application. The other node is scripted: it publishes what was
//! recorded.

use std::sync::{Arc, OnceLock};

use data_encoding::HEXLOWER;
use landfall::{
    message::Text,
    pubsub::{
        BroadcastError, Payload, PubSub,
        adapter::{Adapter, Arrivals, Async, ConnectError, NodeOptions, Outgoing, Unwritten, Wire},
    },
};
use serde_json::Value;
use tokio::sync::mpsc;

/// One channel for all, as Phoenix's adapter has it.
struct OneChannel {
    arrivals: Arc<OnceLock<Arrivals>>,
    published: mpsc::UnboundedSender<Outgoing>,
}

impl Adapter for OneChannel {
    fn name(&self) -> &str {
        "one channel"
    }

    fn connect<'a>(
        &'a self,
        _: &'a NodeOptions,
        arrivals: Arrivals,
    ) -> Async<'a, Result<(), ConnectError>> {
        let _ = self.arrivals.set(arrivals);
        Box::pin(async { Ok(()) })
    }

    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> Async<'a, Result<(), Unwritten>> {
        Box::pin(async move {
            for outgoing in batch {
                let _ = self.published.send(outgoing.clone());
                // Whoever publishes has subscribed the same channel.
                self.arrivals.wait().message(outgoing.message.clone()).await;
            }
            Ok(())
        })
    }

    fn subscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()> {
        Box::pin(self.arrivals.wait().subscribed(topics))
    }

    fn unsubscribe<'a>(&'a self, _: &'a [Arc<str>]) -> Async<'a, ()> {
        Box::pin(async {})
    }

    fn close(&self) -> Async<'_, ()> {
        Box::pin(async {})
    }
}

/// A node, and what its neighbour is: what it publishes, and what it hears.
struct Neighbours {
    node: PubSub,
    publish: Arc<OnceLock<Arrivals>>,
    hears: mpsc::UnboundedReceiver<Outgoing>,
}

impl Neighbours {
    async fn of(name: &str) -> anyhow::Result<Self> {
        let publish = Arc::new(OnceLock::new());
        let (published, hears) = mpsc::unbounded_channel();
        let adapter = OneChannel {
            arrivals: publish.clone(),
            published,
        };
        let mut options = NodeOptions::new("MyApp.PubSub");
        options.node = name.into();
        options.wire = Wire::Phoenix { compression: None };
        let node = PubSub::connect(adapter, options).await?;
        Ok(Neighbours {
            node,
            publish,
            hears,
        })
    }

    async fn publish(&self, message: Vec<u8>) {
        self.publish.wait().message(message.into()).await;
    }
}

/// The recorded message of a case: of an older node, or of one since OTP 26.
fn recorded(name: &str, key: &str) -> anyhow::Result<Vec<u8>> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/golden/pubsub_redis.json");
    let golden: Value = serde_json::from_slice(&std::fs::read(path)?)?;
    let cases = golden["cases"].as_array().expect("cases");
    let case = cases.iter().find(|case| case["name"] == name).expect(name);
    Ok(HEXLOWER.decode(case[key].as_str().expect(key).as_bytes())?)
}

fn json(text: &'static str) -> Payload {
    Payload::Json(Text::from_static(text))
}

#[tokio::test]
async fn what_a_phoenix_node_broadcasts_arrives() -> anyhow::Result<()> {
    let there = Neighbours::of("b@host").await?;
    let mut room = there.node.subscribe("room:1");
    room.confirmed().await?;
    for (name, event, payload) in [
        ("broadcast atom keys", "ev", json("{\"a\":\"x\",\"id\":7}")),
        ("broadcast_from endpoint", "ev", json("{\"a\":1}")),
        (
            "broadcast date and time structs",
            "ev",
            json(
                "{\"d\":\"2024-02-29\",\"dt\":\"2024-02-29T12:34:56Z\",\
                 \"n\":\"2024-02-29T12:34:56.000001\",\"t\":\"12:34:56.789\"}",
            ),
        ),
        (
            "broadcast binary",
            "ev",
            Payload::Binary(vec![0, 1, 2, 255].into()),
        ),
        ("compression_level 1, tiny payload", "ev", json("{}")),
        (
            "only the node name, unknown atom encoding SMALL_ATOM_EXT",
            "ev",
            json("{\"a\":1}"),
        ),
    ] {
        there.publish(recorded(name, "hex")?).await;
        let broadcast = room.recv().await?;
        assert_eq!(broadcast.event(), event, "{name}");
        assert_eq!(broadcast.payload(), &payload, "{name}");
    }
    Ok(())
}

#[tokio::test]
async fn what_is_not_for_clients_here_is_left_out() -> anyhow::Result<()> {
    let there = Neighbours::of("b@host").await?;
    let mut room = there.node.subscribe("room:1");
    let mut tracker = there
        .node
        .subscribe("phx_presence:Elixir.MyApp.Presence_shard0");
    room.confirmed().await?;
    for name in [
        "direct_broadcast to itself",
        "except its own node name",
        "pubsub tuple",
        "presence_diff by hand",
        "tracker: one node alone, first seconds",
        "tracker topic gets a Broadcast",
        "text",
        "float NaN",
        "payload with a tuple inside",
        "payload with an unknown struct",
        "version 2",
    ] {
        there.publish(recorded(name, "hex")?).await;
    }
    there.publish(recorded("broadcast empty map", "hex")?).await;
    assert_eq!(room.recv().await?.payload(), &Payload::EMPTY);
    assert!(room.try_recv().is_none() && tracker.try_recv().is_none());
    Ok(())
}

#[tokio::test]
async fn what_this_node_broadcasts_has_the_bytes_of_phoenix() -> anyhow::Result<()> {
    let mut here = Neighbours::of("a@host").await?;
    let mut room = here.node.subscribe("room:1");
    room.confirmed().await?;
    let one = || json("{\"a\":1}");
    here.node.broadcast("room:1", "ev", json("{}"))?;
    here.node.broadcast_from(room.id(), "room:1", "ev", one())?;
    here.node.local_broadcast("room:1", "here", one())?;
    here.node
        .direct_broadcast("nobody@nowhere", "room:1", "ev", one())?;
    here.node.broadcast("users:1", "disconnect", json("{}"))?;
    for name in [
        "broadcast empty map",
        "broadcast_from endpoint",
        "direct_broadcast to an unknown node",
    ] {
        let outgoing = here.hears.recv().await.expect("a message");
        assert_eq!(outgoing.message, recorded(name, "hex_otp26")?, "{name}");
    }
    let name = "disconnect on the socket id, channel dispatcher";
    let outgoing = here.hears.recv().await.expect("a message");
    let there = Neighbours::of("b@host").await?;
    let mut user = there.node.subscribe("users:1");
    user.confirmed().await?;
    for message in [outgoing.message.to_vec(), recorded(name, "hex")?] {
        there.publish(message).await;
        let broadcast = user.recv().await?;
        assert_eq!(broadcast.event(), "disconnect");
        assert_eq!(broadcast.payload(), &Payload::EMPTY);
    }
    // Its own messages came back, and were not delivered again.
    assert_eq!(room.recv().await?.event(), "ev");
    assert_eq!(room.recv().await?.event(), "here");
    assert!(room.try_recv().is_none());
    Ok(())
}

#[tokio::test]
async fn what_cannot_cross_is_an_error_and_reaches_nobody() -> anyhow::Result<()> {
    let mut here = Neighbours::of("a@host").await?;
    let mut room = here.node.subscribe("room:1");
    room.confirmed().await?;
    let long = "e".repeat(256);
    let bytes = || Payload::Binary(vec![1].into());
    for (topic, event, payload) in [
        ("room:1", "ev", json("[1]")),
        ("room:1", "ev", json("{\"a\":")),
        ("room:1", "ev", json("{\"a\":\"\\ud800\"}")),
        ("room:1", "ev", Payload::Text(Text::from_static("text"))),
        ("room:1", &long, bytes()),
        ("room:1", "presence_diff", json("{}")),
        (
            "phx_presence:Elixir.MyApp.Presence_shard0",
            "ev",
            json("{}"),
        ),
    ] {
        let error = here.node.broadcast(topic, event, payload.clone());
        let error = error.expect_err("it cannot cross");
        assert!(matches!(error, BroadcastError::Unencodable(_)), "{error}");
        let direct = here.node.direct_broadcast("b@host", topic, event, payload);
        assert_eq!(direct, Err(error));
    }
    here.node
        .local_broadcast("room:1", "presence_diff", json("{}"))?;
    assert_eq!(room.recv().await?.event(), "presence_diff");
    assert!(room.try_recv().is_none() && here.hears.try_recv().is_err());
    Ok(())
}
