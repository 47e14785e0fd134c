//! What is on its way to one client, in order and bounded.

use std::{
    collections::VecDeque,
    io::{self, IoSlice},
    task::{Context, Poll},
};

use bytes::{Buf, Bytes};
use tungstenite::protocol::frame::coding::{Data, OpCode};

use super::{cork::Cork, frame, wire::Wire};
use crate::{
    message::Message,
    socket::{OutboxOptions, Overflow},
    transport::connection::{out::Sent, tally::Tally},
};

/// What a waiting piece costs on top of its bytes.
const BOOKKEEPING: usize = 64;
/// Pieces written at once.
const SLICES: usize = 32;

/// The queue to one client. Empty, and without memory of its own, while the client takes what is
/// sent.
#[derive(Default)]
pub(super) struct WriteQueue {
    queue: VecDeque<Piece>,
    queued: usize,
    tally: Tally,
    /// While callbacks run: what they push is gathered here, and leaves in one write. Boxed, so
    /// that an idle connection only has room for a pointer.
    cork: Option<Box<Cork>>,
    /// The front piece is partly written, and can no longer be dropped.
    started: bool,
    /// Bytes of the front piece that are written. Their memory is freed only when the rest is
    /// written too.
    spent: usize,
    /// Nothing is accepted any more: a close frame is the last thing queued, or the stream is
    /// broken.
    closed: bool,
}

struct Piece {
    bytes: Bytes,
    /// True for a broadcast: it may be dropped for a newer one.
    droppable: bool,
}

impl WriteQueue {
    pub(super) fn is_empty(&self) -> bool {
        self.queue.is_empty() && self.gathered() == 0
    }

    /// Bytes that wait.
    pub(super) fn waiting(&self) -> usize {
        self.queued + self.gathered()
    }

    fn gathered(&self) -> usize {
        self.cork.as_ref().map_or(0, |cork| cork.len())
    }

    /// Bytes whose memory is held: bytes that wait, and written bytes of a piece that still waits.
    pub(super) fn held(&self) -> usize {
        self.waiting() + self.spent
    }

    /// Callbacks take a turn: from now on, what they push is gathered in `buffer`.
    pub(super) fn cork(&mut self, buffer: Box<Cork>, limit: usize) {
        self.tally.begin_turn(self.queued, limit);
        self.cork = Some(buffer);
    }

    /// Writes what was gathered, queues what the stream does not take, and gives the buffer back.
    pub(super) fn uncork(&mut self, wire: Option<&impl Wire>) -> Option<Box<Cork>> {
        let mut cork = self.cork.take()?;
        if !cork.is_empty() {
            if !self.closed {
                let wire = wire.filter(|_| self.queue.is_empty());
                let written = wire.map_or(0, |wire| cork.try_write(wire).unwrap_or(0));
                if written < cork.len() {
                    self.queue_rest(&cork, written);
                }
            }
            cork.clear();
        }
        Some(cork)
    }

    /// Queues what the stream has not taken of what was gathered.
    #[cold]
    fn queue_rest(&mut self, cork: &Cork, mut written: usize) {
        self.started |= written > 0;
        for part in cork.parts() {
            let gone = written.min(part.len());
            written -= gone;
            if gone < part.len() {
                if part.is_shared() {
                    self.spent += gone;
                }
                self.queue(part.skip(gone), false);
            }
        }
    }

    /// Gathers a message in the cork, while less than `most` is held. True if it did: otherwise it
    /// has to be pushed.
    #[inline(always)]
    pub(super) fn gather(&mut self, message: &Message, most: usize) -> bool {
        let held = self.queued + self.spent;
        let Some(cork) = self.cork.as_deref_mut() else {
            return false;
        };
        let (data, payload) = match message {
            Message::Text(text) => (Data::Text, text.as_bytes()),
            Message::Binary(bytes) => (Data::Binary, &bytes[..]),
        };
        if self.closed || held + cork.len() + payload.len() >= most || !self.tally.is_free() {
            return false;
        }
        let opcode = OpCode::Data(data);
        if let Some(head) = frame::short_head(opcode, payload.len()) {
            cork.add_short(head, payload);
        } else {
            let (head, length) = frame::head(opcode, false, payload.len());
            cork.add(&head[..length], payload, || message.clone().into_bytes());
        }
        true
    }

    /// A frame of the connection's own: head and payload.
    pub(super) fn push(&mut self, head: &[u8], payload: Bytes, limit: usize) -> Sent {
        if self.closed {
            return Sent::Done;
        }
        if self.cork.is_none() {
            // Sent from a task that is not the connection's: this counts as a turn of its own.
            self.tally.begin_turn(self.queued, limit);
        }
        if !self.tally.spend(head.len() + payload.len()) {
            return Sent::Overflow;
        }
        if let Some(cork) = self.cork.as_deref_mut() {
            cork.add(head, &payload, || payload.clone());
            return Sent::Done;
        }
        if !head.is_empty() {
            self.queue(Bytes::copy_from_slice(head), false);
        }
        self.queue(payload, false);
        Sent::Queued
    }

    /// Frames that others share, from any task: written at once if nothing waits before them.
    #[inline]
    pub(super) fn send(&mut self, bytes: &Bytes, wire: &impl Wire, options: OutboxOptions) -> Sent {
        if self.closed {
            return Sent::Done;
        }
        let mut written = 0;
        if self.is_empty() && self.cork.is_none() {
            // The task finds out what is wrong with the stream when it reads.
            written = wire.try_write(bytes).unwrap_or(0);
            if written == bytes.len() {
                return Sent::Done;
            }
        }
        self.send_rest(bytes, written, options)
    }

    /// Queues what the stream has not taken of such frames.
    #[cold]
    fn send_rest(&mut self, bytes: &Bytes, written: usize, options: OutboxOptions) -> Sent {
        if written > 0 {
            self.started = true;
            self.spent = written;
        }
        let rest = bytes.slice(written..);
        let mut dropped = 0;
        if !self.admits(&rest, options) {
            match options.overflow {
                Overflow::Close => return Sent::Overflow,
                Overflow::DropOldest => dropped = self.make_room(&rest, options),
            }
        }
        self.spill();
        self.queue(rest, true);
        if dropped > 0 {
            Sent::Dropped(dropped)
        } else {
            Sent::Queued
        }
    }

    /// Whether a broadcast has room.
    pub(super) fn admits(&self, bytes: &Bytes, options: OutboxOptions) -> bool {
        self.tally.admits(bytes.len() + BOOKKEEPING, options.limit)
    }

    /// Writes what the stream takes at once of what waits, and says how many bytes: the
    /// connection's task may not have got round to it.
    pub(super) fn relieve(&mut self, wire: &impl Wire) -> usize {
        let mut total = 0;
        while let Some(front) = self.queue.front() {
            let length = front.bytes.len();
            // The task finds out what is wrong with the stream.
            let written = wire.try_write(&front.bytes).unwrap_or(0);
            total += written;
            self.advance(written);
            if written < length {
                break;
            }
        }
        total
    }

    /// The last frame: nothing is accepted after it.
    pub(super) fn close(&mut self, frame: Bytes) {
        if !self.closed {
            self.spill();
            self.queue(frame, false);
            self.closed = true;
        }
    }

    /// Drops what waits, except a frame that has been partly sent.
    pub(super) fn discard(&mut self) {
        let keep = usize::from(self.started);
        for piece in self.queue.drain(keep.min(self.queue.len())..) {
            self.queued -= piece.cost();
            if piece.droppable {
                self.tally.remove(piece.cost());
            }
        }
        if let Some(cork) = self.cork.as_deref_mut() {
            cork.clear();
        }
    }

    /// Accepts nothing any more, and frees what waits.
    pub(super) fn abandon(&mut self) {
        *self = WriteQueue {
            closed: true,
            ..WriteQueue::default()
        };
    }

    /// Writes what waits, and says how many bytes the stream took. For the rest the task is woken.
    pub(super) fn write(&mut self, cx: &mut Context<'_>, wire: &impl Wire) -> io::Result<usize> {
        let mut total = 0;
        while !self.queue.is_empty() {
            let mut slices = [IoSlice::new(&[]); SLICES];
            let count = self.queue.len().min(SLICES);
            for (slice, piece) in slices.iter_mut().zip(&self.queue) {
                *slice = IoSlice::new(&piece.bytes);
            }
            match wire.poll_write(cx, &slices[..count])? {
                Poll::Ready(0) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(written) => {
                    total += written;
                    self.advance(written);
                }
                Poll::Pending => return Ok(total),
            }
        }
        if self.queue.capacity() > 0 {
            self.queue = VecDeque::new();
            // Pending is fine: the next flush finds the rest.
            if let Poll::Ready(flushed) = wire.poll_flush(cx) {
                flushed?;
            }
        }
        Ok(total)
    }

    fn advance(&mut self, mut written: usize) {
        while let Some(front) = self.queue.front_mut() {
            let whole = written >= front.bytes.len();
            let gone = if whole { front.cost() } else { written };
            self.queued -= gone;
            if front.droppable {
                self.tally.remove(gone);
            }
            if !whole {
                front.bytes.advance(written);
                self.started = written > 0 || self.started;
                self.spent += written;
                return;
            }
            written -= front.bytes.len();
            self.queue.pop_front();
            self.started = false;
            self.spent = 0;
        }
    }

    /// Moves what is gathered into the queue, so that later frames follow it.
    fn spill(&mut self) {
        if let Some(mut cork) = self.cork.take() {
            for part in cork.parts() {
                self.queue(part.skip(0), false);
            }
            cork.clear();
            self.cork = Some(cork);
        }
    }

    fn queue(&mut self, bytes: Bytes, droppable: bool) {
        let piece = Piece { bytes, droppable };
        self.queued += piece.cost();
        if droppable {
            self.tally.add(piece.cost());
        }
        self.queue.push_back(piece);
    }

    /// Drops the oldest broadcasts until this one fits.
    fn make_room(&mut self, bytes: &Bytes, options: OutboxOptions) -> usize {
        let mut dropped = 0;
        let mut place = usize::from(self.started);
        while !self.admits(bytes, options) && place < self.queue.len() {
            if self.queue[place].droppable {
                if let Some(piece) = self.queue.remove(place) {
                    self.queued -= piece.cost();
                    self.tally.remove(piece.cost());
                    dropped += 1;
                }
            } else {
                place += 1;
            }
        }
        dropped
    }
}

impl Piece {
    fn cost(&self) -> usize {
        self.bytes.len() + BOOKKEEPING
    }
}

#[cfg(test)]
mod tests;
