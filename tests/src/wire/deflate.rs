//! The payloads of permessage-deflate (RFC 7692 §7.2).

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};

/// The tail that RFC 7692 removes from every message.
const TAIL: [u8; 4] = [0, 0, 0xff, 0xff];
/// The largest message. A larger one counts as broken.
const LIMIT: usize = 64 << 20;

/// Inflates the messages of one direction, in order.
#[derive(Debug)]
pub struct Inflater {
    stream: Decompress,
    keep_context: bool,
}

impl Inflater {
    /// With or without the context of earlier messages.
    pub fn new(keep_context: bool) -> Self {
        Inflater {
            stream: Decompress::new(false),
            keep_context,
        }
    }

    /// The message behind a payload; `None` if the payload is broken.
    pub fn inflate(&mut self, payload: &[u8]) -> Option<Vec<u8>> {
        if !self.keep_context {
            self.stream.reset(false);
        }
        let input = [payload, &TAIL].concat();
        let (mut out, start) = (Vec::new(), self.stream.total_in());
        loop {
            out.reserve(out.len().max(1024));
            let used = usize::try_from(self.stream.total_in() - start).ok()?;
            let status = self
                .stream
                .decompress_vec(&input[used..], &mut out, FlushDecompress::Sync)
                .ok()?;
            let read = self.stream.total_in() - start == input.len() as u64;
            if status == Status::StreamEnd || (read && out.len() < out.capacity()) {
                return Some(out);
            }
            if out.len() > LIMIT {
                return None;
            }
        }
    }
}

/// Deflates the messages of one direction, in order.
#[derive(Debug)]
pub struct Deflater(Compress);

impl Default for Deflater {
    fn default() -> Self {
        Deflater(Compress::new(Compression::best(), false))
    }
}

impl Deflater {
    /// The payload of a message.
    pub fn deflate(&mut self, message: &[u8]) -> Vec<u8> {
        if message.is_empty() {
            return vec![0];
        }
        let (mut out, start) = (Vec::new(), self.0.total_in());
        loop {
            out.reserve(1024);
            let used = (self.0.total_in() - start) as usize;
            let done = self
                .0
                .compress_vec(&message[used..], &mut out, FlushCompress::Sync);
            if done.is_err() || out.len() < out.capacity() {
                out.truncate(out.len().saturating_sub(TAIL.len()));
                return out;
            }
        }
    }
}
