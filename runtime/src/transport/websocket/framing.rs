//! Messages as frames.

use std::any::TypeId;

use bytes::Bytes;
use tungstenite::protocol::frame::coding::{Data, OpCode};

use super::{deflate::deflate, frame};
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

/// Frames a message. It is compressed with a window of `window` bits, or not at all if that is 0.
pub(super) fn frame(message: Message, window: u8) -> Framed {
    let (opcode, compressed, payload) = encode(message, window);
    Framed::new(opcode, compressed, payload)
}

fn encode(message: Message, window: u8) -> (OpCode, bool, Bytes) {
    let opcode = OpCode::Data(match message {
        Message::Text(_) => Data::Text,
        Message::Binary(_) => Data::Binary,
    });
    let payload = message.into_bytes();
    let compressed = if window == 0 {
        None
    } else {
        deflate(&payload, window)
    };
    match compressed {
        Some(compressed) => (opcode, true, compressed.into()),
        None => (opcode, false, payload),
    }
}

/// How broadcasts are framed for all connections with this window.
pub(super) fn framing(window: u8) -> &'static Framing {
    match window {
        0 => framing_of::<0>(),
        8 => framing_of::<8>(),
        9 => framing_of::<9>(),
        10 => framing_of::<10>(),
        11 => framing_of::<11>(),
        12 => framing_of::<12>(),
        13 => framing_of::<13>(),
        14 => framing_of::<14>(),
        _ => framing_of::<15>(),
    }
}

struct Window<const BITS: u8>;

fn framing_of<const BITS: u8>() -> &'static Framing {
    const {
        &Framing {
            frame: frame_shared::<BITS>,
            key: TypeId::of::<Window<BITS>>,
        }
    }
}

fn frame_shared<const BITS: u8>(message: Message) -> Result<Bytes, Unsupported> {
    let (opcode, compressed, payload) = encode(message, BITS);
    Ok(frame::shared(opcode, compressed, &payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_window_has_a_framing_of_its_own() {
        let mut keys: Vec<_> = [0, 8, 9, 10, 11, 12, 13, 14, 15]
            .map(|window| (framing(window).key)())
            .into();
        assert_eq!((framing(15).key)(), keys[8]);
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 9);
    }
}
