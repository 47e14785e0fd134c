//! TLS over TCP. Any task may write, and an idle connection keeps no buffer.

mod lent;
mod session;

use std::{
    fmt,
    io::{self, IoSlice},
    net::Shutdown,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
};

use rustls::{ServerConfig, pki_types::CertificateDer};
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::TcpStream,
};

use self::session::Session;

/// A TLS connection after its handshake. A clone is the same connection. Only one of them may read,
/// and only one may write by `poll`.
#[derive(Clone)]
pub(crate) struct TlsStream(Arc<Shared>);

struct Shared {
    tcp: TcpStream,
    session: Mutex<Session>,
}

impl TlsStream {
    /// Does the handshake. The caller sets the deadline.
    pub(crate) async fn accept(tcp: TcpStream, config: Arc<ServerConfig>) -> io::Result<TlsStream> {
        let mut session = Session::new(config)?;
        loop {
            match session.flush(&tcp) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    tcp.writable().await?;
                    continue;
                }
                flushed => flushed?,
            }
            if !session.tls.is_handshaking() {
                return Ok(TlsStream(Arc::new(Shared {
                    tcp,
                    session: Mutex::new(session),
                })));
            }
            match session.receive(&tcp, None) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => tcp.readable().await?,
                Ok(()) if session.ended => return Err(io::ErrorKind::UnexpectedEof.into()),
                received => received?,
            }
        }
    }

    /// The client's certificate, if it presented one.
    pub(crate) fn peer_certificate(&self) -> Option<CertificateDer<'static>> {
        self.session().tls.peer_certificates()?.first().cloned()
    }

    /// Whether both sides have agreed on HTTP/2.
    #[cfg(feature = "http2")]
    pub(crate) fn speaks_http2(&self) -> bool {
        self.session().tls.alpn_protocol() == Some(b"h2")
    }

    /// Writes what the socket takes at once. Any task may call it.
    pub(crate) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.session().write(&self.0.tcp, &[IoSlice::new(bytes)])
    }

    /// Writes from the task that owns the connection.
    pub(crate) fn poll_send(
        &self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        loop {
            match self.session().write(&self.0.tcp, slices) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
            ready!(self.0.tcp.poll_write_ready(cx))?;
        }
    }

    /// Waits until the socket has taken all encrypted bytes.
    pub(crate) fn poll_drain(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        loop {
            match self.session().flush(&self.0.tcp) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
            ready!(self.0.tcp.poll_write_ready(cx))?;
        }
    }

    /// Ends our half of the stream.
    pub(crate) fn poll_close(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.session().close()?;
        ready!(self.poll_drain(cx))?;
        Poll::Ready(SockRef::from(&self.0.tcp).shutdown(Shutdown::Write))
    }

    /// Whether the client has ended its half of the stream or the whole connection, as far as can
    /// be seen without reading.
    pub(crate) fn has_left(&self) -> bool {
        let ready = pin!(self.0.tcp.ready(Interest::READABLE));
        let ready = ready.poll(&mut Context::from_waker(Waker::noop()));
        matches!(ready, Poll::Ready(Ok(ready)) if ready.is_read_closed())
    }

    pub(crate) fn poll_receive(
        &self,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if !self.session().outgoing.is_empty() {
            // The protocol's own reply, which nothing else would send.
            let _ = self.poll_drain(cx)?;
        }
        let before = buf.filled().len();
        loop {
            let mut session = self.session();
            session.give(buf);
            if buf.filled().len() > before || buf.remaining() == 0 || session.ended {
                return Poll::Ready(Ok(()));
            }
            match session.receive(&self.0.tcp, Some(buf)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
                Ok(()) => continue,
            }
            drop(session);
            ready!(self.0.tcp.poll_read_ready(cx))?;
        }
    }

    fn session(&self) -> MutexGuard<'_, Session> {
        self.0
            .session
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl AsyncRead for TlsStream {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.poll_receive(cx, buf)
    }
}

impl AsyncWrite for TlsStream {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, &[IoSlice::new(buf)])
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.poll_send(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_drain(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_close(cx)
    }
}

impl fmt::Debug for TlsStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TlsStream").field(&self.0.tcp).finish()
    }
}
