//! How a transport frames messages to clients.

use std::any::TypeId;

use bytes::Bytes;

use crate::message::{Message, Unsupported};

/// How a transport frames messages. A broadcast is framed once for all clients whose framing has
/// the same key.
pub(crate) struct Framing {
    /// The bytes of a message on the wire. It is given the parameters.
    pub(crate) frame: fn(Message, u32) -> Result<Bytes, Unsupported>,
    /// What the function goes by; 0 if it goes by nothing.
    pub(crate) parameters: u32,
    /// Two framings with the same key and parameters frame identically.
    pub(crate) key: fn() -> TypeId,
}

impl Framing {
    /// The bytes of a message on the wire.
    pub(crate) fn frame(&self, message: Message) -> Result<Bytes, Unsupported> {
        (self.frame)(message, self.parameters)
    }
}
