//! How a broadcast becomes a message for clients.

use std::{any::TypeId, marker::PhantomData, ptr};

use super::{Broadcast, Framing};
use crate::message::Message;

/// A form in which clients receive broadcasts. All clients with the same form share the encoded
/// bytes.
pub(crate) trait Encoder: Send + Sync + 'static {
    /// `None` means that there is nothing to send. An error has been logged.
    fn encode(&self, broadcast: &Broadcast) -> Result<Option<Message>, NoForm>;

    /// Two encoders with the same key encode identically.
    fn key(&self) -> TypeId;
}

/// A broadcast cannot be encoded in this form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NoForm;

/// How the broadcasts of a topic become messages.
#[derive(Clone, Copy)]
pub(crate) struct Encoding {
    pub(crate) encoder: &'static dyn Encoder,
    /// Events that are not forwarded.
    pub(crate) skip: &'static [&'static str],
}

impl Encoding {
    pub(crate) fn encode(&self, broadcast: &Broadcast) -> Result<Option<Message>, NoForm> {
        if self.skip.contains(&broadcast.event()) {
            Ok(None)
        } else {
            self.encoder.encode(broadcast)
        }
    }
}

impl From<&'static dyn Encoder> for Encoding {
    fn from(encoder: &'static dyn Encoder) -> Self {
        Encoding { encoder, skip: &[] }
    }
}

/// The form in which a client receives the broadcasts of a topic.
#[derive(Clone, Copy)]
pub(crate) struct Form {
    pub(crate) encoding: Encoding,
    pub(crate) framing: &'static Framing,
}

/// Two forms with the same key give the same bytes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct FormKey {
    encoder: TypeId,
    skip: &'static [&'static str],
    framing: (TypeId, u32),
}

impl Form {
    /// True for the very same parts: members of one kind, whose keys need not be compared.
    pub(super) fn is(&self, other: &Form) -> bool {
        let (skip, others) = (self.encoding.skip, other.encoding.skip);
        ptr::addr_eq(self.framing, other.framing)
            && ptr::eq(skip, others)
            && ptr::eq(self.encoding.encoder, other.encoding.encoder)
    }

    pub(super) fn key(&self) -> FormKey {
        let Form {
            encoding: Encoding { encoder, skip },
            framing,
        } = *self;
        FormKey {
            encoder: encoder.key(),
            skip,
            framing: ((framing.key)(), framing.parameters),
        }
    }
}

/// The form that a socket type gives its broadcasts: the function of its `Socket::encode`.
pub(crate) struct SocketEncoder<S> {
    encode: fn(&Broadcast) -> Option<Message>,
    socket: PhantomData<fn() -> S>,
}

impl<S: 'static> SocketEncoder<S> {
    pub(crate) const fn new(encode: fn(&Broadcast) -> Option<Message>) -> Self {
        SocketEncoder {
            encode,
            socket: PhantomData,
        }
    }
}

impl<S: 'static> Encoder for SocketEncoder<S> {
    fn encode(&self, broadcast: &Broadcast) -> Result<Option<Message>, NoForm> {
        Ok((self.encode)(broadcast))
    }

    fn key(&self) -> TypeId {
        TypeId::of::<S>()
    }
}
