//! A channel without its type, and its callbacks as values that can be moved to another task.

use std::{any::Any, future::Future, pin::Pin, sync::Arc};

use super::{
    Event, JoinError, Outlet,
    conversation::{Conversation, Place},
    handling::Handling,
};
use crate::{
    contain::Panic,
    message::EncodeError,
    pubsub::{Broadcast, Payload},
    socket::Reason,
    watchdog,
};

/// A running callback. It owns the channel while it runs.
pub(super) type Callback = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// How a callback ended.
pub(super) enum Outcome {
    Joined {
        channel: Box<dyn Instance>,
        reply: Result<Payload, EncodeError>,
    },
    Refused(JoinError),
    /// `join` panicked, with this text.
    JoinCrashed(String),
    /// The client has its reply. `end` is why the channel ends, if it does.
    Handled {
        channel: Box<dyn Instance>,
        end: Option<Reason>,
    },
    /// A callback panicked, with this text.
    Crashed {
        channel: Box<dyn Instance>,
        text: String,
    },
    /// It took too long. It was dropped together with its channel, whose `terminate` has been
    /// called.
    GivenUp,
}

impl Outcome {
    /// Ends the channel of a callback whose client has left.
    pub(super) fn discard(self, reason: Reason, conversation: &Conversation) {
        match self {
            Outcome::Joined { channel, .. }
            | Outcome::Handled { channel, .. }
            | Outcome::Crashed { channel, .. } => channel.terminate(reason, conversation),
            Outcome::Refused(_) | Outcome::JoinCrashed(_) | Outcome::GivenUp => {}
        }
    }
}

/// The outcome of a callback that ran in a task of its own. If nobody takes it, its channel ends
/// when it is dropped.
pub(super) struct Returned {
    conversation: Arc<Conversation>,
    outcome: Option<Outcome>,
}

impl Returned {
    pub(super) fn new(conversation: Arc<Conversation>, outcome: Outcome) -> Self {
        Returned {
            conversation,
            outcome: Some(outcome),
        }
    }

    pub(super) fn conversation(&self) -> &Arc<Conversation> {
        &self.conversation
    }

    pub(super) fn take(&mut self) -> Option<Outcome> {
        self.outcome.take()
    }
}

impl Drop for Returned {
    fn drop(&mut self) {
        if let Some(outcome) = self.outcome.take() {
            self.conversation.watched().turn(|| {
                watchdog::topic(self.conversation.topic());
                outcome.discard(self.conversation.fate(), &self.conversation);
            });
        }
    }
}

/// What a channel is to handle. Its place is released when it has been handled.
pub(super) enum Call {
    Joined,
    Info(Place, Box<dyn Any + Send>),
    Out(Place, Broadcast),
    Gap(Arc<Conversation>),
}

impl Call {
    /// The channel that a message of another task is for.
    pub(super) fn conversation(&self) -> Option<&Arc<Conversation>> {
        match self {
            Call::Joined => None,
            Call::Info(place, _) | Call::Out(place, _) => Some(&place.conversation),
            Call::Gap(conversation) => Some(conversation),
        }
    }
}

/// What becomes of a message at once.
pub(super) enum Now {
    /// The client has its reply. The reason is why the channel ends, if it does.
    Handled(Option<Reason>),
    Crashed(Panic),
    /// It needs a future.
    Waits(Event, Handling),
}

/// A channel without its type.
pub(super) trait Instance: Send {
    /// Whether it is called once its client has joined.
    fn has_joined(&self) -> bool;
    fn handle(self: Box<Self>, call: Call, out: Outlet) -> Callback;
    /// Handles a message of the client, if that needs no future.
    fn event_now(&mut self, event: Event, out: &mut Outlet) -> Now;
    /// Handles a message that [`event_now`](Instance::event_now) has given back.
    fn event(self: Box<Self>, event: Event, handling: Handling, out: Outlet) -> Callback;
    fn terminate(self: Box<Self>, reason: Reason, conversation: &Conversation);
}
