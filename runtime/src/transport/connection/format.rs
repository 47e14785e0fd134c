//! How messages look on a transport's wire.

use std::any::TypeId;

use bytes::Bytes;

use crate::{
    message::{Message, Unsupported},
    pubsub::Framing,
};

/// How messages look on a transport's wire.
///
/// A message must show its own end, because several may be given to the transport in one piece. A
/// broadcast is formatted once for all clients of a transport and socket type, and they share its
/// bytes.
pub trait Format: 'static {
    /// The bytes that are sent for a message.
    ///
    /// # Errors
    /// When the transport has no way to carry such a message.
    fn format(message: Message) -> Result<Bytes, Unsupported>;
}

/// Type-erased `Format`, as PubSub takes it.
pub(super) fn framing<F: Format>() -> &'static Framing {
    const {
        &Framing {
            frame: |message, _| F::format(message),
            parameters: 0,
            key: TypeId::of::<F>,
        }
    }
}
