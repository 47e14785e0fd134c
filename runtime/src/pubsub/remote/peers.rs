//! The other nodes of a cluster.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use tokio::{sync::watch, time::Instant};
use tokio_util::sync::CancellationToken;

use super::{Hello, Instance};

/// How long a node may be silent.
const SILENCE: Duration = Duration::from_secs(30);
/// A node that was not heard for this long may have been started again with its clock set back.
const LATE: Duration = Duration::from_secs(3);
/// By then a new node has heard all others.
const HEARING: Duration = Duration::from_secs(5);
/// The maximum number of nodes that are known.
const MOST: usize = 4096;

/// A node of the cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct NodeInfo {
    /// Its name.
    pub name: Arc<str>,
    /// When it started, by its own clock.
    pub since: SystemTime,
    /// Its version of this library.
    pub version: Arc<str>,
    instance: Instance,
}

/// A node of the cluster came or went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeEvent {
    /// The node is there.
    Up(NodeInfo),
    /// The node has stopped, or was not heard for 30 seconds.
    Down(NodeInfo),
}

/// The nodes that came and went: [`PubSub::node_events`](crate::pubsub::PubSub::node_events).
///
/// It begins with the nodes that are there, each as [`NodeEvent::Up`], and never falls behind: a
/// node that came and went between two calls of [`recv`](NodeEvents::recv) is left out.
#[derive(Debug)]
pub struct NodeEvents {
    nodes: Option<(watch::Receiver<Nodes>, CancellationToken)>,
    known: HashMap<Instance, NodeInfo>,
    waiting: Vec<NodeEvent>,
}

type Nodes = Arc<HashMap<Instance, NodeInfo>>;

/// What a node is that was heard.
#[derive(Debug)]
pub(in crate::pubsub) enum Heard {
    /// It was known, or is not taken for a node.
    Known,
    New,
    /// It was started again. This is what it was before.
    Again(NodeInfo),
}

impl Heard {
    pub(in crate::pubsub) fn is_new(&self) -> bool {
        !matches!(self, Heard::Known)
    }
}

/// The other nodes, and when each was last heard.
pub(crate) struct Peers {
    began: Instant,
    heard: Mutex<HashMap<Instance, Instant>>,
    nodes: watch::Sender<Nodes>,
}

impl Default for Peers {
    fn default() -> Self {
        Peers {
            began: Instant::now(),
            heard: Mutex::default(),
            nodes: watch::Sender::new(Nodes::default()),
        }
    }
}

impl Peers {
    /// The other nodes, by name.
    pub(crate) fn list(&self) -> Vec<NodeInfo> {
        let mut nodes: Vec<_> = self.nodes.borrow().values().cloned().collect();
        nodes.sort_by(|one, other| one.name.cmp(&other.name));
        nodes
    }

    /// Whether a node of this name is down. False while others may not have been heard yet.
    pub(crate) fn is_down(&self, name: &str) -> bool {
        self.began.elapsed() > HEARING
            && !self.nodes.borrow().values().any(|node| *node.name == *name)
    }

    /// The events, until `stop`.
    pub(in crate::pubsub) fn events(&self, stop: CancellationToken) -> NodeEvents {
        let mut nodes = self.nodes.subscribe();
        nodes.mark_changed();
        NodeEvents {
            nodes: Some((nodes, stop)),
            known: HashMap::new(),
            waiting: Vec::new(),
        }
    }

    /// A node was heard. One that was started again under its name takes the place of what it was.
    pub(in crate::pubsub) fn heard(&self, instance: Instance, hello: &Hello) -> Heard {
        let (now, mut heard) = (Instant::now(), self.lock());
        if let Some(last) = heard.get_mut(&instance) {
            *last = now;
            return Heard::Known;
        }
        let info = NodeInfo {
            name: hello.node.clone(),
            since: UNIX_EPOCH + Duration::from_millis(hello.since.min(u64::MAX / 2)),
            version: hello.version.clone(),
            instance,
        };
        let before = self.named(&info.name);
        match &before {
            None if heard.len() >= MOST => return Heard::Known,
            None => {}
            Some(before) => {
                let last = heard.get(&before.instance);
                let is_silent = last.is_none_or(|last| now.duration_since(*last) > LATE);
                // What an earlier run has said may come late. Clocks may be set back, too.
                if !hello.asks && info.since < before.since && !is_silent {
                    return Heard::Known;
                }
                heard.remove(&before.instance);
            }
        }
        heard.insert(instance, now);
        self.change(|nodes| {
            nodes.retain(|_, node| node.name != info.name);
            nodes.insert(instance, info);
        });
        before.map_or(Heard::New, Heard::Again)
    }

    fn named(&self, name: &str) -> Option<NodeInfo> {
        let nodes = self.nodes.borrow();
        nodes.values().find(|node| *node.name == *name).cloned()
    }

    /// A node has stopped. Returns it if it was known.
    pub(in crate::pubsub) fn gone(&self, instance: Instance) -> Option<NodeInfo> {
        let mut gone = None;
        if self.lock().remove(&instance).is_some() {
            self.change(|nodes| gone = nodes.remove(&instance));
        }
        gone
    }

    /// Forgets nodes that are silent, and returns them.
    pub(in crate::pubsub) fn sweep(&self) -> Vec<NodeInfo> {
        let mut silent = Vec::new();
        let now = Instant::now();
        let mut heard = self.lock();
        let before = heard.len();
        heard.retain(|_, heard| now.duration_since(*heard) < SILENCE);
        if heard.len() < before {
            self.change(|nodes| {
                let gone = nodes.extract_if(|instance, _| !heard.contains_key(instance));
                silent.extend(gone.map(|(_, node)| node));
            });
        }
        silent
    }

    /// Changes the nodes, while `heard` is locked.
    fn change(&self, change: impl FnOnce(&mut HashMap<Instance, NodeInfo>)) {
        self.nodes.send_modify(|nodes| change(Arc::make_mut(nodes)));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Instance, Instant>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl NodeEvents {
    /// Of a node that is alone.
    pub(in crate::pubsub) fn none() -> Self {
        NodeEvents {
            nodes: None,
            known: HashMap::new(),
            waiting: Vec::new(),
        }
    }

    /// The next event; `None` once the endpoint has stopped, and for an endpoint without an
    /// adapter.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn recv(&mut self) -> Option<NodeEvent> {
        loop {
            if let Some(event) = self.waiting.pop() {
                return Some(event);
            }
            let (nodes, stop) = self.nodes.as_mut()?;
            tokio::select! {
                biased;
                changed = nodes.changed() => changed.ok()?,
                () = stop.cancelled() => return None,
            }
            let nodes = nodes.borrow_and_update().clone();
            self.compare(&nodes);
        }
    }

    fn compare(&mut self, nodes: &HashMap<Instance, NodeInfo>) {
        for (instance, node) in nodes {
            if self.known.insert(*instance, node.clone()).is_none() {
                self.waiting.push(NodeEvent::Up(node.clone()));
            }
        }
        let gone = self
            .known
            .extract_if(|instance, _| !nodes.contains_key(instance));
        // What went is told first: the last of the list is the next.
        self.waiting
            .extend(gone.map(|(_, node)| NodeEvent::Down(node)));
    }
}
