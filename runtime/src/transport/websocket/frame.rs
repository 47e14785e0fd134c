//! Frames: read from a client, written for a client (RFC 6455 §5).

use std::{borrow::Cow, io::Cursor};

use bytes::{BufMut, Bytes, BytesMut};
use tungstenite::protocol::frame::{
    FrameHeader,
    coding::{Control, Data, OpCode},
};

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
    /// Refuses what is too large by what the head announces, so that nothing is ever kept for it.
    pub(super) fn parse(bytes: &[u8], max_frame: usize, compress: bool) -> Result<Option<Head>, Violation> {
        let mut cursor = Cursor::new(bytes);
        let parsed = FrameHeader::parse(&mut cursor).map_err(|_| Violation::protocol("reserved opcode"))?;
        let Some((header, payload)) = parsed else { return Ok(None) };
        let len = cursor.position() as usize;
        check(&header, payload, compress)?;
        let Some(mask) = header.mask else { return Err(Violation::protocol("the frame is not masked")) };
        if payload > (max_frame - len.min(max_frame)) as u64 {
            return Err(Violation::too_big("the frame is too large"));
        }
        let (opcode, is_final) = (header.opcode, header.is_final);
        Ok(Some(Head { opcode, is_final, compressed: header.rsv1, mask, len, payload: payload as usize }))
    }

    /// Takes the mask off a payload (RFC 6455 §5.3).
    pub(super) fn unmask(&self, payload: &mut [u8]) {
        self.unmask_from(payload, 0);
    }

    /// Takes the mask off a part of a payload that begins `offset` bytes after its start.
    pub(super) fn unmask_from(&self, part: &mut [u8], offset: usize) {
        let mut mask = self.mask;
        mask.rotate_left(offset % 4);
        let [a, b, c, d] = mask;
        let wide = u64::from_ne_bytes([a, b, c, d, a, b, c, d]);
        let (words, rest) = part.as_chunks_mut::<8>();
        for word in words {
            *word = (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes();
        }
        for (byte, key) in rest.iter_mut().zip([a, b, c, d, a, b, c]) {
            *byte ^= key;
        }
    }
}

/// RFC 6455 §5.2 and §5.5; RFC 7692 §6 for the first reserved bit.
fn check(header: &FrameHeader, payload: u64, compress: bool) -> Result<(), Violation> {
    if header.rsv2 || header.rsv3 {
        return Err(Violation::protocol("reserved bits are set"));
    }
    let starts_message = matches!(header.opcode, OpCode::Data(Data::Text | Data::Binary));
    if header.rsv1 && !(compress && starts_message) {
        return Err(Violation::protocol("the frame says it is compressed where it must not be"));
    }
    match header.opcode {
        OpCode::Data(Data::Reserved(_)) | OpCode::Control(Control::Reserved(_)) => {
            Err(Violation::protocol("reserved opcode"))
        }
        OpCode::Control(_) if !header.is_final => Err(Violation::protocol("a control frame is fragmented")),
        OpCode::Control(_) if payload > 125 => Err(Violation::protocol("a control frame is too long")),
        _ => Ok(()),
    }
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
            let text =
                std::str::from_utf8(text).map_err(|_| Violation::payload("the close text is not UTF-8"))?;
            Ok((code, text))
        }
    }
}

/// Close codes that may stand in a frame (RFC 6455 §7.4, and the IANA registry for 1012 to 1014).
fn is_sendable(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}

/// Appends a server's frame.
pub(super) fn put(out: &mut Vec<u8>, opcode: OpCode, compressed: bool, payload: &[u8]) {
    put_head(out, opcode, compressed, payload.len());
    out.extend_from_slice(payload);
}

/// Appends the head of a server's frame.
pub(super) fn put_head(out: &mut Vec<u8>, opcode: OpCode, compressed: bool, payload: usize) {
    let header = FrameHeader { opcode, rsv1: compressed, ..FrameHeader::default() };
    // Writing to a Vec cannot fail.
    let _ = header.format(payload as u64, out);
}

/// A frame in memory of its own, to be shared by all who receive it.
pub(super) fn shared(opcode: OpCode, compressed: bool, payload: &[u8]) -> Bytes {
    let header = FrameHeader { opcode, rsv1: compressed, ..FrameHeader::default() };
    let mut out = BytesMut::with_capacity(header.len(payload.len() as u64) + payload.len()).writer();
    let _ = header.format(payload.len() as u64, &mut out);
    let mut out = out.into_inner();
    out.extend_from_slice(payload);
    out.freeze()
}

/// The payload of a close frame: at most 125 bytes, cut at a character; a code that may not be sent becomes 1011.
pub(super) fn close_payload(code: u16, text: &Cow<'static, str>) -> Vec<u8> {
    if code == 1005 {
        return Vec::new();
    }
    let code = if is_sendable(code) { code } else { 1011 };
    let mut end = text.len().min(123);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    [&code.to_be_bytes(), &text.as_bytes()[..end]].concat()
}
