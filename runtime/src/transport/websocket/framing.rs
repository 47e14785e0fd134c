//! Messages as frames.

use std::{
    any::TypeId,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use tungstenite::protocol::frame::coding::{Data, OpCode};

use super::{compression::Compression, deflate::deflate, frame};
use crate::{
    message::{Message, Unsupported},
    pubsub::Framing,
};

/// One or more whole frames, in two pieces, so that the payload is not copied.
pub(super) struct Framed {
    pub(super) head: [u8; 10],
    /// Bytes of the head.
    pub(super) length: usize,
    pub(super) payload: Bytes,
}

impl Framed {
    pub(super) fn new(opcode: OpCode, compressed: bool, payload: Bytes) -> Self {
        let (head, length) = frame::head(opcode, compressed, payload.len());
        Framed {
            head,
            length,
            payload,
        }
    }
}

/// Whole frames.
impl From<Bytes> for Framed {
    fn from(payload: Bytes) -> Self {
        Framed {
            head: [0; 10],
            length: 0,
            payload,
        }
    }
}

/// Frames a message.
pub(super) fn frame(message: Message, compression: Compression) -> Framed {
    let (opcode, compressed, payload) = encode(message, compression);
    Framed::new(opcode, compressed, payload)
}

fn encode(message: Message, compression: Compression) -> (OpCode, bool, Bytes) {
    let opcode = OpCode::Data(match message {
        Message::Text(_) => Data::Text,
        Message::Binary(_) => Data::Binary,
    });
    let payload = message.into_bytes();
    let compressed = match compression {
        Compression::OFF => None,
        _ => deflate(&payload, compression),
    };
    match compressed {
        Some(compressed) => (opcode, true, compressed.into()),
        None => (opcode, false, payload),
    }
}

/// How broadcasts are framed without compression.
pub(super) const PLAIN: &Framing = &Framing {
    frame: frame_shared,
    parameters: 0,
    key: TypeId::of::<Framed>,
};

/// How broadcasts are framed for all connections that compress alike.
pub(super) fn framing(compression: Compression) -> &'static Framing {
    /// They are kept for good: a mount has one set of options, and eight windows.
    static KNOWN: Mutex<Vec<&'static Framing>> = Mutex::new(Vec::new());
    let parameters = compression.to_number();
    if parameters == PLAIN.parameters {
        return PLAIN;
    }
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let found = known
        .iter()
        .find(|framing| framing.parameters == parameters);
    if let Some(framing) = found {
        return framing;
    }
    let framing = Box::leak(Box::new(Framing {
        parameters,
        ..*PLAIN
    }));
    known.push(framing);
    framing
}

fn frame_shared(message: Message, parameters: u32) -> Result<Bytes, Unsupported> {
    let (opcode, compressed, payload) = encode(message, Compression::from_number(parameters));
    Ok(frame::shared(opcode, compressed, &payload))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::socket::DeflateOptions;

    #[test]
    fn those_who_compress_alike_share_a_framing() {
        let with = |window_bits, level| {
            let options = DeflateOptions {
                level,
                ..DeflateOptions::DEFAULT
            };
            framing(Compression::new(window_bits, &options))
        };
        assert!(std::ptr::eq(with(15, 6), with(15, 6)));
        assert_ne!(with(15, 6).parameters, with(15, 1).parameters);
        assert_ne!(with(15, 6).parameters, with(9, 6).parameters);
        assert_eq!(framing(Compression::OFF).parameters, 0);
    }
}
