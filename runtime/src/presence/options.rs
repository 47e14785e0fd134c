//! How a presence is made.

use std::fmt;

use super::{
    callbacks::{Callbacks, Fetch, HandleMetas},
    limits::MAX_NAME,
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
            .finish_non_exhaustive()
    }
}
