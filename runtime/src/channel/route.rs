//! Which channel serves a topic.

use std::{any::Any, fmt, sync::Arc};

use super::{
    callback::Callback, conversation::Conversation, seed::Seed, signal::Signal, terms::Terms,
};
use crate::{pubsub::Payload, socket, state::AppState};

/// A pattern of topics, and the channel that serves them: `channel("room:*", RoomChannel)`.
pub struct Route<S> {
    pub(super) pattern: &'static str,
    pub(super) name: &'static str,
    pub(super) terms: &'static Terms,
    pub(super) assigns: Option<&'static (dyn Any + Send + Sync)>,
    pub(super) undeclared: fn(&AppState, &mut Vec<&'static str>),
    pub(super) join: fn(Seed<S>) -> Callback,
}

impl<S> Route<S> {
    /// With a value for [`Join::assigns`](super::Join::assigns).
    #[must_use]
    pub const fn assigns(mut self, assigns: &'static (dyn Any + Send + Sync)) -> Self {
        self.assigns = Some(assigns);
        self
    }

    pub(super) fn matches(&self, topic: &str) -> bool {
        match self.pattern.strip_suffix('*') {
            Some(prefix) => topic.starts_with(prefix),
            None => topic == self.pattern,
        }
    }

    pub(super) fn terms(&self) -> &'static Terms {
        self.terms
    }

    pub(super) fn channel(&self) -> &'static str {
        self.name
    }

    /// Parts of the application's state that the channel takes, and that no mounted socket
    /// declares.
    pub(super) fn undeclared(&self, state: &AppState) -> Vec<&'static str> {
        let mut types = Vec::new();
        (self.undeclared)(state, &mut types);
        types
    }

    pub(super) fn join(
        &self,
        conversation: Arc<Conversation>,
        signals: socket::Mailbox<Signal>,
        payload: Payload,
        socket: Arc<S>,
    ) -> Callback {
        let fixed = self.pattern.strip_suffix('*').unwrap_or(self.pattern).len();
        (self.join)(Seed {
            conversation,
            signals,
            payload,
            socket,
            assigns: self.assigns,
            fixed,
        })
    }
}

impl<S> fmt::Debug for Route<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route")
            .field("pattern", &self.pattern)
            .field("channel", &self.name)
            .finish()
    }
}
