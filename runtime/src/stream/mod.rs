//! A connected byte stream, whatever it runs over, and how a request's stream changes hands.

#[cfg(feature = "rustls")]
pub(crate) mod tls;

use std::{
    fmt,
    io::{self, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

#[cfg(feature = "rustls")]
use self::tls::TlsStream;
use crate::places::Place;

/// Any stream that is not one of the kinds with a way of its own.
pub(crate) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// A connected stream.
pub(crate) enum Stream {
    /// TCP can be written to from any task.
    Tcp(TcpStream),
    /// So can TLS over TCP.
    #[cfg(feature = "rustls")]
    Tls(TlsStream),
    /// A Unix socket, a pair in memory, another server's upgraded connection.
    Other(Box<dyn Io>),
}

/// What takes a connection over after a 101: it is given the bare stream, the bytes that were read too far, and the
/// client's place where connections are counted, to be kept as long as the stream.
pub(crate) type Takeover = Box<dyn FnOnce(Stream, Bytes, Option<Place>) + Send>;

/// Where a transport leaves its [`Takeover`]; our own server puts one into each request's extensions.
///
/// A request without one came through somebody else's server, and is upgraded by hyper's means.
#[derive(Clone, Default)]
pub(crate) struct TakeoverSlot(Arc<Mutex<Option<Takeover>>>);

impl TakeoverSlot {
    pub(crate) fn put(&self, takeover: Takeover) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(takeover);
    }

    pub(crate) fn take(&self) -> Option<Takeover> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for TakeoverSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TakeoverSlot")
    }
}

impl Stream {
    /// Finds out by itself whether the stream is of a kind with a way of its own.
    pub(crate) fn new<T: Io + 'static>(io: T) -> Self {
        match crate::cast::cast::<T, TcpStream>(io) {
            Ok(tcp) => Stream::Tcp(tcp),
            Err(io) => Stream::Other(Box::new(io)),
        }
    }

    fn io(&mut self) -> Pin<&mut dyn Io> {
        match self {
            Stream::Tcp(tcp) => Pin::new(tcp),
            #[cfg(feature = "rustls")]
            Stream::Tls(tls) => Pin::new(tls),
            Stream::Other(other) => Pin::new(&mut **other),
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.io().poll_read(cx, buf)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.io().poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.io().poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Stream::Tcp(tcp) => tcp.is_write_vectored(),
            #[cfg(feature = "rustls")]
            Stream::Tls(tls) => tls.is_write_vectored(),
            Stream::Other(other) => other.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io().poll_shutdown(cx)
    }
}
