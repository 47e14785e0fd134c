//! Follows the incoming requests of a connection: where each begins and ends, and which one is
//! malformed.
//!
//! The request of hyper does not show this. hyper removes a `content-length` that is repeated, or
//! that is beside a `transfer-encoding`. Only the reader of a body gets its errors.

mod chunks;
mod head;
mod limits;

pub(super) use self::limits::Limits;
use self::{
    chunks::Chunks,
    head::{Body, Head, Malformed},
};

/// The position of a connection in its requests.
#[derive(Debug)]
pub(super) struct Framing {
    at: At,
    /// The number of complete heads.
    heads: u64,
    malformed: Option<u64>,
    limits: Limits,
}

#[derive(Debug)]
enum At {
    Head(Head),
    /// In a body, with N bytes left.
    Body(u64),
    Chunks(Chunks),
    /// After a malformed request: the bytes after it may not be a request.
    Lost,
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

    /// The number of the first malformed request, counted from 0.
    pub(super) fn malformed(&self) -> Option<u64> {
        self.malformed
    }

    /// Whether a request has begun whose head is incomplete.
    pub(super) fn is_in_head(&self) -> bool {
        matches!(&self.at, At::Head(head) if head.has_begun())
    }

    pub(super) fn read(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let step = match &mut self.at {
                At::Head(head) => head.read(&mut bytes).map(|body| {
                    self.heads += 1;
                    body.map(|body| match body {
                        // Most have none.
                        Body::Length(0) => At::Head(Head::new()),
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
