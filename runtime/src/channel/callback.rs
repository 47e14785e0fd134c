//! A channel without its type, and its callbacks as values that can be moved to another task.

use std::{
    any::Any,
    future::Future,
    pin::{Pin, pin},
    sync::Arc,
};

use super::{
    Channel, Event, JoinError, Outlet,
    conversation::{Conversation, Place},
    join::Join,
};
use crate::{
    contain::Panic,
    pubsub::{Broadcast, Payload},
    socket::Reason,
    watchdog::{self, Callback as Watch},
};

/// A callback that runs. It owns the channel meanwhile.
pub(super) type Callback = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// What a callback came to.
pub(super) enum Outcome {
    Joined {
        channel: Box<dyn Instance>,
        reply: Payload,
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
    /// It took too long, and was dropped together with its channel, which has been told.
    GivenUp,
}

impl Outcome {
    /// Nobody waits for it any more: the client has left.
    pub(super) fn discard(self, reason: Reason) {
        match self {
            Outcome::Joined { channel, .. }
            | Outcome::Handled { channel, .. }
            | Outcome::Crashed { channel, .. } => channel.terminate(reason),
            Outcome::Refused(_) | Outcome::JoinCrashed(_) | Outcome::GivenUp => {}
        }
    }
}

/// What a callback came to that went on in a task of its own. One that is not taken out ends its channel when it is
/// dropped.
pub(super) struct Returned {
    conversation: Arc<Conversation>,
    outcome: Option<Outcome>,
}

impl Returned {
    pub(super) fn new(conversation: Arc<Conversation>, outcome: Outcome) -> Self {
        Returned { conversation, outcome: Some(outcome) }
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
                outcome.discard(self.conversation.fate());
            });
        }
    }
}

/// What a channel is to handle. Places are given up when it is handled.
pub(super) enum Call {
    In(Event),
    Info(Place, Box<dyn Any + Send>),
    Out(Place, Broadcast),
}

impl Call {
    /// The channel that a message of another task is for.
    pub(super) fn conversation(&self) -> Option<&Arc<Conversation>> {
        match self {
            Call::In(..) => None,
            Call::Info(place, _) | Call::Out(place, _) => Some(&place.conversation),
        }
    }
}

/// A channel without its type.
pub(super) trait Instance: Send {
    fn handle(self: Box<Self>, call: Call, out: Outlet) -> Callback;
    fn terminate(self: Box<Self>, reason: Reason);
}

struct Typed<C>(C);

impl<C: Channel> Instance for Typed<C> {
    fn handle(self: Box<Self>, call: Call, out: Outlet) -> Callback {
        let mut owned = Owned { channel: Some(self), out };
        // A future for each: none keeps room for what another one holds.
        match call {
            Call::In(event) => Box::pin(async move {
                let Some((channel, out)) = owned.parts() else { return Outcome::GivenUp };
                let handling = async {
                    let answer = channel.handle_in(event, out).await;
                    out.answer(answer)
                };
                let handled = watchdog::run(Watch::ChannelIn, pin!(Some(handling))).await;
                owned.outcome(handled)
            }),
            Call::Info(place, info) => Box::pin(async move {
                let _place = place;
                let Some((channel, out)) = owned.parts() else { return Outcome::GivenUp };
                let Ok(info) = info.downcast::<C::Info>() else { return owned.outcome(Ok(None)) };
                let handling = async {
                    let answer = channel.handle_info(*info, out).await;
                    out.answer(answer)
                };
                let handled = watchdog::run(Watch::ChannelInfo, pin!(Some(handling))).await;
                owned.outcome(handled)
            }),
            Call::Out(place, broadcast) => Box::pin(async move {
                let _place = place;
                let Some((channel, out)) = owned.parts() else { return Outcome::GivenUp };
                let handling = async {
                    let answer = channel.handle_out(broadcast, out).await;
                    out.answer(answer)
                };
                let handled = watchdog::run(Watch::ChannelOut, pin!(Some(handling))).await;
                owned.outcome(handled)
            }),
        }
    }

    fn terminate(self: Box<Self>, reason: Reason) {
        if let Err(panic) = watchdog::call(Watch::ChannelTerminate, || self.0.terminate(reason)) {
            tracing::error!("terminate of a channel panicked: {panic}");
        }
    }
}

/// A channel with its callback, which may be dropped before it is done: then the channel is told its end.
struct Owned<C: Channel> {
    channel: Option<Box<Typed<C>>>,
    out: Outlet,
}

impl<C: Channel> Owned<C> {
    fn parts(&mut self) -> Option<(&mut C, &mut Outlet)> {
        Some((&mut self.channel.as_mut()?.0, &mut self.out))
    }

    fn outcome(&mut self, handled: Result<Option<Reason>, Panic>) -> Outcome {
        let Some(channel) = self.channel.take() else { return Outcome::GivenUp };
        match handled {
            Ok(end) => Outcome::Handled { channel, end },
            Err(panic) => Outcome::Crashed { channel, text: panic.to_string() },
        }
    }
}

impl<C: Channel> Drop for Owned<C> {
    fn drop(&mut self) {
        if let Some(channel) = self.channel.take() {
            channel.terminate(self.out.fate());
        }
    }
}

/// `join` as a callback.
pub(super) fn join<C: Channel>(join: Join<C>) -> Callback {
    Box::pin(async move {
        match watchdog::run(Watch::Join, pin!(Some(async { C::join(join).await }))).await {
            Ok(Ok(joined)) => {
                Outcome::Joined { channel: Box::new(Typed(joined.channel)), reply: joined.reply }
            }
            Ok(Err(error)) => Outcome::Refused(error),
            Err(panic) => Outcome::JoinCrashed(panic.to_string()),
        }
    })
}
