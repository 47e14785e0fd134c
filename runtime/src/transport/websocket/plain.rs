//! The short way for frames as most are.

use bytes::{Bytes, BytesMut};

use super::{
    frame::{MASKED, TWO_BYTES},
    mask::{unmask, unmasked},
};

/// A frame as most are: a whole message of less than 64 KiB, neither in parts nor compressed.
pub(super) struct Plain {
    pub(super) is_text: bool,
    mask: [u8; 4],
    /// Where its payload begins, and where it ends.
    payload: (usize, usize),
}

impl Plain {
    /// The frame at the start of `bytes`, if it is like that, has come whole, and its payload is no
    /// longer than `most`. Of all others `None` says nothing.
    #[inline]
    pub(super) fn parse(bytes: &[u8], most: usize) -> Option<Plain> {
        let &[first, second, ..] = bytes else {
            return None;
        };
        let is_text = match first {
            0x81 => true,
            0x82 => false,
            _ => return None,
        };
        let (length, begin) = match second ^ MASKED {
            length @ ..TWO_BYTES => (usize::from(length), 6),
            TWO_BYTES => (
                usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?])),
                8,
            ),
            _ => return None,
        };
        let mask = *bytes.get(begin - 4..)?.first_chunk()?;
        let payload = (begin, begin + length);
        (length <= most && payload.1 <= bytes.len()).then_some(Plain {
            is_text,
            mask,
            payload,
        })
    }

    /// The length of the frame.
    pub(super) fn len(&self) -> usize {
        self.payload.1
    }

    /// Its payload without the mask. Short ones share the memory of `block`.
    #[inline(always)]
    pub(super) fn unmasked(&self, bytes: &[u8], block: &mut BytesMut) -> Bytes {
        let payload = &bytes[self.payload.0..self.payload.1];
        if payload.len() > SHORT {
            return unmasked(payload, self.mask).into();
        }
        if block.capacity() < payload.len() {
            block.reserve(BLOCK);
        }
        block.extend_from_slice(payload);
        unmask(block, self.mask);
        block.split().freeze()
    }
}

/// Payloads up to this size share memory, and so much of it: who keeps one of them keeps no more.
const SHORT: usize = 128;
const BLOCK: usize = 1024;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tungstenite::protocol::frame::coding::{Data, OpCode};

    use super::*;
    use crate::transport::websocket::frame::Head;

    #[test]
    fn short_messages_share_memory_that_is_used_again() {
        let frame = [&[0x82, 0x80 | 100, 0, 0, 0, 0][..], &[7; 100]].concat();
        let plain = Plain::parse(&frame, 1_000).expect("plain");
        let mut block = BytesMut::new();
        let kept = plain.unmasked(&frame, &mut block);
        let mut places = Vec::new();
        for _ in 0..1_000 {
            places.push(plain.unmasked(&frame, &mut block).as_ptr());
        }
        assert_eq!(kept[..], [7; 100]);
        places.sort_unstable();
        places.dedup();
        assert!(places.len() <= 2 * BLOCK / 100, "{}", places.len());
    }

    proptest! {
        #[test]
        fn a_plain_frame_is_what_its_head_says(
            first in prop_oneof![Just(0x81u8), Just(0x82), any::<u8>()],
            masked in prop_oneof![9 => Just(0x80u8), 1 => Just(0)],
            length in 0usize..3_000,
            cut in 0usize..8,
            mask: [u8; 4],
        ) {
            let payload: Vec<u8> = (0..length).map(|n| n as u8).collect();
            let length = match length {
                0..=125 => vec![masked | length as u8],
                _ => [&[masked | TWO_BYTES][..], &(length as u16).to_be_bytes()].concat(),
            };
            let mut bytes = [&[first][..], &length, &mask, &payload].concat();
            bytes.truncate(bytes.len() - cut.min(bytes.len()));
            let head = Head::parse(&bytes, 2_000, true).ok().flatten();
            let whole = head.filter(|head| {
                matches!(head.opcode, OpCode::Data(Data::Text | Data::Binary))
                    && head.is_final
                    && !head.compressed
                    && bytes.len() >= head.len + head.payload
            });
            let plain = Plain::parse(&bytes, 2_000);
            prop_assert_eq!(plain.is_some(), whole.is_some());
            if let (Some(plain), Some(head)) = (plain, whole) {
                prop_assert_eq!(plain.is_text, head.opcode == OpCode::Data(Data::Text));
                prop_assert_eq!(plain.len(), head.len + head.payload);
                let mut block = BytesMut::new();
                prop_assert_eq!(
                    plain.unmasked(&bytes, &mut block),
                    head.unmasked(&bytes[head.len..plain.len()])
                );
                prop_assert!(block.is_empty() && block.capacity() <= BLOCK);
            }
        }
    }
}
