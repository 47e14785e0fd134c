//! What comes from one client: bytes into frames, frames into messages (RFC 6455 §5.4).

mod event;
mod partial;
mod unread;

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};
use tokio::io::{AsyncRead, ReadBuf};
use tungstenite::protocol::frame::coding::{Control, Data, OpCode};

pub(super) use self::{
    event::{Ending, Event},
    unread::Unread,
};
use self::{
    partial::{Partial, message},
    unread::Held,
};
use super::{
    deflate::{Deflate, Inflater},
    frame::{Head, Violation},
    plain::Plain,
};
use crate::{
    message::{Message, Text},
    transport::grow,
};

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
/// not, and what has come behind a callback that has not returned.
#[derive(Default)]
pub(super) struct Incoming {
    kept: Option<Box<Kept>>,
    partial: Option<Box<Partial>>,
    inflater: Option<Box<Inflater>>,
}

/// Bytes that are left of an earlier read.
#[derive(Default)]
struct Kept {
    bytes: Vec<u8>,
    /// So many of them have been taken apart.
    done: usize,
    /// The others have not been looked at yet: they came with the handshake, while callbacks ran,
    /// or behind a message whose callback has not returned.
    fresh: bool,
}

impl Kept {
    /// `None` if nothing is left.
    fn boxed(self) -> Option<Box<Self>> {
        (self.done < self.bytes.len()).then(|| Box::new(self))
    }
}

impl Incoming {
    /// With the bytes that came together with the handshake.
    pub(super) fn new(early: &[u8]) -> Self {
        let kept = Kept {
            bytes: early.to_vec(),
            done: 0,
            fresh: true,
        };
        Incoming {
            kept: kept.boxed(),
            ..Incoming::default()
        }
    }

    /// What is left of an earlier read, if it has not been looked at. What is not taken apart has to
    /// be [kept](Incoming::keep).
    #[inline]
    pub(super) fn left(&mut self) -> Option<Unread<'static>> {
        let kept = self.kept.take_if(|kept| kept.fresh)?;
        Some(Unread {
            bytes: Held::Kept(kept.bytes),
            at: kept.done,
        })
    }

    /// Reads once, into `scratch`, behind what is left of an earlier read. Says how much is there;
    /// 0 at the end of the stream. What is not taken apart has to be [kept](Incoming::keep).
    #[inline]
    pub(super) fn poll_read(
        &mut self,
        cx: &mut Context<'_>,
        stream: &mut (impl AsyncRead + Unpin),
        scratch: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut buf = ReadBuf::new(scratch);
        if let Some(kept) = &self.kept {
            buf.put_slice(&kept.bytes);
        }
        let kept = buf.filled().len();
        ready!(Pin::new(stream).poll_read(cx, &mut buf))?;
        let filled = buf.filled().len();
        Poll::Ready(Ok(if filled == kept { 0 } else { filled }))
    }

    /// Keeps what has not been taken apart. `fresh` says that it may contain whole frames.
    #[inline]
    pub(super) fn keep(&mut self, unread: Unread<'_>, fresh: bool) {
        let is_done = matches!(&unread.bytes, Held::Lent(bytes) if unread.at == bytes.len());
        if !is_done || self.kept.is_some() {
            self.keep_some(unread, fresh);
        }
    }

    fn keep_some(&mut self, unread: Unread<'_>, fresh: bool) {
        let Unread { bytes, at } = unread;
        let (bytes, done) = match bytes {
            Held::Kept(bytes) if fresh => (bytes, at),
            Held::Kept(bytes) => (bytes[at..].to_vec(), 0),
            Held::Lent(bytes) => (bytes[at..].to_vec(), 0),
        };
        self.kept = Kept { bytes, done, fresh }.boxed();
    }

    /// Memory that is held between two reads, but for the inflater's window.
    #[cfg(feature = "fuzzing")]
    pub(super) fn held(&self) -> usize {
        let kept = self.kept.as_ref().map_or(0, |kept| kept.bytes.capacity());
        let partial = self.partial.as_ref();
        kept + partial.map_or(0, |partial| partial.data.capacity())
    }

    /// The next read brings what is left of an earlier one.
    pub(super) fn is_fresh(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.fresh)
    }

    /// Reads on while callbacks run, so that the end of the stream is found. What came is taken
    /// apart when they are done; no more is read than may wait.
    pub(super) fn read_ahead(
        &mut self,
        cx: &mut Context<'_>,
        stream: &mut (impl AsyncRead + Unpin),
        scratch: &mut [u8],
    ) -> Ahead {
        let mut kept = self.kept.take().map_or_else(Kept::default, |kept| *kept);
        kept.bytes.drain(..std::mem::take(&mut kept.done));
        let ahead = loop {
            let most = scratch.len().min(AHEAD.saturating_sub(kept.bytes.len()));
            if most == 0 {
                break Ahead::Full;
            }
            let mut buf = ReadBuf::new(&mut scratch[..most]);
            match Pin::new(&mut *stream).poll_read(cx, &mut buf) {
                Poll::Pending => break Ahead::Quiet,
                Poll::Ready(Ok(())) if !buf.filled().is_empty() => {
                    kept.bytes.extend_from_slice(buf.filled());
                    kept.fresh = true;
                }
                Poll::Ready(_) => break Ahead::End,
            }
        };
        self.kept = kept.boxed();
        ahead
    }

    /// The next message, if it has come in one piece, as most do. Of all others `None` says
    /// nothing. Short messages share the memory of `block`.
    #[inline(always)]
    pub(super) fn next_plain(
        &mut self,
        (bytes, at): (&[u8], &mut usize),
        block: &mut BytesMut,
        limits: &Limits,
    ) -> Option<Message> {
        if self.partial.is_some() {
            return None;
        }
        let bytes = &bytes[*at..];
        let frame = Plain::parse(bytes, limits.max_frame.min(limits.max_message))?;
        let payload = frame.unmasked(bytes, block);
        let message = match frame.is_text {
            true => Message::Text(Text::try_from(payload).ok()?),
            false => Message::Binary(payload),
        };
        *at += frame.len();
        Some(message)
    }

    /// The next message or control frame; `None` if more has to come before there is one.
    pub(super) fn next(
        &mut self,
        (bytes, at): (&mut [u8], &mut usize),
        limits: &Limits,
    ) -> Result<Option<Event>, Ending> {
        loop {
            if self.partial.is_some()
                && let Some(message) = self.go_on(bytes, at, limits)?
            {
                return Ok(Some(message));
            }
            let Some(head) =
                Head::parse(&bytes[*at..], limits.max_frame, limits.deflate.is_some())?
            else {
                return Ok(None);
            };
            let body = &mut bytes[*at + head.len..];
            match head.opcode {
                OpCode::Data(data) => {
                    self.begin(data, head, limits)?;
                    *at += head.len;
                    if head.is_final
                        && data != Data::Continue
                        && let Some(payload) = body.get_mut(..head.payload)
                    {
                        *at += head.payload;
                        return Ok(Some(self.whole(data, &head, payload, limits)?));
                    }
                    self.partial(data, head)?;
                }
                OpCode::Control(control) => {
                    let Some(payload) = body.get_mut(..head.payload) else {
                        return Ok(None);
                    };
                    *at += head.len + head.payload;
                    head.unmask(payload);
                    return Event::of(control, payload).map(Some);
                }
            }
        }
    }

    /// Whether no message comes before the end of the input: a close frame is next, or what is no
    /// frame.
    pub(super) fn ends_here(&self, bytes: &[u8], limits: &Limits) -> bool {
        if self
            .partial
            .as_ref()
            .is_some_and(|partial| partial.frame.is_some())
        {
            return false;
        }
        match Head::parse(bytes, limits.max_frame, limits.deflate.is_some()) {
            Ok(Some(head)) => {
                head.opcode == OpCode::Control(Control::Close)
                    && bytes.len() >= head.len + head.payload
            }
            Ok(None) => false,
            Err(_) => true,
        }
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
        payload: &mut [u8],
        limits: &Limits,
    ) -> Result<Event, Violation> {
        let payload = match limits.deflate {
            Some(deflate) if head.compressed => {
                head.unmask(payload);
                self.inflate(&deflate, payload, limits)?
            }
            _ => head.unmasked(payload).into(),
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

    /// Takes what has come of the frame that is not complete. Gives the message if it is.
    fn go_on(
        &mut self,
        bytes: &mut [u8],
        at: &mut usize,
        limits: &Limits,
    ) -> Result<Option<Event>, Violation> {
        let Some(partial) = &mut self.partial else {
            return Ok(None);
        };
        let Some((head, got)) = partial.frame else {
            return Ok(None);
        };
        let bytes = &mut bytes[*at..];
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
        *at += count;
        if ended {
            partial.frame = None;
            if head.is_final
                && let Some(partial) = self.partial.take()
            {
                return message(partial.text, partial.data.into()).map(Some);
            }
        }
        Ok(None)
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
