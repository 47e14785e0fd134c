//! A stream that a socket has taken over (RFC 8441).

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Response, StatusCode};
use http_body::Body as _;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::task::TaskTracker;

use super::super::io::{SHORT, gather};
use crate::{
    body::Body,
    plug::plain,
    stream::{HoldsTakeover, Stream, Takeover},
};

/// Keeps the takeover of one request.
#[derive(Default)]
pub(super) struct Offered(Mutex<Option<Takeover>>);

impl Offered {
    fn take(&self) -> Option<Takeover> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl HoldsTakeover for Offered {
    fn put(&self, takeover: Takeover) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(takeover);
    }
}

/// A request that a socket may take over.
pub(super) struct Tunnel {
    pub(super) offered: Arc<Offered>,
    pub(super) stream: OnUpgrade,
    pub(super) tasks: TaskTracker,
}

impl Tunnel {
    /// Hands the stream to the socket that was left in the slot, once the client has its response.
    pub(super) fn open(self, response: Response<Body>) -> Response<Body> {
        let Tunnel {
            offered,
            stream,
            tasks,
        } = self;
        if !response.status().is_success() {
            return response;
        }
        let Some(takeover) = offered.take() else {
            return match response.body().is_end_stream() {
                // The service may have taken the stream itself.
                true => response,
                false => plain(StatusCode::NOT_FOUND),
            };
        };
        tasks.spawn(async move {
            if let Ok(upgraded) = stream.await {
                let stream = Pieces(TokioIo::new(upgraded));
                // The connection holds the client's place for all of its streams.
                let stream = Stream::Other(Box::new(stream));
                tokio::spawn(takeover(stream, Bytes::new(), None));
            }
        });
        response
    }
}

/// The largest write that hyper is given: hyper accepts a whole write of any length.
const PIECE: usize = 16 * 1024;

/// A stream that is written in pieces.
struct Pieces(TokioIo<Upgraded>);

impl AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buf)
    }
}

impl AsyncWrite for Pieces {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, &buf[..buf.len().min(PIECE)])
    }

    /// Writes several slices as one frame.
    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut filled = bufs.iter().filter(|buf| !buf.is_empty());
        let (first, second) = (filled.next(), filled.next());
        match (first, second) {
            (None, _) => self.poll_write(cx, &[]),
            (Some(only), None) => self.poll_write(cx, only),
            (Some(_), Some(_)) => {
                let length: usize = bufs.iter().map(|buf| buf.len()).sum();
                let (mut short, mut long) = ([0; SHORT], Vec::new());
                let length = length.min(PIECE);
                let gathered = match short.get_mut(..length) {
                    Some(short) => short,
                    None => {
                        long.resize(length, 0);
                        &mut long
                    }
                };
                gather(bufs, gathered);
                self.poll_write(cx, gathered)
            }
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}
