//! Presence: who is in a topic, as Phoenix's clients know it.
//!
//! [`Presence::track`] puts something under a key of a topic, with a *meta* that describes it: a
//! user's connection under the user's id, say. A key may have several, such as a phone and a
//! laptop. Those who are subscribed to the topic hear who came and went as broadcasts of the event
//! `presence_diff`:
//!
//! ```json
//! {"joins": {"ann": {"metas": [{"phx_ref": "8J3Ixq2zYBsB", "device": "phone"}]}}, "leaves": {}}
//! ```
//!
//! A client that has just joined needs to know who was there before. It is pushed
//! [`Presence::list`] as the event `presence_state`, once; `Presence` of the `phoenix` package for
//! JavaScript does the rest. Subscribe before you list, so that no change falls in between; one
//! that is both in the list and told afterwards does no harm.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use landfall::{presence::Presence, pubsub::PubSub};
//! use serde_json::json;
//!
//! let pubsub = PubSub::new(); // of a running endpoint: `handle.pubsub()`
//! let presence = Presence::new(&pubsub);
//! let mut room = pubsub.subscribe("room:1");
//!
//! let ann = presence.track("room:1", "ann", json!({"device": "phone"})).unwrap();
//! assert_eq!(presence.list("room:1").await.len(), 1);
//! assert_eq!(room.recv().await.unwrap().event(), "presence_diff");
//!
//! drop(ann);
//! assert!(presence.list("room:1").await.is_empty());
//! # }
//! ```
//!
//! # What holds always
//!
//! - Changes are gathered for 10 ms and told together, at most 1,024 metas in a message, but all of
//!   one key in one. Of what came and went within that time only the leave is told. On a node that
//!   is alone no task and no timer runs without a change.
//! - A diff that finds no room in the queue of the topics is kept and told with the next, so that
//!   no subscriber is left with a wrong list because the node was busy for a moment. If more than
//!   8,192 metas wait, they are dropped, and that is logged as an error.
//! - Each meta has a `phx_ref` that no other has. An update is a leave of the old meta and a join
//!   of the new one, which names the old in `phx_ref_prev`.
//! - Metas of a key are in the order in which they came; of several nodes, those of one node stay
//!   together.
//! - A meta is a JSON object of at most [`MAX_META`], a key has at most [`MAX_KEY`]. Names that
//!   JavaScript objects have, such as `constructor` and `__proto__`, are refused as keys: clients
//!   before 1.8.9 would break.
//! - Memory is held for what is tracked, never for what was.
//!
//! # What belongs to a key
//!
//! A meta goes to every subscriber with each change, so it is to be small. What can be looked up by
//! the key, such as the name of a user, is added by [`Fetch`] when clients are told. It gets all
//! keys that are needed at once, and may await:
//!
//! ```
//! # use std::collections::HashMap;
//! # struct Database;
//! # impl Database {
//! #     async fn names(&self, ids: Vec<&str>) -> Result<HashMap<String, String>, std::io::Error> {
//! #         Ok(ids.into_iter().map(|id| (id.to_owned(), format!("name of {id}"))).collect())
//! #     }
//! # }
//! use landfall::{BoxError, presence::{Fetch, Options, Presence, Presences}, pubsub::PubSub};
//! use serde_json::json;
//!
//! struct Users {
//!     database: Database,
//! }
//!
//! impl Fetch for Users {
//!     async fn fetch(&self, _topic: &str, presences: &mut Presences) -> Result<(), BoxError> {
//!         let ids = presences.iter().map(|(key, _)| key).collect();
//!         let mut names = self.database.names(ids).await?; // one query for all
//!         for (id, present) in presences.iter_mut() {
//!             present.insert("name", names.remove(id));
//!         }
//!         Ok(())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! # let (pubsub, database) = (PubSub::new(), Database);
//! let presence = Presence::with(&pubsub, Options::new().fetch(Users { database }));
//! let _ann = presence.track("room:1", "7", json!({"device": "phone"})).unwrap();
//!
//! // {"7": {"metas": [{"phx_ref": "..", "device": "phone"}], "name": ".."}}
//! let present = presence.get_by_key("room:1", "7").await.unwrap();
//! assert_eq!(present.field("name"), Some(&json!("name of 7")));
//! # }
//! ```
//!
//! # When somebody comes or leaves
//!
//! [`HandleMetas`] is told on every node. A user who has several metas has left when the last one
//! has:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use landfall::{presence::{Options, Presence, Presences}, pubsub::PubSub};
//! use serde_json::json;
//!
//! let pubsub = PubSub::new();
//! let mut news = pubsub.subscribe("news");
//! let told = pubsub.clone();
//! let presence = Presence::with(&pubsub, Options::new().handle_metas(
//!     move |topic: &str, _joins: &Presences, leaves: &Presences, now: &Presences| {
//!         for (key, _) in leaves.iter().filter(|(key, _)| now.get(key).is_none()) {
//!             let _ = told.local_broadcast("news", "gone", format!("{key} left {topic}"));
//!         }
//!     },
//! ));
//! drop(presence.track("room:1", "ann", json!({})).unwrap());
//! assert_eq!(news.recv().await.unwrap().payload().as_text(), Some("ann left room:1"));
//! # }
//! ```
//!
//! # Several nodes
//!
//! Presences of one [name](Options::name) on the nodes of a cluster show the same lists. That of an
//! endpoint does so by itself, if the endpoint reaches other nodes: see
//! [`adapter`](crate::pubsub::adapter).
//!
//! ```
//! # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use landfall::{presence::Presence, pubsub::{PubSub, adapter::{InProcess, NodeOptions}}};
//! use serde_json::json;
//!
//! let broker = InProcess::new();
//! let here = Presence::new(&PubSub::connect(broker.clone(), NodeOptions::new("chat")).await?);
//! let there = Presence::new(&PubSub::connect(broker, NodeOptions::new("chat")).await?);
//!
//! let _ann = here.track("room:1", "ann", json!({}))?;
//! # tokio::time::sleep(std::time::Duration::from_secs(2)).await;
//! assert_eq!(there.list("room:1").await.len(), 1);
//! # Ok(()) }
//! ```
//!
//! - Each node tells its own subscribers, and calls its own callbacks.
//! - What is tracked is told to the others at once. What they miss, because the broker was away,
//!   they ask for within 1.5 seconds of hearing each other again. A node that starts gets all that
//!   is tracked from each other node, in pieces of 64 KiB.
//! - A node that stops takes its presences along at once. One that is not heard for 30 seconds is
//!   down: its presences leave, on each node by its own clock. They are back when it is heard
//!   again, and forgotten after 20 minutes. One that is started again under its name replaces what
//!   it tracked before, as soon as it is heard.
//! - Without a broker, the lists of a node are those of its own, after 30 seconds.
//! - A node of a cluster wakes twice a second, and sends about 80 bytes every 1.5 seconds for each
//!   [`Presence`].
//! - [`Options`] has other periods than these.

// | file | what |
// | --- | --- |
// | `seen` | dots, which name additions, and sets of dots |
// | `limits`, `meta`, `list` | what is told of those who are present |
// | `entry` | what is tracked, and by whom |
// | `diff` | what a change did to the lists |
// | `state` | the set that replicas merge |
// | `announce` | how diffs are gathered and broadcast |
// | `track` | how a call becomes a change of the state |
// | `tracked` | presence for as long as a value lives |
// | `wire` | what goes from node to node |
// | `replication` | what nodes say to each other, and when |
// | `link`, `nodes` | how they say it |
// | `callbacks`, `options` | what the application adds |
// | `periods` | how long others may be silent |

mod announce;
mod callbacks;
mod diff;
mod entry;
mod error;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod limits;
mod link;
mod list;
mod meta;
mod nodes;
mod options;
mod periods;
mod replication;
mod seen;
mod state;
#[cfg(test)]
mod tests;
mod track;
mod tracked;
mod wire;

use std::{fmt, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};
use tokio::time::Instant;

use self::{announce::Shared, callbacks::PATIENCE, link::Link, nodes::Served, seen::Replica};
pub use self::{
    callbacks::{Fetch, HandleMetas},
    error::TrackError,
    limits::{MAX_KEY, MAX_META, MAX_TOPIC},
    list::{Presences, Present},
    meta::Meta,
    options::Options,
    seen::PhxRef,
    tracked::Tracked,
};
use crate::{
    hidden::Hides,
    pubsub::{PubSub, SubscriberId},
};

/// Who is where, in all topics of a [`PubSub`]. Cloning it is cheap; two that are made apart know
/// nothing of each other. See [the module](self).
#[derive(Clone)]
pub struct Presence(Arc<dyn Hides<Arc<Shared>>>);

impl Presence {
    /// Presence in these topics: those of a running endpoint are
    /// [`Handle::pubsub`](crate::Handle::pubsub).
    ///
    /// It needs the timers of the runtime.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn new(pubsub: &PubSub) -> Self {
        Presence::with(pubsub, Options::new())
    }

    /// Presence with a name of its own, or with callbacks: see [`Options`].
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn with(pubsub: &PubSub, options: Options) -> Self {
        let replica = Replica::new();
        let name = options.name.clone().unwrap_or_else(|| "presence".into());
        let shared = Arc::new_cyclic(|shared| {
            let served = Arc::new(Served(shared.clone()));
            let link = Link::join(pubsub, &name, replica, served);
            Shared::new(pubsub.clone(), replica, options, link)
        });
        nodes::start(&shared);
        Presence(Arc::new(shared))
    }

    /// The event by which a client is told who is there: see [`Options::events`].
    #[cfg(feature = "channels")]
    pub(crate) fn state_event(&self) -> &str {
        self.0.state_event()
    }

    /// Tracks a subscriber under a key of a topic, until [`untrack`](Presence::untrack) or
    /// [`untrack_all`](Presence::untrack_all). Prefer [`track`](Presence::track), which needs
    /// neither.
    ///
    /// Fields of the meta named `phx_ref` and `phx_ref_prev` are replaced.
    ///
    /// # Errors
    /// If this subscriber is tracked under this key of the topic already
    /// ([`update`](Presence::update) replaces its meta), if the key is refused, or if the meta is
    /// not a JSON object or too large.
    pub fn track_as(
        &self,
        id: SubscriberId,
        topic: &str,
        key: &str,
        meta: impl Serialize,
    ) -> Result<PhxRef, TrackError> {
        self.0.track_as(id, topic, key, meta)
    }

    /// Tracks something under a key of a topic until the returned value is dropped.
    ///
    /// Each call tracks another thing: the same key of the same topic may be tracked any number of
    /// times. Fields of the meta named `phx_ref` and `phx_ref_prev` are replaced.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use landfall::{presence::Presence, pubsub::PubSub};
    /// use serde_json::json;
    ///
    /// let presence = Presence::new(&PubSub::new());
    /// let mut ann = presence.track("room:1", "ann", json!({"away": false})).unwrap();
    /// let joined = ann.phx_ref();
    /// ann.update(json!({"away": true})).unwrap();
    ///
    /// let present = presence.get_by_key("room:1", "ann").await.unwrap();
    /// assert_eq!(present.metas()[0].phx_ref_prev(), Some(joined));
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the key is refused, or the meta is not a JSON object or too large.
    pub fn track(
        &self,
        topic: &str,
        key: &str,
        meta: impl Serialize,
    ) -> Result<Tracked, TrackError> {
        let id = SubscriberId::new();
        let phx_ref = self.track_as(id, topic, key, meta)?;
        Ok(Tracked::new(
            Arc::<Shared>::clone(&self.0),
            id,
            phx_ref,
            topic,
            key,
        ))
    }

    /// Replaces the whole meta of what [`track_as`](Presence::track_as) tracks. The new one has a
    /// new `phx_ref`.
    ///
    /// # Errors
    /// If the subscriber is not tracked under this key of the topic, or the meta is not a JSON
    /// object or too large.
    pub fn update(
        &self,
        id: SubscriberId,
        topic: &str,
        key: &str,
        meta: impl Serialize,
    ) -> Result<PhxRef, TrackError> {
        self.0.update(id, topic, key, meta)
    }

    /// Replaces the meta of what [`track_as`](Presence::track_as) tracks by what a function makes
    /// of it.
    ///
    /// The function may run more than once: if the meta was replaced meanwhile, it is given the new
    /// one. It gets the whole meta, `phx_ref` included, and may return it with fields that have
    /// changed.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use landfall::{presence::Presence, pubsub::PubSub};
    /// use serde::{Deserialize, Serialize};
    ///
    /// #[derive(Serialize, Deserialize)]
    /// struct Meta {
    ///     device: String,
    ///     away: bool,
    /// }
    ///
    /// let presence = Presence::new(&PubSub::new());
    /// let phone = Meta { device: "phone".into(), away: false };
    /// let mut ann = presence.track("room:1", "ann", phone).unwrap();
    /// ann.update_with(|meta: Meta| Meta { away: true, ..meta }).unwrap();
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the subscriber is not tracked under this key of the topic, if its meta has another shape
    /// than the function takes, or if the new meta is not a JSON object or too large.
    pub fn update_with<Old: DeserializeOwned, New: Serialize>(
        &self,
        id: SubscriberId,
        topic: &str,
        key: &str,
        update: impl FnMut(Old) -> New,
    ) -> Result<PhxRef, TrackError> {
        self.0.update_with(id, (topic, key), update)
    }

    /// Stops tracking a subscriber under a key of a topic. Returns whether it was tracked.
    pub fn untrack(&self, id: SubscriberId, topic: &str, key: &str) -> bool {
        self.0.untrack(id, topic, key)
    }

    /// Stops tracking a subscriber anywhere. Returns under how many keys it was tracked.
    pub fn untrack_all(&self, id: SubscriberId) -> usize {
        self.0.untrack_all(id)
    }

    /// Who is present in a topic at this moment, with the fields of [`Fetch`]. Without one it is
    /// there at once.
    pub async fn list(&self, topic: &str) -> Presences {
        let mut presences = self.0.read(|state| state.list(topic)).into_iter().collect();
        self.fetch(topic, &mut presences).await;
        presences
    }

    /// What is present under one key of a topic, with the fields of [`Fetch`].
    pub async fn get_by_key(&self, topic: &str, key: &str) -> Option<Present> {
        let found = self.0.read(|state| state.list_key(topic, key));
        let mut presences = found.into_iter().collect();
        self.fetch(topic, &mut presences).await;
        presences.remove(key)
    }

    /// The first topics by name, after this name, in which somebody is present, with the number of
    /// metas.
    #[cfg(feature = "dashboard")]
    pub(crate) fn topics(&self, after: &str, most: usize) -> Vec<(String, usize)> {
        self.0.read(|state| state.topics(after, most))
    }

    /// The first keys of a topic with the number of their metas, and how many keys there are besides.
    #[cfg(feature = "dashboard")]
    pub(crate) fn keys(&self, topic: &str, most: usize) -> (Vec<(String, usize)>, usize) {
        self.0.read(|state| state.keys(topic, most))
    }

    async fn fetch(&self, topic: &str, presences: &mut Presences) {
        let deadline = Instant::now() + PATIENCE;
        let callbacks = self.0.callbacks();
        callbacks.fetch(topic, presences, deadline).await;
    }
}

impl fmt::Debug for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presence")
            .field("replica", &self.0.read(|state| state.replica()))
            .finish_non_exhaustive()
    }
}
