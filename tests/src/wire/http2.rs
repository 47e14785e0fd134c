//! Frames of HTTP/2, and heads of requests from HPACK's static table.

/// A part of a body.
pub const DATA: u8 = 0;
/// The head of a request or of a response.
pub const HEADERS: u8 = 1;
/// The end of a stream.
pub const RST_STREAM: u8 = 3;
/// What a peer wishes.
pub const SETTINGS: u8 = 4;
/// To be answered.
pub const PING: u8 = 6;
/// The end of a connection.
pub const GOAWAY: u8 = 7;
/// More of a head.
pub const CONTINUATION: u8 = 9;

/// A flag: the last frame of its stream.
pub const END_STREAM: u8 = 1;
/// A flag: the answer to a ping, or to settings.
pub const ACK: u8 = 1;
/// A flag: the head is whole.
pub const END_HEADERS: u8 = 4;

/// `GET /` of `localhost`, from HPACK's static table.
pub const GET: &[u8] = b"\x82\x86\x84\x41\x09localhost";
/// `POST /upload` of `localhost`.
pub const UPLOAD: &[u8] = b"\x83\x86\x44\x07/upload\x41\x09localhost";
/// `GET /never` of `localhost`.
pub const NEVER: &[u8] = b"\x82\x86\x44\x06/never\x41\x09localhost";
/// `GET /large` of `localhost`.
pub const LARGE: &[u8] = b"\x82\x86\x44\x06/large\x41\x09localhost";

/// What a client begins with, before its settings.
pub const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The bytes of a frame.
///
/// # Panics
/// If the payload is longer than a frame can be.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a length");
    let mut frame = length.to_be_bytes()[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}
