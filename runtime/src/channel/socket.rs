//! A socket that holds channels.

use std::future::Future;

use super::{Route, Versioned};
use crate::{
    socket::{Children, Connect, Draining, Needs, Refused, SocketOptions},
    state::Needed,
};

/// A connection that holds channels: Phoenix's `use Phoenix.Socket`.
///
/// `#[socket(channel("room:*", Room))]` writes this implementation from an `impl` block. What is
/// mounted is a [`Multiplexer`](super::Multiplexer) of it, on any transport.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a socket with channels",
    label = "not a socket with channels",
    note = "put `#[socket(channel(\"room:*\", Room))]` on `impl {Self} {{ .. }}`"
)]
pub trait ChannelSocket:
    Sized
    + Send // it moves between threads with its connection: `Arc` for `Rc`, `Mutex` for `RefCell`
    + Sync // its channels share it: `Mutex` for `RefCell`, atomics for `Cell`
    + 'static
{
    /// What `connect` and the channels take of the application's state, such as
    /// `(Need<Pool>, <Room as Channel>::State)`: see [`Socket::State`](crate::Socket::State).
    type State: Needed;

    /// The channels, by topic. The first route that matches serves a topic.
    const CHANNELS: &'static [Route<Self>];

    /// The serializers that it speaks. Default: V1 and V2 of Phoenix.
    const SERIALIZERS: &'static [Versioned] = Versioned::DEFAULT;

    /// Most channels of one connection. A join past it is refused. Default 100.
    ///
    /// A callback that still runs after the end of its channel counts too. A second join of a topic
    /// is never refused: if it would exceed the limit, such a callback is dropped for it.
    const MAX_CHANNELS: usize = 100;

    /// Most bytes of topic, event, `ref` and `join_ref` together, in a client's message. Default
    /// 1,024.
    ///
    /// A message past it ends the connection with 1011, because its reply would have to repeat what
    /// is too long. V1 and V2 read at most 64 KiB of JSON for each of them, whatever this says.
    const MAX_ENVELOPE_SIZE: usize = 1024;

    /// Bytes of a client's messages that may wait for callbacks or be handled at a time. Past it
    /// nothing more is read from the client. Each message counts 512 bytes beside its own. Default
    /// 1 MiB.
    ///
    /// So a connection holds at most this and one message more. The same limit holds for the
    /// broadcasts that its channels intercept or have delivered. Where messages have to be small,
    /// the limit is half of the largest message, but at least 64 KiB.
    const MAX_WAITING_SIZE: usize = 1024 * 1024;

    /// Options for every mount of this socket; what a mount sets itself wins, key by key.
    const OPTIONS: SocketOptions = SocketOptions::DEFAULT;

    /// What `connect` reads.
    const NEEDS: Needs = Needs::NOTHING;

    /// Tasks that belong to this socket type: see [`Socket::children`](crate::Socket::children).
    fn children(children: &mut Children) {
        let _ = children;
    }

    /// Ends the connections of a mount, because the endpoint stops: see
    /// [`Socket::drain`](crate::Socket::drain).
    fn drain(draining: Draining) -> impl Future<Output = ()> + Send
    where
        Self: Send + Sync,
    {
        draining.as_declared()
    }

    /// Decides whether a client may connect, and makes what all its channels share.
    fn connect(connect: Connect<()>) -> impl Future<Output = Result<Self, Refused>> + Send
    where
        Self: Send + Sync;

    /// Names the client, such as `"users:7"`. A broadcast of the event `disconnect` to that topic
    /// ends all connections of the client.
    fn id(&self) -> Option<String> {
        None
    }
}

/// The name of the channel that serves a topic.
pub(super) fn channel_of<S: ChannelSocket>(topic: &str) -> &'static str {
    S::CHANNELS
        .iter()
        .find(|route| route.matches(topic))
        .map_or("", Route::channel)
}
