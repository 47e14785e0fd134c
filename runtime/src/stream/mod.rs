//! A connected byte stream of any kind, and how a transport takes it over from a request.

#[cfg(feature = "rustls")]
pub(crate) mod tls;

use std::{
    fmt,
    io::{self, IoSlice},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

#[cfg(feature = "rustls")]
use self::tls::TlsStream;
use crate::{cast::cast, places::Place};

/// Any stream that has no variant of its own.
pub(crate) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// A connected stream.
pub(crate) enum Stream {
    /// TCP. Any task may write.
    Tcp(TcpStream),
    /// TLS over TCP. Any task may write.
    #[cfg(feature = "rustls")]
    Tls(TlsStream),
    /// A Unix socket, a connection in memory, or another server's upgraded connection.
    Other(Box<dyn Io>),
}

/// Takes a connection over after a 101. It is given the bare stream, the bytes that were read
/// ahead, and the client's place among the counted connections, which it holds as long as the
/// stream.
pub(crate) type Takeover = Box<dyn FnOnce(Stream, Bytes, Option<Place>) -> Taken + Send>;

/// What has taken a connection over: the connection's task goes on with it.
pub(crate) type Taken = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Where a transport leaves its [`Takeover`]. Our own server puts a slot into the extensions of
/// each request that asks for an upgrade.
///
/// A request without a slot came through another server, and is upgraded with hyper.
#[derive(Clone)]
pub(crate) struct TakeoverSlot(Arc<dyn HoldsTakeover>);

/// What keeps a [`Takeover`] until the response is sent.
pub(crate) trait HoldsTakeover: Send + Sync {
    fn put(&self, takeover: Takeover);
}

impl TakeoverSlot {
    pub(crate) fn of(holder: Arc<dyn HoldsTakeover>) -> Self {
        TakeoverSlot(holder)
    }

    pub(crate) fn put(&self, takeover: Takeover) {
        self.0.put(takeover);
    }
}

impl fmt::Debug for TakeoverSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TakeoverSlot")
    }
}

impl Stream {
    /// Finds out whether the stream is of a kind that has a variant of its own.
    pub(crate) fn new<T: Io + 'static>(io: T) -> Self {
        cast::<T, Stream>(io)
            .or_else(|io| cast::<T, TcpStream>(io).map(Stream::Tcp))
            .unwrap_or_else(|io| Stream::Other(Box::new(io)))
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
