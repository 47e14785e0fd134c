//! The frame's tag in a body that streams.
//!
//! The tag belongs before the last `</body`, and a stream does not say which one is the last. So
//! what follows a `</body` is held back until another one comes, or the end. It is let go without
//! a tag when more than 64 KiB follow, or when nothing has come for a second: then that was not
//! the last one, such as one in a script, or the page goes on for as long as it is open. If no
//! `</body` is left at the end, the tag is the last of the page, which browsers take as if it stood
//! in the body. A body without `<body` is not changed.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Sleep, sleep};

use crate::{body::Body, error::BoxError};

/// What a page with a frame has.
const BEGIN: &[u8] = b"<body";
const END: &[u8] = b"</body";

/// The maximum of what is held back, in bytes.
const HELD: usize = 64 * 1024;

/// How long it is held back while nothing comes.
const PATIENCE: Duration = Duration::from_secs(1);

/// A page that gets a tag.
pub(super) struct Injected {
    body: Body,
    tag: Bytes,
    /// Not given out yet.
    held: Vec<u8>,
    stage: Stage,
    waits: Option<Pin<Box<Sleep>>>,
    trailers: Option<Frame<Bytes>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// No `<body` so far.
    Head,
    /// Inside of the body. What is held may be the beginning of `</body`.
    Body,
    /// What is held begins with `</body`.
    Candidate,
    /// The end has come.
    Done,
}

impl Injected {
    pub(super) fn new(body: Body, tag: Bytes) -> Self {
        Injected {
            body,
            tag,
            held: Vec::new(),
            stage: Stage::Head,
            waits: None,
            trailers: None,
        }
    }

    /// Takes what has come, and gives out what can stand before the tag.
    fn take(&mut self, data: &[u8]) -> Vec<u8> {
        self.waits = None;
        self.held.extend_from_slice(data);
        if self.stage == Stage::Head && find(&self.held, BEGIN).is_some() {
            self.stage = Stage::Body;
        }
        if self.stage == Stage::Head {
            return self.give(BEGIN);
        }
        if let Some(at) = find_last(&self.held, END) {
            self.stage = Stage::Candidate;
            let rest = self.held.split_off(at);
            let before = std::mem::replace(&mut self.held, rest);
            return match self.held.len() > HELD {
                true => [before, self.let_go()].concat(),
                false => before,
            };
        }
        self.give(END)
    }

    /// Gives out all but what may be the beginning of a word.
    fn give(&mut self, word: &[u8]) -> Vec<u8> {
        let most = self.held.len().min(word.len() - 1);
        let begins = |length: &usize| {
            let tail = self.held.get(self.held.len() - length..).unwrap_or(&[]);
            word.get(..*length)
                .is_some_and(|word| word.eq_ignore_ascii_case(tail))
        };
        let kept = (1..=most).rev().find(begins).unwrap_or(0);
        let rest = self.held.split_off(self.held.len() - kept);
        std::mem::replace(&mut self.held, rest)
    }

    /// Gives up the candidate.
    fn let_go(&mut self) -> Vec<u8> {
        if self.stage == Stage::Candidate {
            self.stage = Stage::Body;
        }
        std::mem::take(&mut self.held)
    }

    /// The rest of the page, with the tag.
    fn finish(&mut self) -> Vec<u8> {
        let rest = std::mem::take(&mut self.held);
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Candidate => [&self.tag, rest.as_slice()].concat(),
            Stage::Body => [rest.as_slice(), &self.tag].concat(),
            Stage::Head | Stage::Done => rest,
        }
    }

    /// What is held when nothing has come for too long.
    fn poll_waits(&mut self, cx: &mut Context<'_>) -> Poll<Vec<u8>> {
        if self.held.is_empty() {
            return Poll::Pending;
        }
        let waits = self.waits.get_or_insert_with(|| Box::pin(sleep(PATIENCE)));
        waits.as_mut().poll(cx).map(|()| {
            self.waits = None;
            self.let_go()
        })
    }
}

/// The first place of a word, in upper or lower case.
fn find(text: &[u8], word: &[u8]) -> Option<usize> {
    let mut windows = text.windows(word.len());
    windows.position(|window| window.eq_ignore_ascii_case(word))
}

/// The last place of a word, in upper or lower case.
fn find_last(text: &[u8], word: &[u8]) -> Option<usize> {
    let mut windows = text.windows(word.len());
    windows.rposition(|window| window.eq_ignore_ascii_case(word))
}

impl HttpBody for Injected {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        loop {
            if self.stage == Stage::Done {
                return Poll::Ready(self.trailers.take().map(Ok));
            }
            let given = match Pin::new(&mut self.body).poll_frame(cx) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => self.take(&data),
                    Err(trailers) => {
                        self.trailers = Some(trailers);
                        self.finish()
                    }
                },
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Some(Err(error))),
                Poll::Ready(None) => self.finish(),
                Poll::Pending => match self.poll_waits(cx) {
                    Poll::Ready(held) => held,
                    Poll::Pending => return Poll::Pending,
                },
            };
            if !given.is_empty() {
                return Poll::Ready(Some(Ok(Frame::data(given.into()))));
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.stage == Stage::Done && self.trailers.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = SizeHint::new();
        hint.set_lower(self.body.size_hint().lower() + self.held.len() as u64);
        hint
    }
}
