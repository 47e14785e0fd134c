//! Follows a connection's requests as they come in: where each begins and ends, and which of them is malformed.
//!
//! hyper's request does not show all of it. A `content-length` that is repeated, or stands beside a `transfer-encoding`, is
//! gone from it, and what is wrong with a body is an error that only its reader gets.

mod chunks;
mod head;

use self::{chunks::Chunks, head::Head};

/// What cannot be a request.
#[derive(Debug, PartialEq, Eq)]
struct Malformed;

/// Limits of the trailers of a chunked body. They are hyper's, so that both reject the same.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) trailers: usize,
    pub(super) trailer_bytes: usize,
}

/// Where in its requests a connection is.
#[derive(Debug)]
pub(super) struct Framing {
    at: At,
    /// Heads that are whole.
    heads: u64,
    malformed: Option<u64>,
    limits: Limits,
}

#[derive(Debug)]
enum At {
    Head(Head),
    /// In a body, with this number of bytes to come.
    Body(u64),
    Chunks(Chunks),
    /// Behind a malformed request: what follows can't be trusted to be one.
    Lost,
}

/// What follows a head.
#[derive(Debug, PartialEq, Eq)]
enum Body {
    Length(u64),
    Chunked,
}

impl Framing {
    pub(super) fn new(limits: Limits) -> Self {
        Framing {
            at: At::Head(Head::new()),
            heads: 0,
            malformed: None,
            limits,
        }
    }

    /// The first malformed request, counted from 0.
    pub(super) fn malformed(&self) -> Option<u64> {
        self.malformed
    }

    /// A request has begun, and its head is not complete.
    pub(super) fn is_in_head(&self) -> bool {
        matches!(&self.at, At::Head(head) if head.has_begun())
    }

    pub(super) fn read(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let step = match &mut self.at {
                At::Head(head) => head.read(&mut bytes).map(|body| {
                    self.heads += 1;
                    body.map(|body| match body {
                        Body::Length(length) => At::Body(length),
                        Body::Chunked => At::Chunks(Chunks::new(self.limits)),
                    })
                }),
                At::Body(0) => Some(Ok(At::Head(Head::new()))),
                At::Body(left) => {
                    let here = usize::try_from(*left)
                        .unwrap_or(usize::MAX)
                        .min(bytes.len());
                    bytes = &bytes[here..];
                    *left -= here as u64;
                    None
                }
                At::Chunks(chunks) => chunks.read(&mut bytes).map(|end| end.map(|()| At::Body(0))),
                At::Lost => return,
            };
            match step {
                None => {}
                Some(Ok(next)) => self.at = next,
                Some(Err(Malformed)) => {
                    self.malformed = Some(self.heads - 1);
                    self.at = At::Lost;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
