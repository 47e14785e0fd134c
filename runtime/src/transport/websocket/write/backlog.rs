//! What the stream to one client has not taken yet.

use std::{
    collections::VecDeque,
    io::{self, IoSlice},
    task::{Context, Poll},
};

use bytes::{Buf, Bytes};

use crate::transport::{connection::tally::Tally, websocket::wire::Wire};

/// What a waiting piece costs on top of its bytes.
pub(super) const BOOKKEEPING: usize = 64;
/// Pieces written at once.
const SLICES: usize = 32;

/// What the stream to one client has not taken yet.
#[derive(Default)]
pub(super) struct Backlog {
    pieces: VecDeque<Piece>,
    /// What the pieces cost.
    queued: usize,
    /// The front piece is partly written, and can no longer be dropped.
    started: bool,
    /// Bytes of the front piece that are written. Their memory is freed only when the rest is
    /// written too.
    spent: usize,
}

struct Piece {
    bytes: Bytes,
    /// True for a broadcast: it may be dropped for a newer one.
    droppable: bool,
}

impl Piece {
    fn cost(&self) -> usize {
        self.bytes.len() + BOOKKEEPING
    }
}

impl Backlog {
    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// What the pieces cost.
    pub(super) fn queued(&self) -> usize {
        self.queued
    }

    /// What the pieces cost, and written bytes of a piece that still waits.
    pub(super) fn held(&self) -> usize {
        self.queued + self.spent
    }

    pub(super) fn front(&self) -> Option<&[u8]> {
        self.pieces.front().map(|front| &front.bytes[..])
    }

    pub(super) fn push(&mut self, bytes: Bytes, droppable: bool, tally: &mut Tally) {
        let piece = Piece { bytes, droppable };
        self.queued += piece.cost();
        if droppable {
            tally.add(piece.cost());
        }
        self.pieces.push_back(piece);
    }

    /// The front piece is the rest of one of which the stream has taken so many bytes, whose memory
    /// is still held.
    pub(super) fn begins_in_a_frame(&mut self, held: usize) {
        self.started = true;
        self.spent += held;
    }

    /// Writes what the stream takes, many pieces at once.
    pub(super) fn poll_write(
        &self,
        cx: &mut Context<'_>,
        wire: &impl Wire,
    ) -> Poll<io::Result<usize>> {
        let mut slices = [IoSlice::new(&[]); SLICES];
        let count = self.pieces.len().min(SLICES);
        for (slice, piece) in slices.iter_mut().zip(&self.pieces) {
            *slice = IoSlice::new(&piece.bytes);
        }
        wire.poll_write(cx, &slices[..count])
    }

    /// So many bytes are written.
    pub(super) fn advance(&mut self, mut written: usize, tally: &mut Tally) {
        while let Some(front) = self.pieces.front_mut() {
            let whole = written >= front.bytes.len();
            let gone = if whole { front.cost() } else { written };
            self.queued -= gone;
            if front.droppable {
                tally.remove(gone);
            }
            if !whole {
                front.bytes.advance(written);
                self.started |= written > 0;
                self.spent += written;
                return;
            }
            written -= front.bytes.len();
            self.pieces.pop_front();
            self.started = false;
            self.spent = 0;
        }
    }

    /// Drops all pieces but one that is partly written.
    pub(super) fn discard(&mut self, tally: &mut Tally) {
        let keep = usize::from(self.started).min(self.pieces.len());
        for piece in self.pieces.drain(keep..) {
            self.queued -= piece.cost();
            if piece.droppable {
                tally.remove(piece.cost());
            }
        }
    }

    /// Drops the oldest broadcasts as long as the tally wants it. Says how many.
    pub(super) fn drop_while(
        &mut self,
        tally: &mut Tally,
        wanted: impl Fn(&Tally) -> bool,
    ) -> usize {
        let mut dropped = 0;
        let mut place = usize::from(self.started);
        while wanted(tally) && place < self.pieces.len() {
            if !self.pieces[place].droppable {
                place += 1;
            } else if let Some(piece) = self.pieces.remove(place) {
                self.queued -= piece.cost();
                tally.remove(piece.cost());
                dropped += 1;
            }
        }
        dropped
    }
}
