//! What is on its way to one client, in order and bounded.

mod backlog;

use std::{
    io,
    task::{Context, Poll},
};

use bytes::Bytes;
use tungstenite::protocol::frame::coding::{Data, OpCode};

use self::backlog::{BOOKKEEPING, Backlog};
use super::{cork::Cork, frame, wire::Wire};
use crate::{
    message::Message,
    socket::{OutboxOptions, Overflow},
    transport::connection::{out::Sent, tally::Tally},
};

/// The queue to one client. Empty, and without memory of its own, while the client takes what is
/// sent.
#[derive(Default)]
pub(super) struct WriteQueue {
    /// `None` while nothing waits.
    backlog: Option<Box<Backlog>>,
    tally: Tally,
    /// While callbacks run: what they push is gathered here, and leaves in one write. Boxed, so
    /// that an idle connection only has room for a pointer.
    cork: Option<Box<Cork>>,
    /// Nothing is accepted any more: a close frame is the last thing queued, or the stream is
    /// broken.
    closed: bool,
}

impl WriteQueue {
    pub(super) fn is_empty(&self) -> bool {
        self.backlog.is_none() && self.gathered() == 0
    }

    /// Bytes that wait.
    pub(super) fn waiting(&self) -> usize {
        self.queued() + self.gathered()
    }

    fn queued(&self) -> usize {
        self.backlog.as_ref().map_or(0, |backlog| backlog.queued())
    }

    fn gathered(&self) -> usize {
        self.cork.as_ref().map_or(0, |cork| cork.len())
    }

    /// Bytes whose memory is held: bytes that wait, and written bytes of a piece that still waits.
    pub(super) fn held(&self) -> usize {
        self.backlog.as_ref().map_or(0, |backlog| backlog.held()) + self.gathered()
    }

    /// Callbacks take a turn: from now on, what they push is gathered in `buffer`.
    pub(super) fn cork(&mut self, buffer: Box<Cork>, limit: usize) {
        self.tally.begin_turn(self.queued(), limit);
        self.cork = Some(buffer);
    }

    /// Writes what was gathered, queues what the stream does not take, and gives the buffer back.
    pub(super) fn uncork(&mut self, wire: Option<&impl Wire>) -> Option<Box<Cork>> {
        let mut cork = self.cork.take()?;
        if !cork.is_empty() {
            if !self.closed {
                let wire = wire.filter(|_| self.backlog.is_none());
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
        let started = written > 0;
        for part in cork.parts() {
            let gone = written.min(part.len());
            written -= gone;
            if gone < part.len() {
                let held = if part.is_shared() { gone } else { 0 };
                let backlog = self.queue(part.skip(gone), false);
                if started {
                    backlog.begins_in_a_frame(held);
                }
            }
        }
    }

    /// Gathers a message in the cork, while less than `most` is held. True if it did: otherwise it
    /// has to be pushed.
    #[inline(always)]
    pub(super) fn gather(&mut self, message: &Message, most: usize) -> bool {
        let held = self.backlog.as_ref().map_or(0, |backlog| backlog.held());
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
            self.tally.begin_turn(self.queued(), limit);
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
        let rest = bytes.slice(written..);
        let mut dropped = 0;
        if !self.admits(&rest, options) {
            match options.overflow {
                Overflow::Close => return Sent::Overflow,
                Overflow::DropOldest => dropped = self.make_room(&rest, options),
            }
        }
        self.spill();
        let backlog = self.queue(rest, true);
        if written > 0 {
            backlog.begins_in_a_frame(written);
        }
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
        while let Some(front) = self.backlog.as_ref().and_then(|backlog| backlog.front()) {
            let length = front.len();
            // The task finds out what is wrong with the stream.
            let written = wire.try_write(front).unwrap_or(0);
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
        if let Some(backlog) = &mut self.backlog {
            backlog.discard(&mut self.tally);
            self.tidy();
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
        while let Some(backlog) = &self.backlog {
            match backlog.poll_write(cx, wire)? {
                Poll::Ready(0) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(written) => {
                    total += written;
                    self.advance(written);
                }
                Poll::Pending => return Ok(total),
            }
        }
        // Pending is fine: the next flush finds the rest.
        if let Poll::Ready(flushed) = wire.poll_flush(cx) {
            flushed?;
        }
        Ok(total)
    }

    fn advance(&mut self, written: usize) {
        if let Some(backlog) = &mut self.backlog {
            backlog.advance(written, &mut self.tally);
            self.tidy();
        }
    }

    /// Frees a backlog in which nothing is left.
    fn tidy(&mut self) {
        self.backlog.take_if(|backlog| backlog.is_empty());
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

    fn queue(&mut self, bytes: Bytes, droppable: bool) -> &mut Backlog {
        let backlog = self.backlog.get_or_insert_default();
        backlog.push(bytes, droppable, &mut self.tally);
        backlog
    }

    /// Drops the oldest broadcasts until this one fits.
    fn make_room(&mut self, bytes: &Bytes, options: OutboxOptions) -> usize {
        let WriteQueue { backlog, tally, .. } = self;
        let most = bytes.len() + BOOKKEEPING;
        let dropped = backlog.as_mut().map_or(0, |backlog| {
            backlog.drop_while(tally, |tally| !tally.admits(most, options.limit))
        });
        self.tidy();
        dropped
    }
}

#[cfg(test)]
mod tests;
