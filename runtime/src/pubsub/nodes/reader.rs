//! Acts on what arrives from the broker.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use bytes::Bytes;
use tokio::{sync::mpsc::Receiver, time::sleep};
use tracing::Level;

use super::{log, seldom::Seldom};
#[cfg(feature = "redis")]
use crate::pubsub::phoenix;
use crate::{
    escape::{shown, told},
    pubsub::{
        adapter::{Arrival, Channel},
        broadcast::Broadcast,
        error::BroadcastError,
        remote::{Delivered, Dialect, Heard, Hello, Instance, Letter, Remote, Unreadable, read},
        run::Except,
        shards::Shards,
        subscriber::SubscriberId,
    },
    telemetry,
};

/// How long an arriving broadcast waits for room before it is dropped.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often it looks for room.
const PAUSE: Duration = Duration::from_millis(1);

/// Acts on what arrives.
pub(super) struct Reader {
    pub(super) remote: Arc<Remote>,
    pub(super) shards: Weak<Shards>,
    pub(super) adapter: Arc<str>,
    pub(super) skipped: Seldom,
    pub(super) dropped: Seldom,
    pub(super) doubled: Seldom,
    pub(super) refused: Seldom,
}

impl Reader {
    /// Reads until the node leaves.
    pub(super) async fn run(mut self, mut arrivals: Receiver<Arrival>) {
        let stop = self.remote.stop.clone();
        loop {
            let arrival = tokio::select! {
                biased;
                () = stop.cancelled() => return,
                arrival = arrivals.recv() => arrival,
            };
            let Some(arrival) = arrival else { return };
            tokio::select! {
                biased;
                () = stop.cancelled() => return,
                () = self.take(arrival) => {}
            }
        }
    }

    async fn take(&mut self, arrival: Arrival) {
        let adapter = &self.adapter;
        match arrival {
            Arrival::Message(bytes, _held) => self.take_message(bytes).await,
            Arrival::Subscribed(topics) => {
                let gapped = self.remote.interest.subscribed(&topics);
                self.tell_gaps(gapped).await;
            }
            Arrival::Unsubscribed(topics) => self.remote.interest.unsubscribed(&topics),
            Arrival::Forbidden(topics) => self.remote.interest.forbidden(&topics),
            Arrival::Connected => {
                telemetry::event!(PUBSUB_BROKER_UP, Level::INFO, %adapter, "the broker is back");
                telemetry::meters::broker(adapter, true);
                self.remote.connected();
            }
            Arrival::Disconnected(why) => {
                let reason = told(&why);
                telemetry::event!(
                    PUBSUB_BROKER_DOWN, Level::WARN, %adapter, %reason, "the broker is gone"
                );
                telemetry::meters::broker(adapter, false);
                self.remote.disconnected();
            }
            Arrival::Lost(topic) => {
                self.remote.counts.count_missed();
                self.lost(topic).await;
            }
            Arrival::Unsent(topics) => {
                let count = topics.as_ref().map_or(1, Vec::len);
                self.remote.counts.count_lost(count);
                self.remote.missed.note_all(topics.as_deref());
            }
            Arrival::Refused(what) => {
                self.remote.counts.count_refused();
                if let Some(times) = self.refused.happened() {
                    let what = told(&what);
                    tracing::warn!(%adapter, times, "the broker refuses something: {what}");
                }
            }
        }
    }

    async fn take_message(&mut self, bytes: Bytes) {
        match &self.remote.dialect {
            Dialect::Letters => self.take_letters(bytes).await,
            #[cfg(feature = "redis")]
            Dialect::Phoenix(wire) => match self.read_phoenix(wire, &bytes) {
                Ok(Some(broadcast)) => self.deliver(broadcast, None).await,
                Ok(None) => {}
                Err(ignored) => {
                    self.remote.counts.count_malformed();
                    if let Some(times) = self.skipped.happened() {
                        tracing::warn!(times, "a message of a Phoenix node was skipped: {ignored}");
                    }
                }
            },
        }
    }

    /// What a Phoenix node has published, if it is for clients here.
    #[cfg(feature = "redis")]
    fn read_phoenix(
        &self,
        wire: &phoenix::Wire,
        message: &[u8],
    ) -> Result<Option<Broadcast>, phoenix::Ignored> {
        use phoenix::Ignored;
        let read = wire.open(message).and_then(|envelope| {
            // Every node gets what is published on any topic.
            let shards = self.shards.upgrade();
            match shards.map_or(0, |shards| shards.members(envelope.topic())) {
                0 => Err(Ignored::Elsewhere),
                _ => envelope.read(),
            }
        });
        match read {
            Ok(broadcast) => Ok(Some(broadcast)),
            Err(
                Ignored::Own
                | Ignored::Elsewhere
                | Ignored::Presence
                | Ignored::Topic
                | Ignored::Other,
            ) => Ok(None),
            Err(ignored) => Err(ignored),
        }
    }

    async fn take_letters(&mut self, bytes: Bytes) {
        let limit = self.remote.options.max_message;
        let read = if bytes.len() > limit {
            Err(Unreadable::Malformed)
        } else {
            read(bytes)
        };
        match read {
            Ok((origin, _)) if origin == self.remote.instance => {}
            Ok((origin, letter)) => self.take_letter(origin, letter).await,
            Err(error) => {
                match error {
                    Unreadable::Unknown => self.remote.counts.count_skipped(),
                    Unreadable::Malformed => self.remote.counts.count_malformed(),
                }
                if let Some(times) = self.skipped.happened() {
                    tracing::warn!(
                        times,
                        "a message of another node was skipped: it is {error}"
                    );
                }
            }
        }
    }

    async fn take_letter(&mut self, origin: Instance, letter: Letter) {
        let remote = &self.remote;
        match letter {
            Letter::Broadcast { broadcast, except } => self.deliver(broadcast, except).await,
            Letter::Hello(hello) => self.hello(origin, &hello),
            Letter::Goodbye => {
                if let Some(node) = remote.peers.gone(origin) {
                    log::node_down(&node);
                }
            }
            Letter::Gap(topic) => self.lost(topic).await,
            Letter::Taken(instance) if instance == remote.instance => remote.probe.objected(),
            Letter::Taken(_) => {}
            Letter::Served {
                service,
                from,
                bytes,
            } => remote.services.deliver(service, Delivered { from, bytes }),
        }
    }

    fn hello(&mut self, origin: Instance, hello: &Hello) {
        let remote = &self.remote;
        if hello.node == remote.options.node {
            // Of two that start at once, one has to give way.
            if !remote.probe.asks() || remote.instance < origin {
                let channel = Channel::Node(hello.node.clone());
                remote.say(channel, Letter::Taken(origin));
            }
            if let Some(times) = self.doubled.happened() {
                let node = &hello.node;
                tracing::error!(times, %node, "another node has the name of this one");
            }
            return;
        }
        let heard = remote.peers.heard(origin, hello);
        if let Heard::Again(before) = &heard {
            log::node_down(before);
        }
        if heard.is_new() {
            let node = shown(&hello.node);
            telemetry::event!(PUBSUB_NODE_UP, Level::INFO, %node, "a node is up");
        }
        if hello.asks {
            remote.say(Channel::Node(hello.node.clone()), remote.hello(false));
        }
    }

    /// Hands a broadcast to the subscribers of this node. Waits while too many broadcasts wait:
    /// what arrives next waits at the broker.
    async fn deliver(&mut self, broadcast: Broadcast, except: Option<SubscriberId>) {
        let except = except.map_or(Except::Nobody, Except::Subscriber);
        let mut waited = Duration::ZERO;
        loop {
            let Some(shards) = self.shards.upgrade() else {
                return;
            };
            let publication = shards.publication(broadcast.clone(), except);
            match shards.publish_here(publication) {
                Ok(()) | Err(BroadcastError::Closed) => return,
                Err(_) if waited >= PATIENCE => break,
                Err(_) => {}
            }
            drop(shards);
            sleep(PAUSE).await;
            waited += PAUSE;
        }
        self.remote.counts.count_missed();
        if let Some(times) = self.dropped.happened() {
            tracing::error!(
                times,
                "a broadcast of another node was dropped: too many wait"
            );
        }
        self.tell_gaps(vec![broadcast.topic().into()]).await;
    }

    /// Something was lost on a topic, or on any.
    async fn lost(&self, topic: Option<Arc<str>>) {
        let topics = match topic {
            Some(topic) => vec![topic],
            None => self.remote.interest.topics(),
        };
        self.tell_gaps(topics).await;
    }

    async fn tell_gaps(&self, topics: Vec<Arc<str>>) {
        log::gap(&topics);
        for topic in topics {
            if let Some(shards) = self.shards.upgrade() {
                shards.gap(&topic).await;
            }
        }
    }
}
