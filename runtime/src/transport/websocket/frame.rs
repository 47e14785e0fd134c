//! Frames: read from a client, written for a client (RFC 6455 §5).

use bytes::{Bytes, BytesMut};
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

use super::mask::{unmask, unmasked};

/// The bits of the first byte of a head (RFC 6455 §5.2).
const FINAL: u8 = 0x80;
const COMPRESSED: u8 = 0x40;
const RESERVED: u8 = 0x30;
const OPCODE: u8 = 0x0f;

/// The bits of the second one, and the lengths that say that a longer one follows.
pub(super) const MASKED: u8 = 0x80;
const LENGTH: u8 = 0x7f;
pub(super) const TWO_BYTES: u8 = 126;
const EIGHT_BYTES: u8 = 127;

/// What broke the protocol: the close code for it, and a text for logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Violation {
    pub(super) code: u16,
    pub(super) text: &'static str,
}

impl Violation {
    pub(super) const fn protocol(text: &'static str) -> Self {
        Violation { code: 1002, text }
    }

    pub(super) const fn payload(text: &'static str) -> Self {
        Violation { code: 1007, text }
    }

    pub(super) const fn too_big(text: &'static str) -> Self {
        Violation { code: 1009, text }
    }
}

/// The head of a client's frame, checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) opcode: OpCode,
    pub(super) is_final: bool,
    pub(super) compressed: bool,
    mask: [u8; 4],
    /// Length of the head itself.
    pub(super) len: usize,
    /// Length of the payload that follows.
    pub(super) payload: usize,
}

impl Head {
    /// Reads a head from the start of `bytes`; `None` if more bytes are needed.
    ///
    /// A payload that is too large is refused by its announced length, so no memory is ever
    /// reserved for it.
    pub(super) fn parse(
        bytes: &[u8],
        max_frame: usize,
        compress: bool,
    ) -> Result<Option<Head>, Violation> {
        let &[first, second, ref rest @ ..] = bytes else {
            return Ok(None);
        };
        let opcode = check(first, second, compress)?;
        let (payload, rest) = match second & LENGTH {
            TWO_BYTES => match rest.split_first_chunk() {
                Some((length, rest)) => (u16::from_be_bytes(*length).into(), rest),
                None => return Ok(None),
            },
            EIGHT_BYTES => match rest.split_first_chunk() {
                Some((length, rest)) => (u64::from_be_bytes(*length), rest),
                None => return Ok(None),
            },
            length => (length.into(), rest),
        };
        if payload > max_frame as u64 {
            return Err(Violation::too_big("the frame is too large"));
        }
        let Some((&mask, rest)) = rest.split_first_chunk() else {
            return Ok(None);
        };
        Ok(Some(Head {
            opcode,
            is_final: first & FINAL != 0,
            compressed: first & COMPRESSED != 0,
            mask,
            len: bytes.len() - rest.len(),
            payload: payload as usize,
        }))
    }

    /// Unmasks a payload (RFC 6455 §5.3).
    pub(super) fn unmask(&self, payload: &mut [u8]) {
        unmask(payload, self.mask);
    }

    /// Unmasks a part of a payload that begins `offset` bytes after its start.
    pub(super) fn unmask_from(&self, part: &mut [u8], offset: usize) {
        let mut mask = self.mask;
        mask.rotate_left(offset % 4);
        unmask(part, mask);
    }

    /// A payload without its mask, in memory of its own.
    pub(super) fn unmasked(&self, payload: &[u8]) -> Vec<u8> {
        unmasked(payload, self.mask)
    }
}

/// What the first two bytes of a head say, if it is allowed: RFC 6455 §5.2 and §5.5; RFC 7692 §6
/// for the first reserved bit.
fn check(first: u8, second: u8, compress: bool) -> Result<OpCode, Violation> {
    if first & RESERVED != 0 {
        return Err(Violation::protocol("reserved bits are set"));
    }
    let opcode = match first & OPCODE {
        0 => OpCode::Data(Data::Continue),
        1 => OpCode::Data(Data::Text),
        2 => OpCode::Data(Data::Binary),
        8 => OpCode::Control(Control::Close),
        9 => OpCode::Control(Control::Ping),
        10 => OpCode::Control(Control::Pong),
        _ => return Err(Violation::protocol("reserved opcode")),
    };
    let starts_message = matches!(opcode, OpCode::Data(Data::Text | Data::Binary));
    if first & COMPRESSED != 0 && !(compress && starts_message) {
        return Err(Violation::protocol(
            "the frame says it is compressed where it must not be",
        ));
    }
    if matches!(opcode, OpCode::Control(_)) {
        if first & FINAL == 0 {
            return Err(Violation::protocol("a control frame is fragmented"));
        }
        if second & LENGTH >= TWO_BYTES {
            return Err(Violation::protocol("a control frame is too long"));
        }
    }
    if second & MASKED == 0 {
        return Err(Violation::protocol("the frame is not masked"));
    }
    Ok(opcode)
}

/// A client's close frame: its code, 1005 for none, and its text (RFC 6455 §5.5.1, §7.4).
pub(super) fn parse_close(payload: &[u8]) -> Result<(u16, &str), Violation> {
    match payload {
        [] => Ok((1005, "")),
        [_] => Err(Violation::protocol("the close frame has half a code")),
        [high, low, text @ ..] => {
            let code = u16::from_be_bytes([*high, *low]);
            if !is_sendable(code) {
                return Err(Violation::protocol("the close code may not be sent"));
            }
            let text = std::str::from_utf8(text)
                .map_err(|_| Violation::protocol("the close text is not UTF-8"))?;
            Ok((code, text))
        }
    }
}

/// Whether a close code may be sent in a frame (RFC 6455 §7.4, and the IANA registry for 1012 to
/// 1014).
fn is_sendable(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// The head of a frame with a short payload that is not compressed: the same as [`head`] gives.
#[inline]
pub(super) fn short_head(opcode: OpCode, payload: usize) -> Option<[u8; 2]> {
    (payload < usize::from(TWO_BYTES)).then(|| [FINAL | u8::from(opcode), payload as u8])
}

/// The head of a server's frame, and its length: final, not masked, the length in its shortest
/// form.
pub(super) fn head(opcode: OpCode, compressed: bool, payload: usize) -> ([u8; 10], usize) {
    let mut bytes = [0; 10];
    bytes[0] = FINAL | if compressed { COMPRESSED } else { 0 } | u8::from(opcode);
    let len = match payload {
        0..=125 => {
            bytes[1] = payload as u8;
            2
        }
        126..=0xffff => {
            bytes[1] = TWO_BYTES;
            bytes[2..4].copy_from_slice(&(payload as u16).to_be_bytes());
            4
        }
        _ => {
            bytes[1] = EIGHT_BYTES;
            bytes[2..].copy_from_slice(&(payload as u64).to_be_bytes());
            10
        }
    };
    (bytes, len)
}

/// A frame in a buffer of its own, which all receivers share.
pub(super) fn shared(opcode: OpCode, compressed: bool, payload: &[u8]) -> Bytes {
    let (head, len) = head(opcode, compressed, payload.len());
    let mut frame = BytesMut::with_capacity(len + payload.len());
    frame.extend_from_slice(&head[..len]);
    frame.extend_from_slice(payload);
    frame.freeze()
}

/// A close frame. A text that is too long is cut at a character; a code that may not be sent
/// becomes 1011.
pub(super) fn close(code: u16, text: &str) -> Bytes {
    let code = if is_sendable(code) { code } else { 1011 };
    let mut end = text.len().min(123);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let payload = [&code.to_be_bytes(), &text.as_bytes()[..end]].concat();
    shared(OpCode::Control(Control::Close), false, &payload)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(bytes: &[u8]) -> Result<Option<Head>, u16> {
        Head::parse(bytes, 1_000, false).map_err(|violation| violation.code)
    }

    #[test]
    fn a_short_head_is_the_head_of_a_short_frame() {
        for opcode in [OpCode::Data(Data::Text), OpCode::Data(Data::Binary)] {
            for payload in 0..300 {
                let (bytes, length) = head(opcode, false, payload);
                let short = short_head(opcode, payload);
                assert_eq!(short.is_some(), length == 2, "{payload}");
                assert!(short.is_none_or(|short| short[..] == bytes[..length]));
            }
        }
    }

    #[test]
    fn a_head_is_read_when_it_is_complete() {
        let masked = [0x81, 0x85, 1, 2, 3, 4];
        for cut in 0..masked.len() {
            assert_eq!(parse(&masked[..cut]), Ok(None), "{cut}");
        }
        let head = parse(&masked).expect("valid").expect("complete");
        assert_eq!((head.len, head.payload, head.is_final), (6, 5, true));
    }

    #[test]
    fn what_a_client_may_not_send_is_refused_by_its_head() {
        for (bytes, code) in [
            (&[0x81, 0x05][..], 1002),                     // not masked
            (&[0x83, 0x80, 0, 0, 0, 0], 1002),             // reserved opcode
            (&[0xa1, 0x80, 0, 0, 0, 0], 1002),             // reserved bit
            (&[0xc1, 0x80, 0, 0, 0, 0], 1002),             // compressed, but not agreed on
            (&[0x09, 0x80, 0, 0, 0, 0], 1002),             // fragmented ping
            (&[0x89, 0xfe, 0, 126, 0, 0, 0, 0], 1002),     // long ping
            (&[0x82, 0xfe, 0x03, 0xe9, 0, 0, 0, 0], 1009), // 1,001 bytes of payload
            (
                &[
                    0x82, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0,
                ],
                1009,
            ),
        ] {
            assert_eq!(parse(bytes), Err(code), "{bytes:02x?}");
        }
        assert!(parse(&[0x82, 0xfe, 0x03, 0xe8, 0, 0, 0, 0]).is_ok_and(|head| head.is_some()));
    }

    #[test]
    fn close_frames_are_checked() {
        assert_eq!(parse_close(&[]), Ok((1005, "")));
        assert_eq!(parse_close(b"\x03\xe8bye"), Ok((1000, "bye")));
        for code in [1000u16, 1003, 1007, 1011, 1012, 1014, 3000, 4999] {
            assert_eq!(parse_close(&code.to_be_bytes()), Ok((code, "")), "{code}");
        }
        for code in [0u16, 999, 1004, 1005, 1006, 1015, 1100, 2999, 5000] {
            assert!(
                parse_close(&code.to_be_bytes()).is_err_and(|found| found.code == 1002),
                "{code}"
            );
        }
        assert!(parse_close(&[3]).is_err_and(|found| found.code == 1002));
        assert!(parse_close(b"\x03\xe8\xff").is_err_and(|found| found.code == 1002));
    }

    #[test]
    fn a_close_text_is_cut_at_a_character() {
        let frame = close(4001, &"é".repeat(100));
        assert_eq!(frame.len(), 2 + 2 + 122);
        assert!(std::str::from_utf8(&frame[4..]).is_ok());
        assert_eq!(close(1006, "")[2..], 1011u16.to_be_bytes());
    }

    proptest! {
        #[test]
        fn a_mask_comes_off_in_parts_as_it_does_at_once(
            payload in proptest::collection::vec(any::<u8>(), 0..600),
            mask: [u8; 4],
            cut in 0usize..100,
        ) {
            let bytes = [&[0x82, 0x80][..], &mask].concat();
            let head = parse(&bytes).expect("valid").expect("complete");
            let naive: Vec<u8> = payload.iter().zip(mask.iter().cycle()).map(|(a, b)| a ^ b).collect();
            let mut parts = payload.clone();
            prop_assert_eq!(&head.unmasked(&payload), &naive);
            let (a, b) = parts.split_at_mut(cut.min(payload.len()));
            head.unmask_from(a, 0);
            head.unmask_from(b, a.len());
            prop_assert_eq!(parts, naive);
        }

        #[test]
        fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..20), compress: bool) {
            let _ = Head::parse(&bytes, 100, compress);
            let _ = parse_close(&bytes);
        }
    }
}
