//! permessage-deflate: what is negotiated, and how messages are compressed and inflated (RFC 7692).
//!
//! What we send is compressed without memory of earlier messages, whatever was negotiated: a
//! connection then needs no compressor of its own (each worker thread has one), and one compressed
//! broadcast serves all its subscribers.

use std::cell::RefCell;

use flate2::{Decompress, FlushDecompress, Status};
use http::{HeaderMap, HeaderValue, header::SEC_WEBSOCKET_EXTENSIONS};

use zlib_rs::{DeflateConfig, DeflateFlush};

use super::{compression::Compression, frame::Violation};
use crate::{header, socket::DeflateOptions, transport::grow};

/// The end of each message's data, which is left out on the wire and added back by the receiver
/// (RFC 7692 §7.2.1).
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];
/// The most room that is reserved before anything has been inflated.
const STEP: usize = 64 * 1024;

/// The parameters of one connection (RFC 7692 §7.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Deflate {
    /// Window of what we send, as a power of two: 8 to 15.
    pub(super) server_bits: u8,
    /// The client is told our window: it asked for a size, and an answer without one would decline
    /// the offer; or we need less than the largest.
    server_bits_told: bool,
    server_forgets: bool,
    /// The window of what the client sends. Only a client that offers to be told one is.
    client_bits: Option<u8>,
    /// The client compresses each message by itself.
    client_forgets: bool,
}

impl Deflate {
    /// Accepts the first acceptable offer.
    pub(super) fn negotiate(headers: &HeaderMap, options: &DeflateOptions) -> Option<Deflate> {
        let most = options.window_bits.clamp(9, 15);
        header::list(headers, &SEC_WEBSOCKET_EXTENSIONS)
            .find_map(|offer| Deflate::accept(offer, most))
    }

    /// `most` is the largest window of either side.
    fn accept(offer: &[u8], most: u8) -> Option<Deflate> {
        let (name, parameters) = header::parameters(offer);
        if !name.eq_ignore_ascii_case(b"permessage-deflate") {
            return None;
        }
        let mut deflate = Deflate {
            server_bits: most,
            server_bits_told: most < 15,
            server_forgets: false,
            client_bits: None,
            client_forgets: false,
        };
        let mut seen: Vec<Vec<u8>> = Vec::new();
        for parameter in parameters {
            let name = parameter.name.to_ascii_lowercase();
            match (name.as_slice(), parameter.value.as_deref()) {
                (b"server_no_context_takeover", None) => deflate.server_forgets = true,
                (b"client_no_context_takeover", None) => deflate.client_forgets = true,
                (b"server_max_window_bits", Some(value)) => {
                    deflate.server_bits = window_bits(value)?.min(most);
                    deflate.server_bits_told = true;
                }
                (b"client_max_window_bits", Some(value)) => {
                    deflate.client_bits = Some(window_bits(value)?.min(most))
                }
                (b"client_max_window_bits", None) => deflate.client_bits = Some(most),
                _ => return None,
            }
            if seen.contains(&name) {
                return None;
            }
            seen.push(name);
        }
        Some(deflate)
    }

    /// The answer for the handshake.
    pub(super) fn header(&self) -> HeaderValue {
        let mut text = String::from("permessage-deflate");
        if self.server_forgets {
            text.push_str(";server_no_context_takeover");
        }
        if self.client_forgets {
            text.push_str(";client_no_context_takeover");
        }
        if self.server_bits_told {
            text.push_str(&format!(";server_max_window_bits={}", self.server_bits));
        }
        if let Some(bits) = self.client_bits {
            text.push_str(&format!(";client_max_window_bits={bits}"));
        }
        HeaderValue::try_from(text)
            .unwrap_or_else(|_| HeaderValue::from_static("permessage-deflate"))
    }
}

/// 8 to 15, without leading zeros (RFC 7692 §7.1.2.1).
fn window_bits(value: &[u8]) -> Option<u8> {
    match value {
        [digit @ b'8'..=b'9'] => Some(digit - b'0'),
        [b'1', digit @ b'0'..=b'5'] => Some(10 + digit - b'0'),
        _ => None,
    }
}

thread_local! {
    /// Compressors of this worker, those that were made last behind.
    static COMPRESSORS: RefCell<Vec<(Compression, zlib_rs::Deflate)>> =
        const { RefCell::new(Vec::new()) };
    /// The inflater of all clients that compress each message by itself.
    static INFLATER: RefCell<Option<Decompress>> = const { RefCell::new(None) };
}

/// Compressors that a worker keeps: a mount has one for each window that its clients ask for.
const KEPT: usize = 8;

/// A message's data on the wire; `None` if it is better sent uncompressed.
///
/// zlib has no window of 256 bytes. For a client that asked for one, only messages that fit into it
/// are compressed, so that no distance can be longer.
pub(super) fn deflate(payload: &[u8], compression: Compression) -> Option<Vec<u8>> {
    if compression.level == 0 || compression.window_bits < 9 && payload.len() > 256 {
        return None;
    }
    COMPRESSORS.with_borrow_mut(|compressors| {
        let known = compressors
            .iter()
            .position(|(known, _)| *known == compression);
        let place = known.unwrap_or_else(|| {
            if compressors.len() == KEPT {
                compressors.remove(0);
            }
            compressors.push((compression, compressor(compression)));
            compressors.len() - 1
        });
        let (_, compressor) = compressors.get_mut(place)?;
        compressor.reset();
        compress(compressor, payload)
    })
}

fn compressor(compression: Compression) -> zlib_rs::Deflate {
    zlib_rs::Deflate::new_with_config(DeflateConfig {
        level: compression.level.into(),
        mem_level: compression.memory_level.into(),
        // Below zero: without a header of zlib's own.
        window_bits: -i32::from(compression.window_bits.clamp(9, 15)),
        ..DeflateConfig::default()
    })
}

fn compress(compressor: &mut zlib_rs::Deflate, payload: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0; payload.len() / 2 + 64];
    loop {
        let (read, written) = (compressor.total_in(), compressor.total_out());
        let (input, room) = (
            payload.get(read as usize..)?,
            out.get_mut(written as usize..)?,
        );
        compressor
            .compress(input, room, DeflateFlush::SyncFlush)
            .ok()?;
        let (read, written) = (
            compressor.total_in() as usize,
            compressor.total_out() as usize,
        );
        // Where the room is full, more output may follow.
        if read == payload.len() && written < out.len() {
            out.truncate(written.checked_sub(TAIL.len())?);
            return Some(out);
        }
        out.resize(out.len() + out.len().clamp(64, STEP), 0);
    }
}

/// The inflating side of one connection.
#[derive(Default)]
pub(super) struct Inflater {
    /// Kept from message to message only for clients whose messages refer to earlier ones.
    own: Option<Decompress>,
}

impl Inflater {
    /// Inflates a message. Stops as soon as the output exceeds `limit` bytes, and never reserves
    /// room for more.
    pub(super) fn inflate(
        &mut self,
        deflate: &Deflate,
        data: &[u8],
        limit: usize,
    ) -> Result<Vec<u8>, Violation> {
        if deflate.client_forgets {
            return INFLATER.with_borrow_mut(|shared| {
                let inflater = shared.get_or_insert_with(|| Decompress::new(false));
                inflater.reset(false);
                inflate(inflater, data, limit)
            });
        }
        inflate(self.own(deflate), data, limit)
    }

    /// Inflates a part of a message to the end of `out`, which has what came before it; bounded as
    /// [`inflate`](Inflater::inflate) is.
    pub(super) fn inflate_part(
        &mut self,
        deflate: &Deflate,
        part: &[u8],
        is_last: bool,
        out: &mut Vec<u8>,
        limit: usize,
    ) -> Result<(), Violation> {
        feed(self.own(deflate), part, out, limit)?;
        if is_last {
            feed(self.own(deflate), &TAIL, out, limit)?;
            if deflate.client_forgets {
                self.own = None;
            }
        }
        Ok(())
    }

    /// Its window is no larger than agreed on. zlib has none of 256 bytes.
    fn own(&mut self, deflate: &Deflate) -> &mut Decompress {
        let bits = deflate.client_bits.map_or(15, |bits| bits.max(9));
        self.own
            .get_or_insert_with(|| Decompress::new_with_window_bits(false, bits))
    }
}

fn inflate(inflater: &mut Decompress, data: &[u8], limit: usize) -> Result<Vec<u8>, Violation> {
    let mut out = Vec::new();
    inflate_into(&mut out, inflater, data, limit)?;
    if out.len() < out.capacity() / 2 {
        out.shrink_to_fit();
    }
    Ok(out)
}

/// Inflates a whole message into `out`, which has what came out even after an error.
pub(super) fn inflate_into(
    out: &mut Vec<u8>,
    inflater: &mut Decompress,
    data: &[u8],
    limit: usize,
) -> Result<(), Violation> {
    out.reserve_exact((data.len() * 3).clamp(64, STEP).min(limit + 1));
    feed(inflater, data, out, limit)?;
    feed(inflater, &TAIL, out, limit)
}

fn feed(
    inflater: &mut Decompress,
    mut input: &[u8],
    out: &mut Vec<u8>,
    limit: usize,
) -> Result<(), Violation> {
    loop {
        let (read, written) = (inflater.total_in(), out.len());
        let status = inflater
            .decompress_vec(input, out, FlushDecompress::Sync)
            .map_err(|_| Violation::payload("the message cannot be inflated"))?;
        input = &input[(inflater.total_in() - read) as usize..];
        if out.len() > limit {
            return Err(Violation::too_big("the inflated message is too large"));
        }
        if status == Status::StreamEnd {
            // A sender may end its stream; what follows is a new one (RFC 7692 §7.2.3.4).
            inflater.reset(false);
        }
        if out.len() == out.capacity() {
            // One byte past the limit shows that it is exceeded.
            grow::make_room(out, 1, limit + 1);
        } else if input.is_empty() {
            return Ok(());
        } else if inflater.total_in() == read && out.len() == written && status != Status::StreamEnd
        {
            return Err(Violation::payload("the message cannot be inflated"));
        }
    }
}

#[cfg(test)]
mod tests;
