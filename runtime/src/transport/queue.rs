//! What waits for one client, numbered, until it is known to be there.

use std::collections::VecDeque;

use bytes::Bytes;

use crate::socket::{OutboxOptions, Overflow};

/// What a waiting piece costs beside its bytes.
const BOOKKEEPING: usize = 64;

/// Pieces in order, each with a number; bounded in bytes.
#[derive(Default)]
pub(super) struct Queue {
    pieces: VecDeque<Piece>,
    bytes: usize,
    /// The number of the newest piece: pieces are numbered from 1 on.
    newest: u64,
}

struct Piece {
    number: u64,
    bytes: Bytes,
    /// A broadcast: it may be dropped for a newer one.
    droppable: bool,
}

impl Piece {
    fn cost(&self) -> usize {
        self.bytes.len() + BOOKKEEPING
    }
}

/// There is no room, and the connection has to end.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

impl Queue {
    /// Bytes that wait, bookkeeping included.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn newest(&self) -> u64 {
        self.newest
    }

    /// Puts a piece of the socket's own at the end. One may always wait, whatever its size.
    pub(super) fn push(&mut self, bytes: Bytes, limit: usize) -> Result<(), Full> {
        if self.bytes >= limit {
            return Err(Full);
        }
        self.append(bytes, false);
        Ok(())
    }

    /// Puts a broadcast at the end, and says how many had to go for it: it is one of them if nothing older can go.
    /// Pieces up to `seen` have been given to the client, and stay.
    pub(super) fn send(&mut self, bytes: Bytes, options: OutboxOptions, seen: u64) -> Result<usize, Full> {
        let (cost, limit) = (bytes.len() + BOOKKEEPING, options.limit);
        let mut dropped = 0;
        if !self.has_room(cost, limit) {
            if options.overflow == Overflow::Close {
                return Err(Full);
            }
            dropped = self.make_room(cost, limit, seen);
            if !self.has_room(cost, limit) {
                return Ok(dropped + 1);
            }
        }
        self.append(bytes, true);
        Ok(dropped)
    }

    /// The pieces behind a number.
    pub(super) fn after(&self, number: u64) -> impl Iterator<Item = &Bytes> {
        let first = self.pieces.partition_point(|piece| piece.number <= number);
        self.pieces.range(first..).map(|piece| &piece.bytes)
    }

    /// True if there are pieces behind a number.
    pub(super) fn has_after(&self, number: u64) -> bool {
        self.pieces.back().is_some_and(|piece| piece.number > number)
    }

    /// The oldest piece, for good.
    pub(super) fn pop(&mut self) -> Option<Bytes> {
        let piece = self.pieces.pop_front()?;
        self.bytes -= piece.cost();
        self.release();
        Some(piece.bytes)
    }

    /// Forgets all pieces up to a number, and says whether there were any.
    pub(super) fn forget(&mut self, number: u64) -> bool {
        let before = self.bytes;
        while self.pieces.front().is_some_and(|piece| piece.number <= number) {
            self.pop();
        }
        self.bytes < before
    }

    pub(super) fn clear(&mut self) {
        self.forget(u64::MAX);
    }

    /// One may always wait, whatever its size.
    fn has_room(&self, cost: usize, limit: usize) -> bool {
        self.bytes == 0 || self.bytes + cost <= limit
    }

    fn append(&mut self, bytes: Bytes, droppable: bool) {
        self.newest += 1;
        let piece = Piece { number: self.newest, bytes, droppable };
        self.bytes += piece.cost();
        self.pieces.push_back(piece);
    }

    /// Drops the oldest broadcasts until so many bytes fit.
    fn make_room(&mut self, bytes: usize, limit: usize, seen: u64) -> usize {
        let (mut dropped, mut left) = (0, self.bytes);
        self.pieces.retain(|piece| {
            let drop = piece.droppable && piece.number > seen && left + bytes > limit;
            if drop {
                left -= piece.cost();
                dropped += 1;
            }
            !drop
        });
        self.bytes = left;
        dropped
    }

    /// An idle queue holds no memory.
    fn release(&mut self) {
        if self.pieces.is_empty() {
            self.pieces = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests;
