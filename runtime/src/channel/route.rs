//! Which channel serves a topic.

use std::{any::Any, fmt, sync::Arc};

use super::{
    Channel, ChannelSocket, Signal,
    callback::Callback,
    conversation::Conversation,
    join::{Join, Seed},
    typed,
};
use crate::{
    pubsub::Payload,
    socket::{self, Timeout},
    state::{AppState, Needed},
};

/// What all conversations with a channel have in common.
#[derive(Debug)]
pub(super) struct Terms {
    /// Events that go to the channel, and not straight to the client.
    pub(super) intercept: &'static [&'static str],
    /// How long a callback may go on after its client has left.
    pub(super) shutdown: Timeout,
}

impl Terms {
    /// Those of a channel that says nothing of its own.
    #[cfg(feature = "testing")]
    pub(super) const DEFAULT: &'static Terms = &Terms {
        intercept: &[],
        shutdown: Timeout::After(std::time::Duration::from_secs(5)),
    };
}

/// A pattern of topics, and the channel that serves them: `channel("room:*", RoomChannel)`.
pub struct Route<S> {
    pattern: &'static str,
    name: &'static str,
    terms: &'static Terms,
    assigns: Option<&'static (dyn Any + Send + Sync)>,
    undeclared: fn(&AppState, &mut Vec<&'static str>),
    join: fn(Seed<S>) -> Callback,
}

impl<S: ChannelSocket> Route<S> {
    /// `"lobby"` matches that topic, `"room:*"` all topics that begin with `room:`, `"*"` all
    /// topics.
    ///
    /// # Panics
    /// With a `*` that is not the last character, and without a `*` if the channel
    /// [needs](Channel::NEEDS_REST) what it stands for. In a constant this is a compile error.
    #[track_caller]
    pub const fn new<C: Channel<Socket = S>>(pattern: &'static str, name: &'static str) -> Self {
        let mut at = 0;
        while at + 1 < pattern.len() {
            assert!(
                pattern.as_bytes()[at] != b'*',
                "a topic pattern has its `*` at the end"
            );
            at += 1;
        }
        assert!(
            !C::NEEDS_REST || matches!(pattern.as_bytes(), [.., b'*']),
            "`#[rest]` of this channel is what a `*` stands for, and its topic has none\n\n  \
             = help: end the topic with `*`, such as `\"room:*\"`, or remove the argument"
        );
        Route {
            pattern,
            name,
            terms: const {
                &Terms {
                    intercept: C::INTERCEPT,
                    shutdown: C::SHUTDOWN,
                }
            },
            assigns: None,
            undeclared: C::State::undeclared,
            join: |seed| typed::join::<C>(Join(seed)),
        }
    }

    /// With a value for [`Join::assigns`].
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

/// The name of the channel that serves a topic.
pub(super) fn channel_of<S: ChannelSocket>(topic: &str) -> &'static str {
    S::CHANNELS
        .iter()
        .find(|route| route.matches(topic))
        .map_or("", Route::channel)
}

impl<S> fmt::Debug for Route<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Route")
            .field("pattern", &self.pattern)
            .field("channel", &self.name)
            .finish()
    }
}
