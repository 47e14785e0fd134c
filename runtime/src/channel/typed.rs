//! The callbacks of a channel type, contained and watched, with the type erased.

use std::{pin::pin, sync::Arc};

use super::{
    Channel, ChannelSocket, Event, Join, JoinError, Outlet,
    callback::{Call, Callback, Instance, Now, Outcome},
    conversation::Conversation,
    handling::Handling,
    instrumented,
    log::{Logged, Whose},
    route::Route,
    seed::Seed,
    socket::channel_of,
    terms::Terms,
};
use crate::{
    contain::Panic,
    message::EncodeError,
    pubsub::Payload,
    socket::Reason,
    state::Needed,
    telemetry::Timed,
    watchdog::{self, Callback as Watch},
};

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
                    on_gap: C::ON_GAP,
                    log_join: C::LOG_JOIN,
                    log_handle_in: C::LOG_HANDLE_IN,
                }
            },
            assigns: None,
            undeclared: C::State::undeclared,
            join: |seed| join::<C>(Join(seed)),
        }
    }
}

struct Typed<C>(C);

impl<C: Channel> Instance for Typed<C> {
    fn has_joined(&self) -> bool {
        C::HAS_JOINED
    }

    fn handle(self: Box<Self>, call: Call, out: Outlet) -> Callback {
        let mut owned = Owned {
            channel: Some(self),
            out,
        };
        // One future for each kind: its size is that of its own callback.
        match call {
            Call::Joined => Box::pin(async move {
                let Some((channel, out)) = owned.parts() else {
                    return Outcome::GivenUp;
                };
                let handling = async {
                    let answer = channel.joined(out).await;
                    out.answer(answer, channel_of::<C::Socket>)
                };
                let timed = Timed::begin();
                let handled = watchdog::run(Watch::Joined, pin!(Some(handling))).await;
                called::<C>(owned.out.conversation(), "joined", timed);
                owned.outcome(handled)
            }),
            Call::Info(place, info) => Box::pin(async move {
                let _place = place;
                let Some((channel, out)) = owned.parts() else {
                    return Outcome::GivenUp;
                };
                let Ok(info) = info.downcast::<C::Info>() else {
                    return owned.outcome(Ok(None));
                };
                let handling = async {
                    let answer = channel.handle_info(*info, out).await;
                    out.answer(answer, channel_of::<C::Socket>)
                };
                let timed = Timed::begin();
                let handled = watchdog::run(Watch::ChannelInfo, pin!(Some(handling))).await;
                called::<C>(owned.out.conversation(), "handle_info", timed);
                owned.outcome(handled)
            }),
            Call::Gap(conversation) => Box::pin(async move {
                let Some((channel, out)) = owned.parts() else {
                    return Outcome::GivenUp;
                };
                // What is lost from here on is told again.
                conversation.tells_gap();
                let handling = async {
                    let answer = channel.handle_gap(out).await;
                    out.answer(answer, channel_of::<C::Socket>)
                };
                let timed = Timed::begin();
                let handled = watchdog::run(Watch::ChannelInfo, pin!(Some(handling))).await;
                called::<C>(owned.out.conversation(), "handle_gap", timed);
                owned.outcome(handled)
            }),
            Call::Out(place, broadcast) => Box::pin(async move {
                let _place = place;
                let Some((channel, out)) = owned.parts() else {
                    return Outcome::GivenUp;
                };
                let handling = async {
                    let answer = channel.handle_out(broadcast, out).await;
                    out.answer(answer, channel_of::<C::Socket>)
                };
                let timed = Timed::begin();
                let handled = watchdog::run(Watch::ChannelOut, pin!(Some(handling))).await;
                called::<C>(owned.out.conversation(), "handle_out", timed);
                owned.outcome(handled)
            }),
        }
    }

    fn event_now(&mut self, event: Event, out: &mut Outlet) -> Now {
        let handling = Handling::begin(instrumented::receive(&self.0, &event, out), &event, out);
        let handled = watchdog::call(Watch::ChannelIn, || {
            let answer = self.0.handle_in_now(event, out)?;
            Ok(out.answer(answer, channel_of::<C::Socket>))
        });
        match handled {
            Ok(Err(event)) => Now::Waits(event, handling),
            Ok(Ok(end)) => {
                handling.end(out, channel_of::<C::Socket>, true);
                Now::Handled(end)
            }
            Err(panic) => {
                handling.end(out, channel_of::<C::Socket>, false);
                Now::Crashed(panic)
            }
        }
    }

    fn event(self: Box<Self>, event: Event, begun: Handling, out: Outlet) -> Callback {
        let mut owned = Owned {
            channel: Some(self),
            out,
        };
        Box::pin(async move {
            let Some((channel, out)) = owned.parts() else {
                return Outcome::GivenUp;
            };
            let handling = async {
                let answer = channel.handle_in(event, out).await;
                out.answer(answer, channel_of::<C::Socket>)
            };
            let handled = watchdog::run(Watch::ChannelIn, pin!(Some(handling))).await;
            begun.end(&owned.out, channel_of::<C::Socket>, handled.is_ok());
            owned.outcome(handled)
        })
    }

    fn terminate(self: Box<Self>, reason: Reason, conversation: &Conversation) {
        let timed = Timed::begin();
        let ended = watchdog::call(Watch::ChannelTerminate, || self.0.terminate(reason));
        called::<C>(conversation, "terminate", timed);
        if let Err(panic) = ended {
            tracing::error!("terminate of a channel panicked: {panic}");
        }
    }
}

/// A channel that a callback owns. If the callback is dropped before it is done, the channel is
/// told of its end.
struct Owned<C: Channel> {
    channel: Option<Box<Typed<C>>>,
    out: Outlet,
}

impl<C: Channel> Owned<C> {
    fn parts(&mut self) -> Option<(&mut C, &mut Outlet)> {
        Some((&mut self.channel.as_mut()?.0, &mut self.out))
    }

    fn outcome(&mut self, handled: Result<Option<Reason>, Panic>) -> Outcome {
        let Some(channel) = self.channel.take() else {
            return Outcome::GivenUp;
        };
        match handled {
            Ok(end) => Outcome::Handled { channel, end },
            Err(panic) => Outcome::Crashed {
                channel,
                text: panic.to_string(),
            },
        }
    }
}

impl<C: Channel> Drop for Owned<C> {
    fn drop(&mut self) {
        if let Some(channel) = self.channel.take() {
            channel.terminate(self.out.fate(), self.out.conversation());
        }
    }
}

/// Takes the time of a callback, if figures are taken.
fn called<C: Channel>(conversation: &Conversation, callback: &'static str, timed: Timed) {
    if timed.is_taken() {
        Whose::new(conversation, channel_of::<C::Socket>).called(callback, timed);
    }
}

/// `join` as a callback.
fn join<C: Channel>(join: Join<C>) -> Callback {
    let confirming = confirming(&join.0);
    Box::pin(async move {
        let logged = Logged::join(&join.0.conversation, &join.0.payload);
        let mark = instrumented::join(&join);
        let timed = Timed::begin();
        let measured = timed.is_taken().then(|| join.0.conversation.clone());
        let joined = watchdog::run(Watch::Join, pin!(Some(async { C::join(join).await }))).await;
        if let Some(conversation) = measured {
            called::<C>(&conversation, "join", timed);
        }
        mark.end(joined.is_ok());
        match joined {
            Ok(Ok(joined)) => {
                if let Some(logged) = logged {
                    logged.joined(channel_of::<C::Socket>);
                }
                let (channel, reply) = (Box::new(Typed(joined.channel)), joined.reply);
                match confirming {
                    None => Outcome::Joined { channel, reply },
                    Some(conversation) => {
                        Box::pin(confirmed::<C>(conversation, channel, reply)).await
                    }
                }
            }
            Ok(Err(error)) => {
                if let Some(logged) = logged {
                    logged.refused(&error, channel_of::<C::Socket>);
                }
                Outcome::Refused(error)
            }
            Err(panic) => Outcome::JoinCrashed(panic.to_string()),
        }
    })
}

/// The conversation, if its join waits until the broker has confirmed the topic.
fn confirming<S>(seed: &Seed<S>) -> Option<Arc<Conversation>> {
    let conversation = &seed.conversation;
    let confirms = conversation.handle().pubsub().confirms();
    confirms.then(|| conversation.clone())
}

/// A channel whose topic is not confirmed. It is told of its end if nobody waits for it any more.
struct Joining<C: Channel> {
    channel: Option<Box<Typed<C>>>,
    conversation: Arc<Conversation>,
}

impl<C: Channel> Joining<C> {
    fn end(&mut self, reason: Reason) {
        if let Some(channel) = self.channel.take() {
            channel.terminate(reason, &self.conversation);
        }
    }
}

impl<C: Channel> Drop for Joining<C> {
    fn drop(&mut self) {
        let fate = self.conversation.fate();
        self.end(fate);
    }
}

/// Waits until the broker has confirmed the topic of a channel: its client misses no broadcast of
/// another node then.
async fn confirmed<C: Channel>(
    conversation: Arc<Conversation>,
    channel: Box<Typed<C>>,
    reply: Result<Payload, EncodeError>,
) -> Outcome {
    let pubsub = conversation.handle().pubsub().clone();
    let mut joining = Joining {
        channel: Some(channel),
        conversation,
    };
    let confirmed = pubsub.confirmed(joining.conversation.topic()).await;
    match (confirmed, joining.channel.take()) {
        (Ok(()), Some(channel)) => Outcome::Joined { channel, reply },
        (_, channel) => {
            joining.channel = channel;
            joining.end(Reason::Failed("unavailable".into()));
            Outcome::Refused(JoinError::because("unavailable"))
        }
    }
}
