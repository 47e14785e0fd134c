//! A channel without its type, and its callbacks as work that can be moved to another task.

use std::{any::Any, future::Future, pin::Pin};

use super::{Answer, Channel, Event, JoinError, Outlet, Ref, join::Join};
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
    /// It took too long, and was dropped together with its channel.
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

/// What a channel is to handle.
pub(super) enum Job {
    In(Event, Ref),
    Info(Box<dyn Any + Send>),
    Out(Broadcast),
}

/// A channel without its type.
pub(super) trait Instance: Send {
    fn handle(self: Box<Self>, job: Job, out: Outlet) -> Work;
    fn terminate(self: Box<Self>, reason: Reason);
}

struct Running<C>(C);

impl<C: Channel> Instance for Running<C> {
    fn handle(mut self: Box<Self>, job: Job, mut out: Outlet) -> Work {
        Box::pin(async move {
            let channel = &mut self.0;
            let (answered, reference) = match job {
                Job::In(event, reference) => {
                    let handled = async { channel.handle_in(event, &mut out).await };
                    (watchdog::run(Callback::ChannelIn, handled).await, Some(reference))
                }
                Job::Info(info) => match info.downcast::<C::Info>() {
                    Ok(info) => {
                        let handled = async { channel.handle_info(*info, &mut out).await };
                        (watchdog::run(Callback::ChannelInfo, handled).await, None)
                    }
                    Err(_) => (Ok(Answer::NoReply), None),
                },
                Job::Out(broadcast) => {
                    let handled = async { channel.handle_out(broadcast, &mut out).await };
                    (watchdog::run(Callback::ChannelOut, handled).await, None)
                }
            };
            match answered {
                Ok(answer) => Outcome::Handled { channel: self, reference, answer },
                Err(panic) => Outcome::Crashed { channel: self, text: panic.to_string() },
            }
        })
    }

    fn terminate(self: Box<Self>, reason: Reason) {
        if let Err(panic) = watchdog::call(Callback::ChannelTerminate, || self.0.terminate(reason)) {
            tracing::error!("terminate of a channel panicked: {panic}");
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
