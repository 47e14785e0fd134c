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

use super::{pulled::Pulled, shared::Shared, stop::StopRequest};
use crate::{body::Body, error::BoxError, handle::Handle};

/// What a socket sends to its client, in the transport's [`Format`](crate::transport::Format),
/// together with what the transport [writes](crate::transport::Driver::write) itself. Dropping this
/// means that the client is gone.
pub struct Outgoing {
    client: Client,
    pulse: Option<Pulse>,
}

/// The client's end of a connection. Dropping it means that the client is gone.
struct Client(Arc<Shared<Pulled>>);

impl Drop for Client {
    fn drop(&mut self) {
        self.0.request_stop(StopRequest::Gone);
    }
}

/// What is sent when nothing else is.
struct Pulse {
    every: Duration,
    bytes: Bytes,
    next: Pin<Box<Sleep>>,
}

impl Outgoing {
    pub(super) fn new(shared: Arc<Shared<Pulled>>) -> Self {
        Outgoing {
            client: Client(shared),
            pulse: None,
        }
    }

    /// Yields `bytes` whenever nothing else was sent for `every`. Proxies close connections that
    /// look idle, and only sending shows that a peer has vanished.
    pub fn keep_alive(mut self, every: Duration, bytes: impl Into<Bytes>) -> Self {
        self.pulse = Some(Pulse {
            every,
            bytes: bytes.into(),
            next: Box::pin(sleep(every)),
        });
        self
    }

    /// The next bytes for the client: one message or several in the transport's format, whole and
    /// in order. `None` once the socket has ended and nothing is left.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<Bytes> {
        poll_fn(|cx| self.poll_next(cx)).await
    }

    /// [`next`](Outgoing::next), for those who write futures by hand.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let next = self.client.0.poll_pop(cx);
        let Some(pulse) = &mut self.pulse else {
            return next;
        };
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

    /// A response body that lasts as long as the connection.
    ///
    /// Whatever the HTTP connection takes of it counts as a sign of life
    /// ([`Driver::touch`](crate::transport::Driver::touch)). When the HTTP connection is gone, the
    /// client is gone.
    pub fn into_body(self) -> Body {
        Body::new(Streamed(self))
    }

    /// Keeps what the socket sends until the client has acknowledged it, for transports whose
    /// clients can lose a response.
    pub fn into_replay(self) -> Replay {
        Replay(self.client)
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing").finish_non_exhaustive()
    }
}

/// A response body that lasts as long as the connection.
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
            self.0.client.0.touch();
        }
        polled.map(|next| next.map(|bytes| Ok(Frame::data(bytes))))
    }
}

/// What a socket sends to its client, numbered from 1, and kept until the client has
/// [acknowledged](Replay::acknowledge) it. A client that asks again gets it again. Dropping this
/// means that the client is gone.
///
/// Everything kept counts as waiting for the client. While it exceeds half of the outbox's limit,
/// callbacks wait. If the client acknowledges nothing for [`TransportOptions::write_timeout`], its
/// connection ends.
///
/// ```
/// use landfall::transport::Replay;
///
/// /// Answers a client that has everything up to a number, when there is more.
/// async fn answer(replay: &Replay, has: u64) -> Option<(String, u64)> {
///     replay.touch();
///     replay.acknowledge(has);
///     let piece = replay.after(has).await?;
///     let lines = piece.messages.iter().map(|message| String::from_utf8_lossy(message));
///     Some((lines.collect(), piece.upto))
/// }
/// ```
///
/// [`TransportOptions::write_timeout`]: crate::transport::TransportOptions::write_timeout
pub struct Replay(Client);

/// What a client has not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unacknowledged {
    /// In the transport's format, in order, each as it was sent.
    pub messages: Vec<Bytes>,
    /// The number of the last of them.
    pub upto: u64,
}

impl Replay {
    /// Waits until something was sent after a number, and returns all of it. `None` once the socket
    /// has ended and there is nothing.
    ///
    /// Only one future can wait at a time: of several, the one polled last is woken.
    ///
    /// # Cancel safety
    /// Nothing is lost when the future is dropped.
    pub async fn after(&self, number: u64) -> Option<Unacknowledged> {
        poll_fn(|cx| self.poll_after(cx, number)).await
    }

    /// [`after`](Replay::after), for those who write futures by hand.
    pub fn poll_after(&self, cx: &mut Context<'_>, number: u64) -> Poll<Option<Unacknowledged>> {
        let polled = self.0.0.poll_after(cx, number);
        polled.map(|found| found.map(|(messages, upto)| Unacknowledged { messages, upto }))
    }

    /// Forgets everything up to a number, because the client has it.
    pub fn acknowledge(&self, number: u64) {
        self.0.0.acknowledge(number);
    }

    /// Records a sign of life of the client: see
    /// [`TransportOptions::timeout`](crate::transport::TransportOptions::timeout).
    pub fn touch(&self) {
        self.0.0.touch();
    }

    /// True once the mount accepts no connections any more, because the endpoint is stopping.
    pub fn is_draining(&self) -> bool {
        self.0.0.context.is_stopping()
    }

    /// The endpoint that the connection belongs to.
    pub fn handle(&self) -> &Handle {
        &self.0.0.context.handle
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay").finish_non_exhaustive()
    }
}
