//! A connected byte stream, whatever it runs over, and how a request's stream changes hands.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::Bytes;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};

/// Any stream that is not one of the kinds with a way of its own.
pub(crate) trait Io: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Io for T {}

/// A connected stream.
pub(crate) enum Stream {
    /// TCP can be written to from any task.
    Tcp(TcpStream),
    /// TLS, a Unix socket, a pair in memory, another server's upgraded connection.
    Other(Box<dyn Io>),
}

/// What takes a connection over after a 101: it is given the bare stream, and the bytes that were read too far.
pub(crate) type Takeover = Box<dyn FnOnce(Stream, Bytes) + Send>;

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

/// A request extension: the other end of the connection that the request came by. A Unix socket has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PeerAddr(pub(crate) std::net::SocketAddr);
