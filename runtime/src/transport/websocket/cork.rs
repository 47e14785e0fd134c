//! What callbacks push in one turn, gathered for one write.

use std::io::{self, IoSlice};

use bytes::Bytes;

use super::wire::Wire;

/// Payloads from this size on are not copied.
const LARGE: usize = 8 * 1024;
/// Pieces written at once.
const SLICES: usize = 32;
/// A worker does not keep a buffer that has grown beyond this.
const KEEP: usize = 1024 * 1024;

/// What callbacks push in one turn, in order. Lent by the worker.
#[derive(Default)]
pub(super) struct Cork {
    bytes: Vec<u8>,
    /// Large payloads, each with the number of `bytes` before it.
    large: Vec<(usize, Bytes)>,
    /// The length of all of it.
    length: usize,
}

/// A part of what is gathered.
pub(super) enum Part<'a> {
    Copied(&'a [u8]),
    Shared(&'a Bytes),
}

impl Part<'_> {
    fn as_slice(&self) -> &[u8] {
        match self {
            Part::Copied(bytes) => bytes,
            Part::Shared(bytes) => bytes,
        }
    }

    /// Without its first bytes.
    pub(super) fn skip(&self, count: usize) -> Bytes {
        match self {
            Part::Copied(bytes) => Bytes::copy_from_slice(&bytes[count..]),
            Part::Shared(bytes) => bytes.slice(count..),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.as_slice().len()
    }

    pub(super) fn is_shared(&self) -> bool {
        matches!(self, Part::Shared(_))
    }
}

impl Cork {
    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Adds a frame with a payload of its own, as most are.
    #[inline]
    pub(super) fn add_short(&mut self, head: [u8; 2], payload: &[u8]) {
        let length = head.len() + payload.len();
        self.bytes.reserve(length);
        self.bytes.extend_from_slice(&head);
        self.bytes.extend_from_slice(payload);
        self.length += length;
    }

    /// Adds a frame. `shared` gives the payload as shared bytes.
    pub(super) fn add(&mut self, head: &[u8], payload: &[u8], shared: impl FnOnce() -> Bytes) {
        self.bytes.extend_from_slice(head);
        if payload.len() < LARGE {
            self.bytes.extend_from_slice(payload);
        } else {
            self.large.push((self.bytes.len(), shared()));
        }
        self.length += head.len() + payload.len();
    }

    /// All of it, in order.
    pub(super) fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let mut at = 0;
        let with_large = self.large.iter().flat_map(move |(to, payload)| {
            let before = &self.bytes[std::mem::replace(&mut at, *to)..*to];
            [Part::Copied(before), Part::Shared(payload)]
        });
        let last = self.large.last().map_or(0, |(at, _)| *at);
        let parts = with_large.chain([Part::Copied(&self.bytes[last..])]);
        parts.filter(|part| part.len() > 0)
    }

    /// Writes what the stream takes at once.
    pub(super) fn try_write(&self, wire: &impl Wire) -> io::Result<usize> {
        if self.large.is_empty() {
            return wire.try_write(&self.bytes);
        }
        let mut slices = [IoSlice::new(&[]); SLICES];
        let mut count = 0;
        for (slice, part) in slices.iter_mut().zip(self.parts()) {
            *slice = match part {
                Part::Copied(bytes) => IoSlice::new(bytes),
                Part::Shared(bytes) => IoSlice::new(bytes),
            };
            count += 1;
        }
        wire.try_write_vectored(&slices[..count])
    }

    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        if !self.large.is_empty() {
            self.large.clear();
        }
        self.length = 0;
    }

    /// Whether a worker keeps it for the next turn.
    pub(super) fn is_kept(&self) -> bool {
        self.bytes.capacity() <= KEEP
    }
}
