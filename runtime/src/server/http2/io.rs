//! The stream under hyper: reports reads and writes to its connection's [`Activity`].

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{activity::Activity, frames::Frames};
use crate::stream::Stream;

/// The maximum size of a write that may hold only the protocol's own answers.
const ANSWERS: usize = 64;

pub(super) struct Followed {
    /// `None` once this is dropped.
    stream: Option<Stream>,
    /// Bytes that were read before the connection was known to be HTTP/2.
    early: Bytes,
    frames: Frames,
    activity: Arc<Activity>,
}

impl Followed {
    pub(super) fn new(stream: Stream, early: Bytes, activity: Arc<Activity>) -> Self {
        let clock = activity.clock();
        Followed {
            stream: Some(stream),
            early,
            frames: Frames::new(clock.now(), clock.limits.second),
            activity,
        }
    }

    fn stream(&mut self) -> io::Result<Pin<&mut Stream>> {
        self.stream
            .as_mut()
            .map(Pin::new)
            .ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    fn received(&mut self, bytes: &[u8]) -> io::Result<()> {
        let (now, responses) = (self.activity.clock().now(), self.activity.finished());
        let read = self.frames.read(bytes, now, responses);
        self.activity.partial(self.frames.partial());
        read.map_err(|flood| {
            tracing::debug!("an HTTP/2 connection ends: too many frames that bring nothing");
            io::Error::other(format!("{flood:?}"))
        })
    }

    fn wrote(&mut self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        self.activity.stall(written.is_pending());
        if let Poll::Ready(Ok(bytes)) = written
            && bytes > ANSWERS
        {
            self.activity.wrote();
            self.frames.wrote(bytes);
        }
        written
    }
}

impl AsyncRead for Followed {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        if self.early.is_empty() {
            ready!(self.stream()?.poll_read(cx, buf))?;
        } else {
            let here = self.early.len().min(buf.remaining());
            buf.put_slice(&self.early[..here]);
            self.early.advance(here);
        }
        Poll::Ready(self.received(&buf.filled()[before..]))
    }
}

impl AsyncWrite for Followed {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream()?.poll_write(cx, buf);
        self.wrote(written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = self.stream()?.poll_write_vectored(cx, bufs);
        self.wrote(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream
            .as_ref()
            .is_some_and(AsyncWrite::is_write_vectored)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(cx)
    }
}

impl Drop for Followed {
    fn drop(&mut self) {
        if let Some(stream) = self.stream.take() {
            self.activity.leave(stream);
        }
    }
}
