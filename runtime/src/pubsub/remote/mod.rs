//! What a node shares about its cluster: who publishes, who joins, and the tasks of `nodes` reach
//! it.

// | file | what |
// | --- | --- |
// | `instance` | one run of a node |
// | `letter` | what nodes tell each other |
// | `dialect` | how broadcasts are written |
// | `read` | a letter's bytes, read |
// | `write` | a letter's bytes, written |
// | `interest` | which topics the node wants of the broker |
// | `outgoing` | what waits for the broker |
// | `missed` | topics that others may have missed something of |
// | `peers` | the other nodes |
// | `probe` | whether the node's name is its own |
// | `counts` | how often something went wrong |
// | `watchers` | who is told of lost broadcasts besides the members of a topic |
// | `services` | who takes what other nodes send to this one |

mod counts;
mod dialect;
mod instance;
mod interest;
mod letter;
mod missed;
mod outgoing;
mod peers;
mod probe;
mod read;
mod services;
#[cfg(test)]
mod tests;
mod watchers;
mod write;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use tokio::{sync::Notify, time::timeout};
use tokio_util::sync::CancellationToken;

#[cfg(feature = "fuzzing")]
pub(super) use self::write::write;
pub(super) use self::{
    counts::Counts,
    dialect::Dialect,
    instance::Instance,
    interest::Interest,
    letter::{Hello, Letter},
    missed::Missed,
    outgoing::{Post, Posts, Waiting},
    peers::{Heard, Peers},
    probe::Probe,
    read::{Unreadable, read},
    watchers::Watchers,
};
pub use self::{
    counts::NodeStats,
    peers::{NodeEvent, NodeEvents, NodeInfo},
};
pub(crate) use self::{
    letter::Service,
    services::{Delivered, ServePresence, Services},
};
use super::{
    adapter::{Channel, Most, NodeOptions},
    broadcast::Broadcast,
    error::{BroadcastError, Unconfirmed},
    subscriber::SubscriberId,
};

/// The bytes of a letter besides a broadcast's own, at most.
const HEAD: usize = 64;

/// What a node shares about its cluster.
pub(crate) struct Remote {
    pub(super) options: NodeOptions,
    /// What the broker carries.
    most: Most,
    pub(super) instance: Instance,
    pub(super) dialect: Dialect,
    since: u64,
    /// Whether the broker is there.
    connected: AtomicBool,
    /// Notified when it comes back.
    pub(super) returned: Notify,
    pub(super) posts: Posts,
    pub(super) interest: Interest,
    pub(super) missed: Missed,
    pub(super) counts: Counts,
    pub(super) probe: Probe,
    pub(super) watchers: Watchers,
    pub(crate) peers: Peers,
    pub(crate) services: Services,
    /// Cancelled once the node leaves.
    pub(super) stop: CancellationToken,
}

/// A broadcast that other nodes can be sent.
pub(super) struct Checked {
    broadcast: Broadcast,
    /// In the dialect of the nodes, unless that is letters.
    message: Option<Bytes>,
}

impl Remote {
    /// A node that is not connected, and what waits for its broker.
    pub(super) fn new(options: NodeOptions, most: Most) -> (Arc<Self>, Waiting) {
        let (posts, waiting) = Posts::new(options.queue, options.queue_bytes);
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        let remote = Remote {
            dialect: Dialect::of(&options),
            options,
            most,
            instance: Instance::random(),
            since: since.map_or(0, |since| since.as_millis() as u64),
            connected: AtomicBool::new(false),
            returned: Notify::new(),
            posts,
            interest: Interest::default(),
            missed: Missed::default(),
            counts: Counts::default(),
            probe: Probe::default(),
            watchers: Watchers::default(),
            peers: Peers::default(),
            services: Services::default(),
            stop: CancellationToken::new(),
        };
        (Arc::new(remote), waiting)
    }

    pub(super) fn is_connected(&self) -> bool {
        self.connected.load(Ordering::Acquire)
    }

    /// The broker is there, and has no subscriptions of topics.
    pub(super) fn connected(&self) {
        self.interest.connected();
        self.connected.store(true, Ordering::Release);
        self.returned.notify_waiters();
    }

    /// The broker is gone.
    pub(super) fn disconnected(&self) {
        self.connected.store(false, Ordering::Release);
        self.interest.disconnected();
    }

    /// Completes when the broker is there.
    pub(super) async fn until_connected(&self) {
        loop {
            let returned = self.returned.notified();
            if self.is_connected() {
                return;
            }
            returned.await;
        }
    }

    /// What is sent to one other node, or to all, if they can be sent this at all.
    pub(super) fn check(
        &self,
        broadcast: Broadcast,
        node: Option<&str>,
    ) -> Result<Checked, BroadcastError> {
        let (bytes, limit) = (broadcast.bytes() + HEAD, self.max_message());
        if bytes > limit {
            return Err(BroadcastError::TooLarge { bytes, limit });
        }
        let message = self.dialect.write(&broadcast, node)?;
        Ok(Checked { broadcast, message })
    }

    /// The maximum size in bytes of a payload, whatever its topic and event.
    pub(super) fn max_payload(&self) -> usize {
        const NAMES: usize = 1024;
        self.max_message().saturating_sub(HEAD + NAMES)
    }

    /// Sends a broadcast to the other nodes. Never waits.
    pub(super) fn publish(
        &self,
        Checked { broadcast, message }: Checked,
        except: Option<SubscriberId>,
    ) -> Result<(), BroadcastError> {
        let post = match message {
            Some(message) => Post::Message(Channel::Topic(broadcast.topic().into()), message),
            None => Post::Broadcast(broadcast.clone(), except),
        };
        if self.is_connected() && self.posts.put(post) {
            return Ok(());
        }
        self.missed.note(broadcast.topic());
        self.counts.count_lost(1);
        Err(BroadcastError::Unreachable)
    }

    /// Sends a broadcast to one other node. Never waits.
    pub(super) fn direct(
        &self,
        node: &str,
        Checked { broadcast, message }: Checked,
    ) -> Result<(), BroadcastError> {
        let post = match message {
            Some(message) => Post::Message(Channel::Node(node.into()), message),
            None => Post::Direct(node.into(), broadcast),
        };
        if self.is_connected() && self.posts.put(post) {
            return Ok(());
        }
        self.counts.count_lost(1);
        Err(BroadcastError::NodeUnreachable)
    }

    /// The maximum number of bytes of a message.
    pub(crate) fn max_message(&self) -> usize {
        self.options.max_message.min(self.most.bytes())
    }

    /// Sends bytes to who serves them on one node, or on all other nodes. Never waits. False if
    /// they are not sent: without the broker, without room, or if they are larger than
    /// `max_message` allows.
    pub(crate) fn send(&self, node: Option<&str>, service: Service, bytes: Bytes) -> bool {
        let channel = node.map_or(Channel::All, |node| Channel::Node(node.into()));
        let from = self.options.node.clone();
        let fits = bytes.len() + from.len() + HEAD <= self.max_message();
        let letter = Letter::Served {
            service,
            from,
            bytes,
        };
        fits && self.is_connected()
            && self.dialect.has_letters()
            && self.posts.put(Post::Letter(channel, letter))
    }

    /// Tells other nodes something. It is dropped if there is no room, or no broker.
    pub(super) fn say(&self, channel: Channel, letter: Letter) {
        if self.is_connected() && self.dialect.has_letters() {
            self.posts.put(Post::Letter(channel, letter));
        }
    }

    /// What the node says of itself.
    pub(super) fn hello(&self, asks: bool) -> Letter {
        Letter::Hello(Hello {
            node: self.options.node.clone(),
            since: self.since,
            version: env!("CARGO_PKG_VERSION").into(),
            asks,
        })
    }

    /// Waits until the broker has confirmed the topic, or forbids it. The topic stays subscribed
    /// for the time of grace at least.
    pub(super) async fn confirmed(&self, topic: &str) -> Result<(), Unconfirmed> {
        let time = self.options.confirm_timeout;
        let _held = self.interest.hold(topic);
        match timeout(time, self.interest.confirmed(topic)).await {
            Ok(true) => Ok(()),
            Ok(false) | Err(_) => Err(Unconfirmed(())),
        }
    }
}
