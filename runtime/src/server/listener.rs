//! Where connections come from.

#[cfg(unix)]
use std::path::{Path, PathBuf};
#[cfg(feature = "rustls")]
use std::sync::Arc;
use std::{
    future::poll_fn,
    io,
    net::SocketAddr,
    task::{Context, Poll, ready},
    time::Duration,
};

use socket2::{SockRef, TcpKeepalive};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpSocket, TcpStream},
};

#[cfg(unix)]
use super::claim::Claim;
#[cfg(feature = "rustls")]
use super::tls::Tls;
use crate::{address::Address, stream::Stream};

/// A source of connections for a server.
///
/// An error does not end the server. It accepts again, after a pause unless the client caused the
/// error.
pub trait Listener: Send + 'static {
    /// A connection.
    type Io: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// The next connection, and the client's address if it has one. Dropping the future does not
    /// lose a connection.
    fn accept(&mut self)
    -> impl Future<Output = io::Result<(Self::Io, Option<SocketAddr>)>> + Send;

    /// The address on which it listens.
    ///
    /// # Errors
    /// If the operating system cannot tell.
    fn local_addr(&self) -> io::Result<Address>;
}

impl Listener for TcpListener {
    type Io = TcpStream;

    async fn accept(&mut self) -> io::Result<(TcpStream, Option<SocketAddr>)> {
        let (stream, peer) = TcpListener::accept(self).await?;
        let _ = stream.set_nodelay(true);
        Ok((stream, Some(peer)))
    }

    fn local_addr(&self) -> io::Result<Address> {
        TcpListener::local_addr(self).map(Address::Tcp)
    }
}

/// The protocol of connections under HTTP.
#[derive(Clone, Debug, Default)]
pub(crate) enum Layer {
    #[default]
    Plain,
    #[cfg(feature = "rustls")]
    Tls(Arc<Tls>),
}

impl Layer {
    /// Takes over the settings of the other layer, for later connections.
    pub(crate) fn follow(&self, next: &Layer) {
        #[cfg(feature = "rustls")]
        if let (Layer::Tls(tls), Layer::Tls(next)) = (self, next) {
            tls.follow(next);
        }
        #[cfg(not(feature = "rustls"))]
        let _ = next;
    }
}

/// A listener of the operating system.
#[derive(Debug)]
pub(crate) struct Bound {
    socket: Socket,
    hold: Hold,
}

#[derive(Debug)]
enum Socket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(tokio::net::UnixListener, Address),
}

/// What a listener keeps besides its socket, until it is dropped.
#[derive(Debug)]
enum Hold {
    Nothing,
    /// The file of a Unix socket.
    #[cfg(unix)]
    File(PathBuf),
    /// The right to a socket that was handed over.
    #[cfg(unix)]
    Claim(#[expect(dead_code, reason = "it is held")] Claim),
}

impl Bound {
    /// The maximum number of connections that wait to be accepted. The kernel may allow fewer.
    const BACKLOG: u32 = 4096;

    /// Listens on a TCP port. For port 0, the operating system chooses one. An IPv6 address accepts
    /// IPv4 connections too, unless it is `ipv6_only`.
    pub(crate) fn tcp(address: SocketAddr, ipv6_only: bool) -> io::Result<Self> {
        let socket = if address.is_ipv4() {
            TcpSocket::new_v4()?
        } else {
            let socket = TcpSocket::new_v6()?;
            SockRef::from(&socket).set_only_v6(ipv6_only)?;
            socket
        };
        #[cfg(not(windows))]
        socket.set_reuseaddr(true)?;
        keep_alive(SockRef::from(&socket))?;
        socket.set_nodelay(true)?;
        socket.bind(address)?;
        let socket = Socket::Tcp(socket.listen(Self::BACKLOG)?);
        Ok(Bound {
            socket,
            hold: Hold::Nothing,
        })
    }

    /// Listens on a Unix socket. A stale socket of an earlier server is replaced.
    #[cfg(unix)]
    pub(crate) fn unix(path: &Path) -> io::Result<Self> {
        remove_stale(path)?;
        let listener = tokio::net::UnixListener::bind(path)?;
        Ok(Bound {
            socket: Socket::Unix(listener, Address::Unix(path.to_owned())),
            hold: Hold::File(path.to_owned()),
        })
    }

    /// Listens on a TCP socket that was handed over.
    #[cfg(unix)]
    pub(super) fn handed_tcp(listener: std::net::TcpListener, claim: Claim) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let socket = SockRef::from(&listener);
        socket.set_tcp_nodelay(true)?;
        keep_alive(socket)?;
        Ok(Bound {
            socket: Socket::Tcp(TcpListener::from_std(listener)?),
            hold: Hold::Claim(claim),
        })
    }

    /// Listens on a Unix socket that was handed over.
    #[cfg(unix)]
    pub(super) fn handed_unix(
        listener: std::os::unix::net::UnixListener,
        address: Address,
        claim: Claim,
    ) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::UnixListener::from_std(listener)?;
        Ok(Bound {
            socket: Socket::Unix(listener, address),
            hold: Hold::Claim(claim),
        })
    }

    pub(super) fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<Accepted>> {
        match &self.socket {
            Socket::Tcp(listener) => {
                let (stream, peer) = ready!(listener.poll_accept(cx))?;
                // On Linux a connection has its listener's options.
                #[cfg(not(target_os = "linux"))]
                {
                    let _ = stream.set_nodelay(true);
                    let _ = keep_alive(SockRef::from(&stream));
                }
                Poll::Ready(Ok((Stream::Tcp(stream), Some(as_itself(peer)))))
            }
            #[cfg(unix)]
            Socket::Unix(listener, _) => {
                let (stream, _) = ready!(listener.poll_accept(cx))?;
                Poll::Ready(Ok((Stream::Other(Box::new(stream)), None)))
            }
        }
    }
}

/// A connection, and the client's address if it has one.
pub(super) type Accepted = (Stream, Option<SocketAddr>);

/// The client's address, as IPv4 if it is mapped into IPv6. Clients of a socket for both have such
/// addresses.
fn as_itself(peer: SocketAddr) -> SocketAddr {
    SocketAddr::new(peer.ip().to_canonical(), peer.port())
}

/// TCP keepalive: a peer that is gone without a FIN is noticed after two minutes.
fn keep_alive(socket: SockRef<'_>) -> io::Result<()> {
    const QUIET: Duration = Duration::from_secs(60);
    const BETWEEN: Duration = Duration::from_secs(15);

    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(QUIET).with_interval(BETWEEN))
}

/// Removes a socket that refuses connections. Anything else at its path stays, and fails `bind`.
#[cfg(unix)]
fn remove_stale(path: &Path) -> io::Result<()> {
    use std::os::unix::{fs::FileTypeExt, net::UnixStream};

    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|file| file.file_type().is_socket());
    let refused =
        || UnixStream::connect(path).is_err_and(|e| e.kind() == io::ErrorKind::ConnectionRefused);
    if is_socket && refused() {
        std::fs::remove_file(path)
    } else {
        Ok(())
    }
}

impl Listener for Bound {
    type Io = Stream;

    async fn accept(&mut self) -> io::Result<Accepted> {
        poll_fn(|cx| self.poll_accept(cx)).await
    }

    fn local_addr(&self) -> io::Result<Address> {
        match &self.socket {
            Socket::Tcp(listener) => listener.local_addr().map(Address::Tcp),
            #[cfg(unix)]
            Socket::Unix(_, address) => Ok(address.clone()),
        }
    }
}

impl Drop for Bound {
    fn drop(&mut self) {
        match &self.hold {
            Hold::Nothing => {}
            #[cfg(unix)]
            Hold::File(path) => {
                let _ = std::fs::remove_file(path);
            }
            #[cfg(unix)]
            Hold::Claim(_) => {}
        }
    }
}
