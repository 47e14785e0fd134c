//! The stream under hyper: reports reads and writes to its connection's [`Watch`].

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{
    framing::{Framing, Limits},
    watch::Watch,
};
use crate::stream::Stream;

pub(super) struct Watched {
    pub(super) stream: Stream,
    /// What has been read already: hyper gets it first.
    pub(super) early: Bytes,
    watch: Arc<Watch>,
    framing: Framing,
}

/// Up to this many bytes, copying head and body into one buffer costs less than a vectored write.
pub(super) const SHORT: usize = 1024;

fn flatten<'a>(bufs: &[IoSlice<'_>], short: &'a mut [u8; SHORT]) -> Option<&'a [u8]> {
    let length = bufs.iter().map(|buf| buf.len()).sum();
    let joined = short.get_mut(..length)?;
    gather(bufs, joined);
    Some(joined)
}

/// Fills `gathered` with the first bytes of the slices.
pub(super) fn gather(bufs: &[IoSlice<'_>], mut gathered: &mut [u8]) {
    for buf in bufs {
        let here = buf.len().min(gathered.len());
        let (filled, rest) = gathered.split_at_mut(here);
        filled.copy_from_slice(&buf[..here]);
        gathered = rest;
    }
}

fn write_several(
    stream: &mut Stream,
    cx: &mut Context<'_>,
    bufs: &[IoSlice<'_>],
) -> Poll<io::Result<usize>> {
    let mut short = [0; SHORT];
    match flatten(bufs, &mut short) {
        Some(bytes) => Pin::new(stream).poll_write(cx, bytes),
        None => Pin::new(stream).poll_write_vectored(cx, bufs),
    }
}

impl Watched {
    pub(super) fn new(stream: Stream, watch: Arc<Watch>, limits: Limits) -> Self {
        Watched {
            stream,
            early: Bytes::new(),
            watch,
            framing: Framing::new(limits),
        }
    }

    fn received(&mut self, bytes: &[u8]) {
        self.framing.read(bytes);
        self.watch
            .received(self.framing.is_in_head(), self.framing.malformed());
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        if self.early.is_empty() {
            ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        } else {
            let here = self.early.len().min(buf.remaining());
            buf.put_slice(&self.early.split_to(here));
        }
        let bytes = &buf.filled()[before..];
        if !bytes.is_empty() {
            self.received(bytes);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        let result = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.watch.writing(&result);
        result
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let result = match bufs {
            [head] => Pin::new(&mut self.stream).poll_write(cx, head),
            several => write_several(&mut self.stream, cx, several),
        };
        self.watch.writing(&result);
        result
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
