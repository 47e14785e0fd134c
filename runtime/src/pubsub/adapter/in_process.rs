//! A broker in memory.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use super::{Adapter, Arrivals, Async, Channel, ConnectError, NodeOptions, Outgoing, Unwritten};

/// A broker in memory, for tests: what its clones connect are nodes of one process that reach each
/// other.
///
/// [`disconnect`](InProcess::disconnect) takes it away from all nodes, as a broker's crash does.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use landfall::pubsub::{BroadcastError, PubSub, adapter::{InProcess, NodeOptions}};
///
/// let broker = InProcess::new();
/// let pubsub = PubSub::connect(broker.clone(), NodeOptions::new("chat")).await?;
/// broker.disconnect().await;
/// # tokio::time::sleep(std::time::Duration::from_millis(50)).await;
/// let alone = pubsub.broadcast("harbour", "arrived", "Cutty Sark");
/// assert_eq!(alone, Err(BroadcastError::Unreachable));
/// # Ok(()) }
/// ```
#[derive(Default)]
pub struct InProcess {
    broker: Arc<Mutex<Broker>>,
    /// The place of this adapter's node, once it is connected.
    place: OnceLock<u64>,
}

#[derive(Default)]
struct Broker {
    away: bool,
    next: u64,
    nodes: HashMap<u64, Member>,
}

/// A node, as the broker knows it.
struct Member {
    cluster: Arc<str>,
    node: Arc<str>,
    topics: HashSet<Arc<str>>,
    arrivals: Arrivals,
}

impl InProcess {
    /// A broker that no node is connected to.
    pub fn new() -> Self {
        InProcess::default()
    }

    /// Takes the broker away from all nodes. What they publish is lost, until
    /// [`reconnect`](InProcess::reconnect).
    pub async fn disconnect(&self) {
        let nodes = {
            let mut broker = self.broker();
            broker.away = true;
            broker
                .nodes
                .values_mut()
                .for_each(|node| node.topics.clear());
            broker.all()
        };
        for node in nodes {
            node.disconnected("it was told to go").await;
        }
    }

    /// Brings the broker back to all nodes.
    pub async fn reconnect(&self) {
        let nodes = {
            let mut broker = self.broker();
            broker.away = false;
            broker.all()
        };
        for node in nodes {
            node.connected().await;
        }
    }

    /// How many subscriptions of topics the broker has, of all nodes.
    pub fn subscriptions(&self) -> usize {
        self.broker()
            .nodes
            .values()
            .map(|node| node.topics.len())
            .sum()
    }

    fn broker(&self) -> MutexGuard<'_, Broker> {
        self.broker.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the topics of this node, unless the broker is away. Returns what tells the node.
    fn change(&self, change: impl FnOnce(&mut HashSet<Arc<str>>)) -> Option<Arrivals> {
        let mut broker = self.broker();
        if broker.away {
            return None;
        }
        let node = broker.nodes.get_mut(self.place.get()?)?;
        change(&mut node.topics);
        Some(node.arrivals.clone())
    }
}

/// Another adapter of the same broker, for another node.
impl Clone for InProcess {
    fn clone(&self) -> Self {
        InProcess {
            broker: self.broker.clone(),
            place: OnceLock::new(),
        }
    }
}

impl Broker {
    fn all(&self) -> Vec<Arrivals> {
        self.nodes
            .values()
            .map(|node| node.arrivals.clone())
            .collect()
    }

    /// Who gets what the node at this place publishes. `None` if the broker is away.
    fn receivers(&self, from: u64, channel: &Channel) -> Option<Vec<Arrivals>> {
        let from = self.nodes.get(&from).filter(|_| !self.away)?;
        let receives = |node: &&Member| {
            node.cluster == from.cluster
                && match channel {
                    Channel::Topic(topic) => node.topics.contains(topic),
                    Channel::Node(name) => node.node == *name,
                    Channel::All => true,
                }
        };
        let receivers = self.nodes.values().filter(receives);
        Some(receivers.map(|node| node.arrivals.clone()).collect())
    }
}

impl Adapter for InProcess {
    fn name(&self) -> &str {
        "in-process"
    }

    fn connect<'a>(
        &'a self,
        node: &'a NodeOptions,
        arrivals: Arrivals,
    ) -> Async<'a, Result<(), ConnectError>> {
        Box::pin(async move {
            let mut broker = self.broker();
            if broker.away {
                return Err(ConnectError::Unreachable("it was told to go".to_owned()));
            }
            broker.next += 1;
            let place = broker.next;
            if self.place.set(place).is_err() {
                let why = "this adapter is connected; help: `clone` makes one for another node";
                return Err(ConnectError::Refused(why.to_owned()));
            }
            let member = Member {
                cluster: node.name.clone(),
                node: node.node.clone(),
                topics: HashSet::new(),
                arrivals,
            };
            broker.nodes.insert(place, member);
            Ok(())
        })
    }

    fn publish<'a>(&'a self, batch: &'a [Outgoing]) -> Async<'a, Result<(), Unwritten>> {
        Box::pin(async move {
            let from = *self.place.get().ok_or(Unwritten)?;
            for Outgoing { channel, message } in batch {
                let receivers = self.broker().receivers(from, channel);
                for node in receivers.ok_or(Unwritten)? {
                    node.message(message.clone()).await;
                }
            }
            Ok(())
        })
    }

    fn subscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()> {
        Box::pin(async move {
            if let Some(node) = self.change(|known| known.extend(topics.iter().cloned())) {
                node.subscribed(topics).await;
            }
        })
    }

    fn unsubscribe<'a>(&'a self, topics: &'a [Arc<str>]) -> Async<'a, ()> {
        Box::pin(async move {
            self.change(|known| {
                topics.iter().for_each(|topic| {
                    known.remove(topic);
                })
            });
        })
    }

    fn close(&self) -> Async<'_, ()> {
        Box::pin(async move {
            if let Some(place) = self.place.get() {
                self.broker().nodes.remove(place);
            }
        })
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InProcess")
            .field("nodes", &self.broker().nodes.len())
            .finish()
    }
}
