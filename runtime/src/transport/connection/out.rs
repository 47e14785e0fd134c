//! The way out to one client: the part in which transports differ.

use std::task::Waker;

use bytes::Bytes;

use crate::{
    message::{Message, Unsupported},
    pubsub::Framing,
    socket::OutboxOptions,
};

/// What is on its way to one client, in order and bounded. Unless a method says otherwise, it is
/// called under the connection's lock, and must not block.
pub(in crate::transport) trait Out: Sized + Send + 'static {
    /// What is reached without the lock.
    type Side: Send + Sync + 'static;

    /// A message of the socket itself, framed for this client.
    type Framed: From<Bytes>;

    /// Milliseconds that a client has to end the stream after it was told the end.
    const LINGER: u64 = u64::MAX;

    /// Frames a message. Called without the lock.
    fn frame(side: &Self::Side, message: Message) -> Result<Self::Framed, Unsupported>;

    /// How broadcasts are framed. Called without the lock.
    fn framing(side: &Self::Side) -> &'static Framing;

    /// Takes a message of the socket itself as it is, where nothing stands in the way: less than
    /// half of the limit waits, and the socket has its turn. If false, it has to be framed and
    /// pushed.
    fn gather(&mut self, side: &Self::Side, message: &Message, options: &OutboxOptions) -> bool {
        let _ = (side, message, options);
        false
    }

    /// Sends a message of the socket itself.
    fn push(&mut self, framed: Self::Framed, options: &OutboxOptions) -> Sent;

    /// Sends a broadcast, from any task.
    fn send(&mut self, bytes: &Bytes, options: &OutboxOptions) -> Sent;

    /// Makes room for a broadcast that has none, if the client takes something at once. True if it
    /// did.
    fn make_way(&mut self, bytes: &Bytes, options: &OutboxOptions) -> bool {
        let _ = (bytes, options);
        false
    }

    /// True if nothing waits for the client.
    fn is_empty(&self) -> bool;

    /// Bytes of memory that are held for the client.
    fn held(&self) -> usize;

    /// Who brings to the client what waits for it, to be woken without the lock. `task` is the
    /// connection's.
    fn writer(&mut self, task: Option<&Waker>) -> Option<Waker>;

    /// Drops the connection's task. False if that cannot be done from outside.
    fn abort(&mut self) -> bool {
        false
    }
}

/// The outcome of a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::transport) enum Sent {
    /// Written, or nothing to be done now.
    Done,
    /// It waits. The writer has to be woken.
    Queued,
    /// N broadcasts were dropped to make room for it.
    Dropped(usize),
    /// There is no room, and the connection has to end.
    Overflow,
}
