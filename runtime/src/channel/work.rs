//! A channel without its type, and its callbacks as work that can be moved to another task.

use std::{any::Any, future::Future, pin::Pin, sync::Arc};

use super::{
    Answer, Channel, Event, JoinError, Outlet, Ref,
    join::Join,
    member::{Member, Place},
};
use crate::{
    pubsub::{Broadcast, Payload},
    socket::Reason,
    watchdog::{self, Callback},
};

/// A callback that runs. It owns the channel meanwhile.
pub(super) type Work = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// What a callback came to.
pub(super) enum Outcome {
    Joined {
        channel: Box<dyn Instance>,
        reply: Payload,
    },
    Refused(JoinError),
    /// `join` panicked, with this text.
    JoinCrashed(String),
    /// `reference` is that of the message that was handled, if it was one.
    Handled {
        channel: Box<dyn Instance>,
        reference: Option<Ref>,
        answer: Answer,
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

/// What a channel is to handle. Places are given up when it is handled.
pub(super) enum Job {
    In(Event, Ref),
    Info(Place, Box<dyn Any + Send>),
    Out(Place, Broadcast),
}

impl Job {
    /// The channel that a message of another task is for.
    pub(super) fn member(&self) -> Option<&Arc<Member>> {
        match self {
            Job::In(..) => None,
            Job::Info(place, _) | Job::Out(place, _) => Some(&place.member),
        }
    }
}

/// A channel without its type.
pub(super) trait Instance: Send {
    fn handle(self: Box<Self>, job: Job, out: Outlet) -> Work;
    fn terminate(self: Box<Self>, reason: Reason);
}

struct Running<C>(C);

impl<C: Channel> Instance for Running<C> {
    fn handle(self: Box<Self>, job: Job, out: Outlet) -> Work {
        let mut owned = Owned { channel: Some(self), out };
        Box::pin(async move {
            let Owned { channel: Some(channel), out } = &mut owned else { return Outcome::GivenUp };
            let channel = &mut channel.0;
            let (answered, reference) = match job {
                Job::In(event, reference) => {
                    let handled = async { channel.handle_in(event, out).await };
                    (watchdog::run(Callback::ChannelIn, handled).await, Some(reference))
                }
                Job::Info(_place, info) => match info.downcast::<C::Info>() {
                    Ok(info) => {
                        let handled = async { channel.handle_info(*info, out).await };
                        (watchdog::run(Callback::ChannelInfo, handled).await, None)
                    }
                    Err(_) => (Ok(Answer::NoReply), None),
                },
                Job::Out(_place, broadcast) => {
                    let handled = async { channel.handle_out(broadcast, out).await };
                    (watchdog::run(Callback::ChannelOut, handled).await, None)
                }
            };
            let unsent = out.take_unsent();
            let Some(channel) = owned.channel.take() else { return Outcome::GivenUp };
            match (answered, unsent) {
                (Ok(answer), None) => Outcome::Handled { channel, reference, answer },
                (Ok(answer), Some(error)) => {
                    Outcome::Handled { channel, reference, answer: answer.or_fail(&error) }
                }
                (Err(panic), _) => Outcome::Crashed { channel, text: panic.to_string() },
            }
        })
    }

    fn terminate(self: Box<Self>, reason: Reason) {
        if let Err(panic) = watchdog::call(Callback::ChannelTerminate, || self.0.terminate(reason)) {
            tracing::error!("terminate of a channel panicked: {panic}");
        }
    }
}

/// A channel with its callback, which may be dropped before it is done: then the channel is told its end.
struct Owned<C: Channel> {
    channel: Option<Box<Running<C>>>,
    out: Outlet,
}

impl<C: Channel> Drop for Owned<C> {
    fn drop(&mut self) {
        if let Some(channel) = self.channel.take() {
            channel.terminate(self.out.fate());
        }
    }
}

/// `join` as work.
pub(super) fn join<C: Channel>(join: Join<C>) -> Work {
    Box::pin(async move {
        match watchdog::run(Callback::Join, async { C::join(join).await }).await {
            Ok(Ok(joined)) => {
                Outcome::Joined { channel: Box::new(Running(joined.channel)), reply: joined.reply }
            }
            Ok(Err(error)) => Outcome::Refused(error),
            Err(panic) => Outcome::JoinCrashed(panic.to_string()),
        }
    })
}
