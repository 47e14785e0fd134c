//! How a presence is made.

use std::{fmt, time::Duration};

use super::{
    callbacks::{Callbacks, Fetch, HandleMetas},
    limits::MAX_NAME,
    periods::Periods,
};

/// How a [`Presence`](super::Presence) is made: its name, and what the application adds to it.
///
/// [`Presence::with`](super::Presence::with) takes it, and
/// [`Builder::presence_with`](crate::Builder::presence_with) for the presence of an endpoint.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use landfall::{presence::{Options, Presence, Presences}, pubsub::PubSub};
///
/// let options = Options::new()
///     .name("staff")
///     .fetch(|_: &str, presences: &mut Presences| {
///         for (key, present) in presences.iter_mut() {
///             present.insert("name", key.to_uppercase());
///         }
///     })
///     .handle_metas(|topic: &str, joins: &Presences, _: &Presences, now: &Presences| {
///         println!("{topic}: {} came, {} are there", joins.len(), now.len());
///     });
/// let presence = Presence::with(&PubSub::new(), options);
/// # }
/// ```
#[derive(Default)]
pub struct Options {
    pub(super) name: Option<Box<str>>,
    pub(super) callbacks: Callbacks,
    pub(super) events: Events,
    pub(super) periods: Periods,
}

/// The names of the events that clients are told.
#[derive(Clone, Debug)]
pub(super) struct Events {
    pub(super) state: Box<str>,
    pub(super) diff: Box<str>,
}

impl Default for Events {
    fn default() -> Self {
        Events {
            state: "presence_state".into(),
            diff: "presence_diff".into(),
        }
    }
}

impl Options {
    /// A presence without callbacks.
    pub fn new() -> Self {
        Options::default()
    }

    /// By this name it finds itself on other nodes. Default: `presence`; that of an endpoint has
    /// the endpoint's name. A node has one presence of each name: a second one stays on its node,
    /// which is logged as an error.
    ///
    /// # Panics
    /// If the name has more than 255 bytes.
    #[must_use]
    pub fn name(mut self, name: &str) -> Self {
        assert!(
            name.len() <= MAX_NAME,
            "the name of a presence has at most {MAX_NAME} bytes"
        );
        self.name = Some(name.into());
        self
    }

    /// Adds fields beside `metas`.
    #[must_use]
    pub fn fetch(mut self, fetch: impl Fetch) -> Self {
        self.callbacks.fetch = Some(Box::new(fetch));
        self
    }

    /// Is told of changes, on every node.
    #[must_use]
    pub fn handle_metas(mut self, handle: impl HandleMetas) -> Self {
        self.callbacks.handle_metas = Some(Box::new(handle));
        self
    }

    /// The events by which clients are told who is there, and who came and left. Default:
    /// `presence_state` and `presence_diff`. Phoenix's client takes other names as
    /// `new Presence(channel, {events: {state: "crew", diff: "crew_diff"}})`.
    ///
    /// [`Outlet::push_presence`](crate::channel::Outlet::push_presence) pushes the endpoint's
    /// presence under the first name; the second one is broadcast in the topic.
    #[must_use]
    pub fn events(mut self, state: &str, diff: &str) -> Self {
        self.events = Events {
            state: state.into(),
            diff: diff.into(),
        };
        self
    }

    /// How often a node tells the others that it is there (Phoenix's `broadcast_period`). Default
    /// 1.5 s. Changes are told at once, whatever this says. All nodes should have the same periods.
    ///
    /// # Panics
    /// If it is below 100 ms.
    #[must_use]
    #[track_caller]
    pub fn broadcast_period(mut self, period: Duration) -> Self {
        assert!(
            period >= Duration::from_millis(100),
            "`broadcast_period` is at least 100 ms"
        );
        self.periods.beat = period;
        self
    }

    /// After how long a silence what a node tracks is not shown any more, until it is heard again
    /// (Phoenix's `down_period`). Default 30 s. A shorter time counts as twice the
    /// [`broadcast_period`](Options::broadcast_period).
    #[must_use]
    pub fn down_period(mut self, period: Duration) -> Self {
        self.periods.down = period;
        self
    }

    /// After how long a silence a node is forgotten (Phoenix's `permdown_period`). Default 20
    /// minutes. A shorter time counts as [`down_period`](Options::down_period).
    #[must_use]
    pub fn permdown_period(mut self, period: Duration) -> Self {
        self.periods.forgotten = period;
        self
    }

    /// The name, if it has none.
    pub(crate) fn or_name(mut self, name: &str) -> Self {
        self.name.get_or_insert_with(|| name.into());
        self
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("name", &self.name)
            .field("events", &self.events)
            .field("periods", &self.periods)
            .finish_non_exhaustive()
    }
}
