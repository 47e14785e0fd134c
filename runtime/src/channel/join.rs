//! A client that wants to join a topic.

use std::{fmt, future::Future, sync::Arc};

use serde::{Serialize, de::DeserializeOwned};

use super::{Channel, JoinError, Mailbox, Versioned, seed::Seed};
use crate::{
    handle::Handle,
    message::EncodeError,
    presence::{TrackError, Tracked},
    pubsub::{IntoPayload, Payload, SubscriberId},
    socket::{
        TellClient, TransportKind,
        returned::{Plain, Telling},
    },
    state::Needed,
};

/// A client that wants to join: what [`Channel::join`] is given.
pub struct Join<C: Channel>(pub(super) Seed<C::Socket>);

impl<C: Channel> Join<C> {
    /// The topic, such as `"room:7"`.
    pub fn topic(&self) -> &str {
        self.0.conversation.topic()
    }

    /// What the `*` of the route's pattern stands for, such as `"7"` for `room:*`; empty without
    /// one.
    pub fn rest(&self) -> &str {
        &self.topic()[self.0.fixed..]
    }

    /// The parameters that the client sent.
    pub fn payload(&self) -> &Payload {
        &self.0.payload
    }

    /// The parameters as a value.
    ///
    /// # Errors
    /// If they are bytes, or JSON of another shape.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        self.0.payload.parse()
    }

    /// The socket that the client connected to.
    pub fn socket(&self) -> &Arc<C::Socket> {
        &self.0.socket
    }

    /// The `assigns` of this channel's route; `None` if the route has none of this type.
    pub fn assigns<T: 'static>(&self) -> Option<&'static T> {
        self.0.assigns?.downcast_ref()
    }

    /// The address of the channel that is being made. What is sent to it before the join is done
    /// arrives after the join.
    pub fn mailbox(&self) -> Mailbox<C::Info> {
        Mailbox::new(self.0.conversation.clone(), self.0.signals.clone())
    }

    /// The transport that the client came by.
    pub fn transport(&self) -> TransportKind {
        self.0.conversation.client.link.transport()
    }

    /// The serializer that the client speaks.
    pub fn serializer(&self) -> &'static Versioned {
        self.0.conversation.client.speaks
    }

    /// The endpoint that the client came to.
    pub fn handle(&self) -> &Handle {
        self.0.conversation.handle()
    }

    /// What the channel takes of the application's state: `join.take::<Need<Pool>>()`.
    ///
    /// # Panics
    /// When no socket's [`State`](super::ChannelSocket::State) says that it takes it.
    pub fn take<N: Needed>(&self) -> N::Value {
        self.handle().app().needed::<N>()
    }

    /// Shows everybody in this topic that `key` is here, until the returned value is dropped: keep
    /// it in the channel. See [presence in channels](mod@crate::channel#presence).
    ///
    /// # Errors
    /// As [`Presence::track`](crate::presence::Presence::track): if the key is refused, or the meta
    /// is not a JSON object or too large.
    pub fn track(&self, key: &str, meta: impl Serialize) -> Result<Tracked, TrackError> {
        self.handle().presence().track(self.topic(), key, meta)
    }

    /// The identity of the client's connection among subscribers.
    pub fn id(&self) -> SubscriberId {
        self.0.conversation.id()
    }
}

impl<C: Channel> Clone for Join<C> {
    fn clone(&self) -> Self {
        let seed = &self.0;
        Join(Seed {
            conversation: seed.conversation.clone(),
            signals: seed.signals.clone(),
            payload: seed.payload.clone(),
            socket: seed.socket.clone(),
            assigns: seed.assigns,
            fixed: seed.fixed,
        })
    }
}

impl<C: Channel> fmt::Debug for Join<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The parameters may hold credentials.
        f.debug_struct("Join")
            .field("topic", &self.topic())
            .finish_non_exhaustive()
    }
}

/// A type that `join` of `#[channel]` can take as an argument without attribute, an extractor:
/// `Arc<S>` of the channel's socket, [`Mailbox`], [`Handle`], [`SubscriberId`], and types of your
/// own. It may wait, and take parts of the application's state. (A reference, `&S`, is the socket
/// as well.)
///
/// ```
/// use landfall::{channel::{Channel, FromJoin}, prelude::*, state::Need};
/// # struct UserSocket;
/// # #[socket(channel("room:*", Room))]
/// # impl UserSocket {
/// #     fn connect() -> Result<Self, Refused> { Ok(UserSocket) }
/// # }
/// # endpoint! { struct Web; state = Rooms; socket("/socket", UserSocket); }
///
/// #[derive(Clone)]
/// struct Rooms;
///
/// impl Rooms {
///     async fn is_open(&self, topic: &str) -> bool {
///         topic != "room:closed"
///     }
/// }
///
/// /// The room is open.
/// struct Open;
///
/// impl<C: Channel> FromJoin<C> for Open {
///     type State = Need<Rooms>;
///
///     async fn from_join(join: &Join<C>, rooms: Rooms) -> Result<Self, JoinError> {
///         if rooms.is_open(join.topic()).await { Ok(Open) } else { Err(JoinError::because("closed")) }
///     }
/// }
///
/// struct Room;
///
/// #[channel(UserSocket)]
/// impl Room {
///     async fn join(_: Open) -> Self {
///         Room
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`join` can't take `{Self}` by its type",
    label = "neither `#[rest]`, `#[payload]`, `#[state]` nor the socket of `{C}`",
    note = "write `#[payload]` to take the client's parameters, `#[rest]` to take what `*` stands for in the topic, or `#[state]` to take a part of the application's state"
)]
pub trait FromJoin<C: Channel>: Sized {
    /// What it takes of the application's state: `()`, [`Need<Pool>`](crate::state::Need), or a
    /// tuple of needs.
    type State: Needed;

    /// Takes the value, or refuses the join. `state` is the part, or the tuple of parts.
    ///
    /// # Errors
    /// Whatever the implementation refuses with.
    fn from_join(
        join: &Join<C>,
        state: <Self::State as Needed>::Value,
    ) -> impl Future<Output = Result<Self, JoinError>> + Send;
}

impl<S: Send + Sync, C: Channel<Socket = S>> FromJoin<C> for Arc<S> {
    type State = ();

    async fn from_join(join: &Join<C>, (): ()) -> Result<Self, JoinError> {
        Ok(join.socket().clone())
    }
}

impl<I, C: Channel<Info = I>> FromJoin<C> for Mailbox<I> {
    type State = ();

    async fn from_join(join: &Join<C>, (): ()) -> Result<Self, JoinError> {
        Ok(join.mailbox())
    }
}

impl<C: Channel> FromJoin<C> for Handle {
    type State = ();

    async fn from_join(join: &Join<C>, (): ()) -> Result<Self, JoinError> {
        Ok(join.handle().clone())
    }
}

impl<C: Channel> FromJoin<C> for SubscriberId {
    type State = ();

    async fn from_join(join: &Join<C>, (): ()) -> Result<Self, JoinError> {
        Ok(join.id())
    }
}

/// A channel that a client has joined, with the reply to it.
#[derive(Debug)]
pub struct Joined<C> {
    pub(super) channel: C,
    pub(super) reply: Result<Payload, EncodeError>,
}

impl<C> Joined<C> {
    /// With an empty reply.
    pub const fn new(channel: C) -> Self {
        Joined {
            channel,
            reply: Ok(Payload::EMPTY),
        }
    }

    /// With this reply. If it cannot be JSON, the client is told `{"reason": "join crashed"}`, the
    /// channel ends, and that is logged.
    #[must_use]
    pub fn reply(mut self, reply: impl IntoPayload) -> Self {
        self.reply = reply.into_payload();
        self
    }
}

/// What `join` of `#[channel]` may return: the channel, the channel and the reply's payload,
/// [`Joined`], or a `Result` of these.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a result of `join`",
    label = "expected `{C}`, or a `Result` of it",
    note = "`join` returns the channel, or `(channel, reply)` with a payload for the client, or a `Result` of these"
)]
pub trait IntoJoined<C> {
    /// The channel with its reply.
    ///
    /// # Errors
    /// When the client may not join.
    fn into_joined(self) -> Result<Joined<C>, JoinError>;
}

impl<C: Channel> IntoJoined<C> for C {
    fn into_joined(self) -> Result<Joined<C>, JoinError> {
        Ok(Joined::new(self))
    }
}

impl<C: Channel> IntoJoined<C> for Joined<C> {
    fn into_joined(self) -> Result<Joined<C>, JoinError> {
        Ok(self)
    }
}

impl<C: Channel, P: IntoPayload> IntoJoined<C> for (C, P) {
    fn into_joined(self) -> Result<Joined<C>, JoinError> {
        Ok(Joined::new(self.0).reply(self.1))
    }
}

impl<C: Channel, T: IntoJoined<C>, E: IntoJoinError> IntoJoined<C> for Result<T, E> {
    fn into_joined(self) -> Result<Joined<C>, JoinError> {
        self.map_err(E::into_join_error)?.into_joined()
    }
}

/// An error that `join` may return.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an error that `join` can return",
    label = "not an error, or not `Send + Sync + 'static`",
    note = "`join` returns `JoinError`, or an error type that implements `std::error::Error`, or `anyhow::Error`, or `Box<dyn Error + Send + Sync>`"
)]
pub trait IntoJoinError {
    fn into_join_error(self) -> JoinError;
}

#[diagnostic::do_not_recommend]
impl<E: Into<JoinError>> IntoJoinError for E {
    fn into_join_error(self) -> JoinError {
        self.into()
    }
}

impl Plain {
    #[doc(hidden)]
    pub fn joined<C: Channel>(self, value: impl IntoJoined<C>) -> Result<Joined<C>, JoinError> {
        value.into_joined()
    }
}

impl Telling {
    #[doc(hidden)]
    pub fn joined<C: Channel>(
        self,
        value: Result<impl IntoJoined<C>, impl TellClient>,
    ) -> Result<Joined<C>, JoinError> {
        value.map_err(tell)?.into_joined()
    }
}

fn tell(error: impl TellClient) -> JoinError {
    match error.payload() {
        Some(payload) => JoinError::with(payload).caused_by(error),
        None => JoinError::from(error),
    }
}
