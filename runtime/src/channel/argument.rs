//! What the arguments of a channel's methods lower to, and what is answered where no method fits.

use std::{fmt::Display, str::FromStr};

use super::{
    Answer, Channel, Event, FromEvent, FromJoin, InvalidPayload, Join, JoinError, Name, Outlet,
    Reply,
};
use crate::{
    escape::{chain, shown, told},
    message::Text,
    pubsub::Broadcast,
    state::Needed,
};

/// `socket: &S`.
pub fn socket<C: Channel>(join: &Join<C>) -> &C::Socket {
    join.socket()
}

/// `x: T` without attribute: what `T` takes of the application's state.
pub fn needs<C: Channel, T: FromJoin<C>>(join: &Join<C>) -> <T::State as Needed>::Value {
    join.take::<T::State>()
}

/// A part of a topic.
#[diagnostic::on_unimplemented(
    message = "a topic can't be read as `{Self}`",
    label = "not a part of a topic",
    note = "implement `FromStr` for it, with an error that implements `Display`, or take `&str`"
)]
pub trait FromTopic: FromStr<Err: Display> {}

impl<T: FromStr<Err: Display>> FromTopic for T {}

/// `#[rest] id: T`. A topic that does not fit is an unmatched topic.
pub fn rest<C: Channel, T: FromTopic>(join: &Join<C>) -> Result<T, JoinError> {
    read(join, join.rest())
}

/// `#[topic] topic: T`.
pub fn topic<C: Channel, T: FromTopic>(join: &Join<C>) -> Result<T, JoinError> {
    read(join, join.topic())
}

fn read<C: Channel, T: FromTopic>(join: &Join<C>, text: &str) -> Result<T, JoinError> {
    text.parse().map_err(|error| {
        let topic = shown(join.topic());
        tracing::debug!(%topic, "the topic of a join does not fit: {}", told(&error));
        JoinError::because("unmatched topic")
    })
}

/// `#[payload] params: T` of `join`.
pub fn payload<C: Channel, T: FromEvent>(join: &Join<C>) -> Result<T, JoinError> {
    let event = Event {
        name: Text::from_static("phx_join").into(),
        payload: join.payload().clone(),
    };
    T::from_event(event).map_err(|error| {
        // It may quote what the client sent, which may be a secret.
        tracing::debug!(topic = %shown(join.topic()), "the payload of a join does not fit: {}", chain(&error));
        JoinError::because("invalid payload")
    })
}

/// `#[assigns] kind: &T`. A route without it is a mistake of the application, not of the client.
pub fn assigns<C: Channel, T: 'static>(join: &Join<C>) -> Result<&'static T, JoinError> {
    let missing = || {
        format!(
            "the route has no `assigns` of type {}",
            std::any::type_name::<T>()
        )
    };
    join.assigns().ok_or_else(|| JoinError::from(missing()))
}

/// What a handler answered, for the log with the name of its event.
#[inline]
pub fn of_event(mut answer: Answer, event: &str) -> Answer {
    if let Answer::Reply(reply)
    | Answer::Stop {
        reply: Some(reply), ..
    } = &mut answer
    {
        reply.name(event);
    }
    answer
}

/// The name of an event, kept for when the event is gone.
pub fn name(event: &Event) -> Name {
    event.name.clone()
}

/// Like [`of_event`], where one handler takes all events.
#[inline]
pub fn of_name(answer: Answer, name: &Name) -> Answer {
    of_event(answer, name.as_str().unwrap_or_default())
}

/// The message that a handler takes, or the answer to one that does not fit.
pub fn event<T: FromEvent>(event: Event, out: &Outlet) -> Result<T, Answer> {
    let name = event.name.clone();
    T::from_event(event).map_err(|error| {
        let (topic, event) = (shown(out.topic()), shown(name.as_str().unwrap_or_default()));
        tracing::debug!(%topic, %event, "a message was not handled: {}", chain(&error));
        Answer::Reply(Reply::because("invalid payload"))
    })
}

/// The answer to a message that no handler is for.
pub fn unknown_event(event: &Event, out: &Outlet) -> Answer {
    let (topic, event) = (shown(out.topic()), shown(event.name()));
    tracing::debug!(%topic, %event, "a message was not handled: unknown event");
    Answer::Reply(Reply::because("unknown event"))
}

/// The broadcast that a handler takes. One that does not fit is dropped, because the handler was to
/// filter it.
pub fn broadcast<T: FromEvent>(broadcast: &Broadcast) -> Result<T, Answer> {
    let event = Event {
        name: broadcast.event().into(),
        payload: broadcast.payload().clone(),
    };
    T::from_event(event).map_err(|error: InvalidPayload| {
        let (topic, event) = (shown(broadcast.topic()), shown(broadcast.event()));
        tracing::error!(%topic, %event, "a broadcast was not handled: {}", chain(&error));
        Answer::NoReply
    })
}

/// Sends on a broadcast that no handler is for.
pub fn pass_on(broadcast: &Broadcast, out: &mut Outlet) -> Answer {
    out.push(broadcast.event(), broadcast.payload().clone());
    Answer::NoReply
}
