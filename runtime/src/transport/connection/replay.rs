//! The replay queue: what waits for one client, numbered, until the client has it.

use std::collections::VecDeque;

use bytes::Bytes;

use super::tally::Tally;
use crate::socket::{OutboxOptions, Overflow};

/// What a waiting piece costs on top of its bytes.
const BOOKKEEPING: usize = 64;

/// Pieces in order, each with a number; bounded in bytes as [`Tally`] says.
#[derive(Default)]
pub(super) struct ReplayQueue {
    pieces: VecDeque<Piece>,
    bytes: usize,
    tally: Tally,
    /// The number of the newest piece: pieces are numbered from 1 on.
    newest: u64,
}

struct Piece {
    number: u64,
    bytes: Bytes,
    /// True for a broadcast: it may be dropped for a newer one.
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

impl ReplayQueue {
    /// Bytes that wait, bookkeeping included.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    pub(super) fn newest(&self) -> u64 {
        self.newest
    }

    /// A turn of the socket begins: see [`Tally::begin_turn`].
    pub(super) fn begin_turn(&mut self, limit: usize) {
        self.tally.begin_turn(self.bytes, limit);
    }

    /// Puts a piece of the socket's own at the end, if it may still send this much in its turn.
    pub(super) fn push(&mut self, bytes: Bytes) -> Result<(), Full> {
        if !self.tally.spend(bytes.len() + BOOKKEEPING) {
            return Err(Full);
        }
        self.append(bytes, false);
        Ok(())
    }

    /// Puts the transport's last words at the end.
    pub(super) fn push_last(&mut self, bytes: Bytes) {
        self.append(bytes, false);
    }

    /// Appends a broadcast, and returns how many broadcasts had to be dropped for it. If nothing
    /// older can be dropped, the new one is. Pieces up to number `seen` have been given to the
    /// client, and stay.
    pub(super) fn send(
        &mut self,
        bytes: Bytes,
        options: OutboxOptions,
        seen: u64,
    ) -> Result<usize, Full> {
        let (cost, limit) = (bytes.len() + BOOKKEEPING, options.limit);
        let mut dropped = 0;
        if !self.tally.admits(cost, limit) {
            if options.overflow == Overflow::Close {
                return Err(Full);
            }
            dropped = self.make_room(cost, limit, seen);
            if !self.tally.admits(cost, limit) {
                return Ok(dropped + 1);
            }
        }
        self.append(bytes, true);
        Ok(dropped)
    }

    /// The pieces after a number.
    pub(super) fn after(&self, number: u64) -> impl Iterator<Item = &Bytes> {
        let first = self.pieces.partition_point(|piece| piece.number <= number);
        self.pieces.range(first..).map(|piece| &piece.bytes)
    }

    /// True if there are pieces after a number.
    pub(super) fn has_after(&self, number: u64) -> bool {
        self.pieces
            .back()
            .is_some_and(|piece| piece.number > number)
    }

    /// The oldest piece, for good.
    pub(super) fn pop(&mut self) -> Option<Bytes> {
        let piece = self.pieces.pop_front()?;
        self.bytes -= piece.cost();
        if piece.droppable {
            self.tally.remove(piece.cost());
        }
        self.release();
        Some(piece.bytes)
    }

    /// Forgets all pieces up to a number. True if there were any.
    pub(super) fn forget(&mut self, number: u64) -> bool {
        let before = self.bytes;
        while self
            .pieces
            .front()
            .is_some_and(|piece| piece.number <= number)
        {
            self.pop();
        }
        self.bytes < before
    }

    pub(super) fn clear(&mut self) {
        self.forget(u64::MAX);
    }

    fn append(&mut self, bytes: Bytes, droppable: bool) {
        self.newest += 1;
        let piece = Piece {
            number: self.newest,
            bytes,
            droppable,
        };
        self.bytes += piece.cost();
        if droppable {
            self.tally.add(piece.cost());
        }
        self.pieces.push_back(piece);
    }

    /// Drops the oldest broadcasts until so many bytes fit.
    fn make_room(&mut self, bytes: usize, limit: usize, seen: u64) -> usize {
        let ReplayQueue {
            pieces,
            bytes: left,
            tally,
            ..
        } = self;
        let mut dropped = 0;
        pieces.retain(|piece| {
            let drop = piece.droppable && piece.number > seen && !tally.admits(bytes, limit);
            if drop {
                *left -= piece.cost();
                tally.remove(piece.cost());
                dropped += 1;
            }
            !drop
        });
        dropped
    }

    /// Releases the memory of an empty queue.
    fn release(&mut self) {
        if self.pieces.is_empty() {
            self.pieces = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests;
