//! What comes from one client: bytes into frames, frames into messages (RFC 6455 §5.4).

mod arrived;
mod partial;

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use tokio::io::{AsyncRead, ReadBuf};
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

pub(super) use self::arrived::{Arrived, Ending, Event};
use self::partial::{Partial, message};
use super::{
    deflate::{Deflate, Inflater},
    frame::{self, Head, Violation},
};
use crate::{message::Control as ControlFrame, transport::grow};

/// The maximum number of fragments of a message, including empty ones.
const MAX_FRAGMENTS: u32 = 100_000;

/// The maximum number of bytes that are read while callbacks run.
const AHEAD: usize = 64 * 1024;

/// What a client may send.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) max_frame: usize,
    pub(super) max_message: usize,
    pub(super) deflate: Option<Deflate>,
}

/// What reading ahead has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ahead {
    /// Nothing more has come.
    Quiet,
    /// No more is read ahead: reading cannot show whether the client is still there.
    Full,
    /// The stream has ended.
    End,
}

/// The reading side. It holds bytes only for a head that is not complete, for a message that is
/// not, and what was too much to be taken at once.
#[derive(Default)]
pub(super) struct Incoming {
    rest: Vec<u8>,
    /// `rest` has not been parsed yet: it came with the handshake, while callbacks ran, or behind
    /// many other frames.
    fresh: bool,
    partial: Option<Box<Partial>>,
    inflater: Option<Box<Inflater>>,
}

impl Incoming {
    /// With the bytes that came together with the handshake.
    pub(super) fn new(early: &[u8]) -> Self {
        Incoming {
            rest: early.to_vec(),
            fresh: !early.is_empty(),
            ..Incoming::default()
        }
    }

    /// Reads once, into `scratch`, and takes apart what came; without reading, what is left of an
    /// earlier read.
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        stream: &mut (impl AsyncRead + Unpin),
        scratch: &mut [u8],
        limits: &Limits,
    ) -> Poll<io::Result<Arrived>> {
        let kept = self.rest.len();
        let mut arrived = Arrived::default();
        if self.fresh {
            let mut rest = std::mem::take(&mut self.rest);
            let used = self.take_apart(&mut rest, limits, &mut arrived);
            rest.drain(..used);
            if !self.fresh {
                rest.shrink_to_fit();
            }
            self.rest = rest;
            return Poll::Ready(Ok(arrived));
        }
        let mut buf = ReadBuf::new(scratch);
        buf.put_slice(&self.rest);
        ready!(Pin::new(stream).poll_read(cx, &mut buf))?;
        let filled = buf.filled_mut();
        if filled.len() == kept {
            arrived.ending = Some(Ending::Eof);
            return Poll::Ready(Ok(arrived));
        }
        let used = self.take_apart(filled, limits, &mut arrived);
        if used < filled.len() {
            self.rest.clear();
            self.rest.extend_from_slice(&filled[used..]);
        } else {
            self.rest = Vec::new();
        }
        Poll::Ready(Ok(arrived))
    }

    /// Memory that is held between two reads, but for the inflater's window.
    #[cfg(feature = "fuzzing")]
    pub(super) fn held(&self) -> usize {
        self.rest.capacity()
            + self
                .partial
                .as_ref()
                .map_or(0, |partial| partial.data.capacity())
    }

    /// The next read brings what is left of an earlier one.
    #[cfg(feature = "fuzzing")]
    pub(super) fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// Reads on while callbacks run, so that the end of the stream is found. What came is taken
    /// apart when they are done; no more is read than may wait.
    pub(super) fn read_ahead(
        &mut self,
        cx: &mut Context<'_>,
        stream: &mut (impl AsyncRead + Unpin),
        scratch: &mut [u8],
    ) -> Ahead {
        while self.rest.len() < AHEAD {
            let most = scratch.len().min(AHEAD - self.rest.len());
            let mut buf = ReadBuf::new(&mut scratch[..most]);
            match Pin::new(&mut *stream).poll_read(cx, &mut buf) {
                Poll::Pending => return Ahead::Quiet,
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => {
                    self.rest.extend_from_slice(buf.filled());
                    self.fresh = true;
                }
                Poll::Ready(_) => return Ahead::End,
            }
        }
        Ahead::Full
    }

    /// Parses `bytes`, and returns how many of them need not be kept. Notes whether the others may
    /// contain whole frames.
    fn take_apart(&mut self, bytes: &mut [u8], limits: &Limits, arrived: &mut Arrived) -> usize {
        let used = self
            .frames(bytes, limits, arrived)
            .unwrap_or_else(|violation| {
                arrived.ending = Some(Ending::Violation(violation));
                0
            });
        let used = if arrived.ending.is_some() {
            bytes.len()
        } else {
            used
        };
        self.fresh = used < bytes.len() && arrived.is_full();
        used
    }

    /// Parses frames at the front of `bytes`, and returns their length in bytes.
    fn frames(
        &mut self,
        bytes: &mut [u8],
        limits: &Limits,
        arrived: &mut Arrived,
    ) -> Result<usize, Violation> {
        let mut at = 0;
        loop {
            at += self.go_on(&mut bytes[at..], limits, arrived)?;
            if arrived.is_full() {
                return Ok(at);
            }
            let Some(head) = Head::parse(&bytes[at..], limits.max_frame, limits.deflate.is_some())?
            else {
                return Ok(at);
            };
            let body = at + head.len;
            let whole = bytes.len() - body >= head.payload;
            match head.opcode {
                OpCode::Control(control) => {
                    if !whole {
                        return Ok(at);
                    }
                    let payload = &mut bytes[body..body + head.payload];
                    head.unmask(payload);
                    if self.control(control, payload, arrived)? {
                        return Ok(body + head.payload);
                    }
                    at = body + head.payload;
                }
                OpCode::Data(data) => {
                    self.begin(data, head, limits)?;
                    if whole && head.is_final && data != Data::Continue {
                        let payload = &mut bytes[body..body + head.payload];
                        head.unmask(payload);
                        arrived.push(self.whole(data, &head, payload, limits)?);
                        at = body + head.payload;
                    } else {
                        self.partial(data, head)?;
                        at = body;
                    }
                }
            }
        }
    }

    /// A control frame; true after a close frame.
    fn control(
        &mut self,
        control: Control,
        payload: &[u8],
        arrived: &mut Arrived,
    ) -> Result<bool, Violation> {
        match control {
            Control::Ping => arrived.push(Event::Control(ControlFrame::Ping(
                Bytes::copy_from_slice(payload),
            ))),
            Control::Pong => arrived.push(Event::Control(ControlFrame::Pong(
                Bytes::copy_from_slice(payload),
            ))),
            _ => {
                let (code, text) = frame::parse_close(payload)?;
                arrived.ending = Some(Ending::Close {
                    code,
                    text: text.to_owned(),
                });
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Checks that a data frame may stand here, and how large the message becomes by it.
    fn begin(&self, data: Data, head: Head, limits: &Limits) -> Result<(), Violation> {
        let so_far = match (&self.partial, data) {
            (None, Data::Continue) => return Err(Violation::protocol("nothing to continue")),
            (Some(_), Data::Text | Data::Binary) => {
                return Err(Violation::protocol(
                    "a message begins before the last one has ended",
                ));
            }
            (Some(partial), _) => partial.wire,
            (None, _) => 0,
        };
        if head.payload > limits.max_message.saturating_sub(so_far) {
            return Err(Violation::too_big("the message is too large"));
        }
        Ok(())
    }

    /// A message in one frame that has arrived completely: the common case.
    fn whole(
        &mut self,
        data: Data,
        head: &Head,
        payload: &[u8],
        limits: &Limits,
    ) -> Result<Event, Violation> {
        let payload = match limits.deflate {
            Some(deflate) if head.compressed => self.inflate(&deflate, payload, limits)?,
            _ => Bytes::copy_from_slice(payload),
        };
        message(data == Data::Text, payload)
    }

    /// Notes the head of a frame whose payload is still to come, or is not the whole message.
    fn partial(&mut self, data: Data, head: Head) -> Result<(), Violation> {
        let partial = self.partial.get_or_insert_with(|| {
            Box::new(Partial {
                text: data == Data::Text,
                compressed: head.compressed,
                data: Vec::new(),
                wire: 0,
                checked: 0,
                fragments: 0,
                frame: None,
            })
        });
        partial.wire += head.payload;
        partial.fragments += 1;
        if partial.fragments > MAX_FRAGMENTS {
            return Err(Violation {
                code: 1008,
                text: "the message has too many fragments",
            });
        }
        partial.frame = Some((head, 0));
        Ok(())
    }

    /// Takes what has come of the frame that is not complete.
    fn go_on(
        &mut self,
        bytes: &mut [u8],
        limits: &Limits,
        arrived: &mut Arrived,
    ) -> Result<usize, Violation> {
        let Some(partial) = &mut self.partial else {
            return Ok(0);
        };
        let Some((head, got)) = partial.frame else {
            return Ok(0);
        };
        let count = bytes.len().min(head.payload - got);
        let part = &mut bytes[..count];
        head.unmask_from(part, got);
        let ended = got + count == head.payload;
        match &limits.deflate {
            Some(deflate) if partial.compressed => {
                let (inflater, is_last) = (
                    self.inflater.get_or_insert_default(),
                    ended && head.is_final,
                );
                inflater.inflate_part(
                    deflate,
                    part,
                    is_last,
                    &mut partial.data,
                    limits.max_message,
                )?;
            }
            _ => grow::append(&mut partial.data, part, limits.max_message),
        }
        partial.frame = Some((head, got + count));
        partial.check_text(ended && head.is_final)?;
        if ended {
            partial.frame = None;
            if head.is_final
                && let Some(partial) = self.partial.take()
            {
                arrived.push(message(partial.text, partial.data.into())?);
            }
        }
        Ok(count)
    }

    fn inflate(
        &mut self,
        deflate: &Deflate,
        data: &[u8],
        limits: &Limits,
    ) -> Result<Bytes, Violation> {
        let inflater = self.inflater.get_or_insert_default();
        inflater
            .inflate(deflate, data, limits.max_message)
            .map(Bytes::from)
    }
}

#[cfg(test)]
mod tests;
