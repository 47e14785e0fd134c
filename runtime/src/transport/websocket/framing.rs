//! Messages as frames.

use std::any::TypeId;

use bytes::Bytes;
use tungstenite::protocol::frame::coding::{Data, OpCode};

use super::{deflate::deflate, frame};
use crate::{
    message::{Message, Unsupported},
    pubsub::Framing,
};

/// A message as one frame.
pub(super) struct Framed {
    pub(super) opcode: OpCode,
    pub(super) compressed: bool,
    pub(super) payload: Bytes,
}

/// Frames a message, compressed in a window of this many bits, or with 0 not at all.
pub(super) fn frame(message: Message, window: u8) -> Framed {
    let opcode = OpCode::Data(match message {
        Message::Text(_) => Data::Text,
        Message::Binary(_) => Data::Binary,
    });
    let payload = message.into_bytes();
    let compressed = if window == 0 { None } else { deflate(&payload, window) };
    match compressed {
        Some(compressed) => Framed { opcode, compressed: true, payload: compressed.into() },
        None => Framed { opcode, compressed: false, payload },
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
    const { &Framing { frame: frame_shared::<BITS>, key: TypeId::of::<Window<BITS>> } }
}

fn frame_shared<const BITS: u8>(message: Message) -> Result<Bytes, Unsupported> {
    let Framed { opcode, compressed, payload } = frame(message, BITS);
    Ok(frame::shared(opcode, compressed, &payload))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_window_has_a_framing_of_its_own() {
        let mut keys: Vec<_> = [0, 8, 9, 10, 11, 12, 13, 14, 15].map(|window| (framing(window).key)()).into();
        assert_eq!((framing(15).key)(), keys[8]);
        keys.sort();
        keys.dedup();
        assert_eq!(keys.len(), 9);
    }
}
