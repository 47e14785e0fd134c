//! WebSocket frames as they are on the wire (RFC 6455 §5.2), including forbidden ones.

use std::fmt;

const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// A frame, not necessarily a valid one.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    /// The last of its message.
    pub fin: bool,
    /// The three reserved bits: 4 is RSV1, which permessage-deflate uses.
    pub rsv: u8,
    /// What kind: 1 text, 2 binary, 8 close, 9 ping, 10 pong.
    pub opcode: u8,
    /// Whether the payload is masked, as a client's must be.
    pub masked: bool,
    /// The payload, unmasked.
    pub payload: Vec<u8>,
}

/// What a reader finds at the start of the bytes that have arrived.
#[derive(Debug)]
pub enum Heard {
    /// A frame and its length on the wire.
    Frame(Frame, usize),
    /// Not all of a frame yet.
    Part,
}

impl Frame {
    /// A client's frame of one piece.
    pub fn new(opcode: u8, payload: impl Into<Vec<u8>>) -> Self {
        Frame {
            fin: true,
            rsv: 0,
            opcode,
            masked: true,
            payload: payload.into(),
        }
    }

    /// A text message.
    pub fn text(text: &str) -> Self {
        Frame::new(1, text)
    }

    /// A binary message.
    pub fn binary(bytes: &[u8]) -> Self {
        Frame::new(2, bytes)
    }

    /// A ping.
    pub fn ping(payload: &[u8]) -> Self {
        Frame::new(9, payload)
    }

    /// A close frame with a code.
    pub fn close(code: u16, reason: &[u8]) -> Self {
        Frame::new(8, [&code.to_be_bytes(), reason].concat())
    }

    /// The same frame, with more frames of its message to come.
    pub fn unfinished(self) -> Self {
        Frame { fin: false, ..self }
    }

    /// The same frame, with these reserved bits.
    pub fn rsv(self, rsv: u8) -> Self {
        Frame { rsv, ..self }
    }

    /// The close code, if this is a close frame that has one.
    pub fn close_code(&self) -> Option<u16> {
        let code = self.payload.first_chunk().filter(|_| self.opcode == 8)?;
        Some(u16::from_be_bytes(*code))
    }

    /// The payload as text, if it is UTF-8.
    pub fn as_text(&self) -> Option<&str> {
        std::str::from_utf8(&self.payload).ok()
    }

    /// Writes the frame's bytes.
    pub fn encode(&self, out: &mut Vec<u8>) {
        out.push(u8::from(self.fin) << 7 | self.rsv << 4 | self.opcode);
        let mask = u8::from(self.masked) << 7;
        match self.payload.len() {
            length @ 0..126 => out.push(mask | length as u8),
            length @ 126..0x1_0000 => {
                out.push(mask | 126);
                out.extend((length as u16).to_be_bytes());
            }
            length => {
                out.push(mask | 127);
                out.extend((length as u64).to_be_bytes());
            }
        }
        if self.masked {
            out.extend(MASK);
            out.extend(
                self.payload
                    .iter()
                    .zip(MASK.iter().cycle())
                    .map(|(byte, mask)| byte ^ mask),
            );
        } else {
            out.extend(&self.payload);
        }
    }

    /// The frame's bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.payload.len() + 14);
        self.encode(&mut out);
        out
    }

    /// The length that the head at the start of `bytes` announces, 0 if it is not complete.
    pub fn announced(bytes: &[u8]) -> u64 {
        let length = match bytes {
            [_, second, rest @ ..] => match second & 0x7f {
                126 => rest
                    .first_chunk()
                    .map(|length| u64::from(u16::from_be_bytes(*length))),
                127 => rest.first_chunk().map(|length| u64::from_be_bytes(*length)),
                length => Some(length.into()),
            },
            _ => None,
        };
        length.unwrap_or(0)
    }

    /// Reads the frame at the start of `bytes`.
    pub fn decode(bytes: &[u8]) -> Heard {
        Frame::parts(bytes).unwrap_or(Heard::Part)
    }

    fn parts(bytes: &[u8]) -> Option<Heard> {
        let [first, second, rest @ ..] = bytes else {
            return None;
        };
        let (length, rest) = match second & 0x7f {
            126 => rest
                .split_first_chunk()
                .map(|(length, rest)| (u16::from_be_bytes(*length).into(), rest))?,
            127 => rest
                .split_first_chunk()
                .map(|(length, rest)| (u64::from_be_bytes(*length), rest))?,
            length => (length.into(), rest),
        };
        let masked = second & 0x80 != 0;
        let (mask, rest) = if masked {
            rest.split_first_chunk().map(|(m, r)| (*m, r))?
        } else {
            ([0; 4], rest)
        };
        let length = usize::try_from(length).ok()?;
        let payload = rest
            .get(..length)?
            .iter()
            .zip(mask.iter().cycle())
            .map(|(b, m)| b ^ m)
            .collect();
        let frame = Frame {
            fin: first & 0x80 != 0,
            rsv: first >> 4 & 7,
            opcode: first & 0xf,
            masked,
            payload,
        };
        Some(Heard::Frame(frame, bytes.len() - rest.len() + length))
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.opcode {
            0 => "continuation",
            1 => "text",
            2 => "binary",
            8 => "close",
            9 => "ping",
            10 => "pong",
            _ => "reserved",
        };
        write!(f, "{kind}")?;
        if !self.fin {
            f.write_str(" (to be continued)")?;
        }
        if self.rsv != 0 {
            write!(f, " rsv={}", self.rsv)?;
        }
        if let Some(code) = self.close_code() {
            return write!(
                f,
                " {code} {:?}",
                String::from_utf8_lossy(&self.payload[2..])
            );
        }
        match std::str::from_utf8(&self.payload) {
            Ok(text) if text.len() > 300 => {
                let start: String = text.chars().take(60).collect();
                write!(f, " {start:?}… ({} bytes)", text.len())
            }
            Ok(text) => write!(f, " {text:?}"),
            Err(_) => write!(f, " {:02x?}", &self.payload[..self.payload.len().min(100)]),
        }
    }
}
