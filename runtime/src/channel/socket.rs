//! A socket that holds channels.

use std::future::Future;

use super::{Route, Signal, Versioned};
use crate::socket::{Children, Connect, Needs, Refused, SocketOptions};

/// A connection that holds channels: Phoenix's `use Phoenix.Socket`.
///
/// `#[socket(channel("room:*", Room))]` writes this implementation from an `impl` block. What is mounted is a
/// [`Multiplexer`](super::Multiplexer) of it, on any transport.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no socket with channels",
    label = "no socket with channels",
    note = "put `#[socket(channel(\"room:*\", Room))]` on `impl {Self} {{ .. }}`"
)]
pub trait ChannelSocket: Sized + Send + Sync + 'static {
    /// Which channel serves a topic; the first that matches does.
    const CHANNELS: &'static [Route<Self>];

    /// What it speaks. Default: V1 and V2 of Phoenix.
    const SERIALIZERS: &'static [Versioned] = Versioned::DEFAULT;

    /// Most channels of one connection; a join past it is refused. Default 100.
    const MAX_CHANNELS: usize = 100;

    /// Options for every mount of this socket; what a mount sets itself wins, key by key.
    const OPTIONS: SocketOptions = SocketOptions::DEFAULT;

    /// What `connect` reads.
    const NEEDS: Needs = Needs::NOTHING;

    /// Tasks that belong to this socket type: see [`Socket::children`](crate::Socket::children).
    fn children(children: &mut Children) {
        let _ = children;
    }

    /// Decides whether a client may connect, and makes what all its channels share.
    fn connect(connect: Connect<Signal>) -> impl Future<Output = Result<Self, Refused>> + Send;

    /// Names the client, such as `"users:7"`: a broadcast of the event `disconnect` on that topic ends all its connections.
    fn id(&self) -> Option<String> {
        None
    }
}
