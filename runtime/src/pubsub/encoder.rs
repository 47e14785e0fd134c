//! How a broadcast becomes a message for clients.

use std::{any::TypeId, marker::PhantomData};

use super::Broadcast;
use crate::message::Message;

/// A form in which clients receive broadcasts. All who share a form share the encoded bytes.
pub(crate) trait Encoder: Send + Sync + 'static {
    fn encode(&self, broadcast: &Broadcast) -> Option<Message>;

    /// Two encoders with the same key encode alike.
    fn key(&self) -> TypeId;
}

/// The form that a socket type gives its broadcasts: the function of its `Socket::encode`.
pub(crate) struct SocketEncoder<S> {
    encode: fn(&Broadcast) -> Option<Message>,
    socket: PhantomData<fn() -> S>,
}

impl<S: 'static> SocketEncoder<S> {
    pub(crate) const fn new(encode: fn(&Broadcast) -> Option<Message>) -> Self {
        SocketEncoder { encode, socket: PhantomData }
    }
}

impl<S: 'static> Encoder for SocketEncoder<S> {
    fn encode(&self, broadcast: &Broadcast) -> Option<Message> {
        (self.encode)(broadcast)
    }

    fn key(&self) -> TypeId {
        TypeId::of::<S>()
    }
}
