//! How a transport frames messages to clients.

use std::any::TypeId;

use bytes::Bytes;

use crate::message::{Message, Unsupported};

/// How a transport frames messages. A broadcast is framed once for all clients whose framing has
/// the same key.
pub(crate) struct Framing {
    /// The bytes of a message on the wire.
    pub(crate) frame: fn(Message) -> Result<Bytes, Unsupported>,
    /// Two framings with the same key frame identically.
    pub(crate) key: fn() -> TypeId,
}
