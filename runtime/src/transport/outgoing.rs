//! What a socket sends, for the transport that carries it.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame};
use tokio::time::{Instant, Sleep, sleep};

use super::{ask::Ask, line::Line};
use crate::{body::Body, error::BoxError};

/// What a socket sends to its client, in the transport's [`Format`](super::Format), and what the transport
/// [writes](super::Driver::write) itself. Dropping it says that the client is gone.
pub struct Outgoing {
    line: Arc<Line>,
    pulse: Option<Pulse>,
}

/// What is sent when nothing else is.
struct Pulse {
    every: Duration,
    bytes: Bytes,
    next: Pin<Box<Sleep>>,
}

impl Outgoing {
    pub(super) fn new(line: Arc<Line>) -> Self {
        Outgoing { line, pulse: None }
    }

    /// Gives these bytes whenever nothing else came for so long: proxies end connections that look idle, and a peer that
    /// vanished is only found by sending.
    pub fn keep_alive(mut self, every: Duration, bytes: impl Into<Bytes>) -> Self {
        self.pulse = Some(Pulse { every, bytes: bytes.into(), next: Box::pin(sleep(every)) });
        self
    }

    /// The next bytes for the client: one message or several in the transport's format, whole and in order. `None` once
    /// the socket has ended and nothing is left.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Bytes> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// [`next`](Outgoing::next), for those who write futures by hand.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let next = self.line.poll_pop(cx);
        let Some(pulse) = &mut self.pulse else { return next };
        let next = match next {
            Poll::Ready(next) => next,
            Poll::Pending => {
                ready!(pulse.next.as_mut().poll(cx));
                Some(pulse.bytes.clone())
            }
        };
        pulse.next.as_mut().reset(Instant::now() + pulse.every);
        Poll::Ready(next)
    }

    /// The body of a response that goes on as long as the connection.
    ///
    /// Whatever the HTTP connection takes of it is a sign of life ([`Driver::hear`](super::Driver::hear)). Once the HTTP
    /// connection is gone, the client is.
    pub fn into_body(self) -> Body {
        Body::new(Streamed(self))
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        self.line.ask(Ask::Gone);
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").finish_non_exhaustive()
    }
}

/// The body of a response that goes on.
struct Streamed(Outgoing);

impl HttpBody for Streamed {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let polled = self.0.poll_next(cx);
        if polled.is_ready() {
            self.0.line.hear();
        }
        polled.map(|next| next.map(|bytes| Ok(Frame::data(bytes))))
    }
}
