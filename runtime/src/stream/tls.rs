//! TLS over TCP. Any task may write, and an idle connection keeps no buffer.

use std::{
    cell::Cell,
    fmt,
    io::{self, IoSlice, Read},
    net::Shutdown,
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker, ready},
};

use rustls::{
    Error, ServerConfig,
    pki_types::CertificateDer,
    server::{ServerConnectionData, UnbufferedServerConnection},
    unbuffered::{
        ConnectionState, EncodeError, EncryptError, InsufficientSizeError, UnbufferedStatus,
        WriteTraffic,
    },
};
use socket2::SockRef;
use tokio::{
    io::{AsyncRead, AsyncWrite, Interest, ReadBuf},
    net::TcpStream,
};

/// The maximum number of bytes to read at a time: several records of the maximum size.
const READ: usize = 64 * 1024;
/// The maximum number of bytes to encrypt at a time.
const WRITE: usize = 64 * 1024;
/// Room for that many bytes, with what records add to them.
const ROOM: usize = WRITE + 1024;

thread_local! {
    /// The buffer that this worker thread lends to the connection that reads or writes.
    static LENT: Cell<Option<Box<Lent>>> = const { Cell::new(None) };
}

struct Lent {
    read: Box<[u8]>,
    gathered: Vec<u8>,
    sealed: Vec<u8>,
}

fn lent<T>(use_them: impl FnOnce(&mut Lent) -> T) -> T {
    let fresh = || {
        let (read, sealed) = (vec![0; READ].into(), vec![0; ROOM]);
        Box::new(Lent {
            read,
            gathered: Vec::new(),
            sealed,
        })
    };
    let mut buffers = LENT.take().unwrap_or_else(fresh);
    let result = use_them(&mut buffers);
    LENT.set(Some(buffers));
    result
}

/// A TLS connection after its handshake. A clone is the same connection. Only one of them may read,
/// and only one may write by `poll`.
#[derive(Clone)]
pub(crate) struct TlsStream(Arc<Shared>);

struct Shared {
    tcp: TcpStream,
    session: Mutex<Session>,
}

/// The state of a connection besides its socket. While the connection is idle, its buffers take no
/// memory.
struct Session {
    tls: UnbufferedServerConnection,
    /// The beginning of a record whose rest has not arrived.
    incoming: Vec<u8>,
    /// Decrypted bytes that did not fit into the reader's buffer, and how many of them have been
    /// taken.
    plain: Vec<u8>,
    taken: usize,
    /// Encrypted bytes that the socket has not taken.
    outgoing: Vec<u8>,
    /// The last byte of a write was reported as not written, although it is encrypted, so that the
    /// writer waits until the rest of its record is sent. When the writer writes the byte again, it
    /// is reported as written.
    owed: bool,
    /// The client has ended its half of the stream.
    ended: bool,
    /// Our half of the stream has ended.
    closed: bool,
}

/// Receives decrypted bytes.
type Sink<'a> = &'a mut dyn FnMut(&[u8]);

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

impl Session {
    fn new(config: Arc<ServerConfig>) -> io::Result<Self> {
        Ok(Session {
            tls: UnbufferedServerConnection::new(config).map_err(broken)?,
            incoming: Vec::new(),
            plain: Vec::new(),
            taken: 0,
            outgoing: Vec::new(),
            owed: false,
            ended: false,
            closed: false,
        })
    }

    /// Returns the bytes that an earlier read has left.
    fn give(&mut self, buf: &mut ReadBuf<'_>) {
        if self.plain.is_empty() {
            return;
        }
        let mut left = &self.plain[self.taken..];
        let length = left.len().min(buf.remaining());
        let _ = left.read_exact(buf.initialize_unfilled_to(length));
        buf.advance(length);
        self.taken += length;
        if self.taken == self.plain.len() {
            (self.plain, self.taken) = (Vec::new(), 0);
        }
    }

    /// Reads once from the socket, and decrypts complete records into `buf`. What does not fit goes
    /// into `plain`.
    fn receive(&mut self, tcp: &TcpStream, mut buf: Option<&mut ReadBuf<'_>>) -> io::Result<()> {
        lent(|Lent { read, .. }| {
            let begun = self.incoming.len();
            // A larger record is refused by its header.
            let (kept, room) = read.split_at_mut(begun);
            let length = tcp.try_read(room)?;
            if length == 0 {
                self.ended = true;
                return Ok(());
            }
            kept.copy_from_slice(&self.incoming);
            self.incoming = Vec::new();
            let mut plain = std::mem::take(&mut self.plain);
            let incoming = &mut read[..begun + length];
            let (used, opened) = self.open(incoming, &mut |decrypted| {
                let room = buf
                    .as_ref()
                    .map_or(0, |buf| buf.remaining())
                    .min(decrypted.len());
                let (here, later) = decrypted.split_at(room);
                if let Some(buf) = &mut buf {
                    buf.put_slice(here);
                }
                plain.extend_from_slice(later);
            });
            self.plain = plain;
            self.incoming.extend_from_slice(&incoming[used..]);
            match self.flush(tcp) {
                Err(error) if error.kind() != io::ErrorKind::WouldBlock => opened.and(Err(error)),
                _ => opened,
            }
        })
    }

    /// Processes all complete records. Returns the number of bytes that they took.
    fn open(&mut self, incoming: &mut [u8], sink: Sink<'_>) -> (usize, io::Result<()>) {
        let mut used = 0;
        loop {
            let UnbufferedStatus { discard, state } =
                self.tls.process_tls_records(&mut incoming[used..]);
            used += discard;
            let stepped = match state {
                Ok(ConnectionState::WriteTraffic(_) | ConnectionState::BlockedHandshake) => {
                    return (used, Ok(()));
                }
                Ok(state) => step(state, &mut self.outgoing, &mut self.ended, sink),
                Err(error) => {
                    self.alert(&mut incoming[used..]);
                    Err(broken(error))
                }
            };
            match stepped {
                Ok(Some(more)) => used += more,
                Ok(None) => return (used, Ok(())),
                Err(error) => return (used, Err(error)),
            }
        }
    }

    /// Encrypts the protocol's alert for an error. It is asked once: it would process the same
    /// input again.
    fn alert(&mut self, incoming: &mut [u8]) {
        self.closed = true;
        if let Ok(alert @ ConnectionState::EncodeTlsData(_)) =
            self.tls.process_tls_records(incoming).state
        {
            let _ = step(alert, &mut self.outgoing, &mut self.ended, &mut |_| {});
        }
    }

    /// Calls `use_it` with the state that can encrypt. The protocol may have to send something
    /// first.
    fn sealing(
        &mut self,
        mut use_it: impl FnMut(WriteTraffic<'_, ServerConnectionData>) -> Result<usize, EncryptError>,
    ) -> io::Result<usize> {
        let Session {
            tls,
            incoming,
            plain,
            outgoing,
            ended,
            ..
        } = self;
        loop {
            let UnbufferedStatus { discard, state } = tls.process_tls_records(incoming);
            let (more, sealed) = match state.map_err(broken)? {
                ConnectionState::WriteTraffic(traffic) => (0, Some(use_it(traffic))),
                ConnectionState::BlockedHandshake => return Err(io::ErrorKind::NotConnected.into()),
                state => match step(state, outgoing, ended, &mut |bytes| {
                    plain.extend_from_slice(bytes)
                })? {
                    Some(more) => (more, None),
                    None => return Err(io::ErrorKind::BrokenPipe.into()),
                },
            };
            incoming.drain(..discard + more);
            if let Some(sealed) = sealed {
                return sealed.map_err(io::Error::other);
            }
        }
    }

    /// Writes the encrypted bytes that are left. [`WouldBlock`](io::ErrorKind::WouldBlock) if the
    /// socket does not take all.
    fn flush(&mut self, tcp: &TcpStream) -> io::Result<()> {
        let mut written = 0;
        let result = loop {
            if written == self.outgoing.len() {
                break Ok(());
            }
            match tcp.try_write(&self.outgoing[written..]) {
                Ok(more) => written += more,
                Err(error) => break Err(error),
            }
        };
        match written == self.outgoing.len() {
            true => self.outgoing = Vec::new(),
            false => drop(self.outgoing.drain(..written)),
        }
        result
    }

    /// Encrypts and writes. If the socket does not take everything, at least the last byte is
    /// reported as not written.
    fn write(&mut self, tcp: &TcpStream, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.flush(tcp)?;
        if self.closed {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        lent(
            |Lent {
                 gathered, sealed, ..
             }| {
                let paid = usize::from(self.owed && slices.iter().any(|slice| !slice.is_empty()));
                let bytes = gather(slices, paid, gathered);
                if bytes.is_empty() {
                    self.owed &= paid == 0;
                    return Ok(paid);
                }
                let length = self.sealing(|mut traffic| traffic.encrypt(bytes, sealed))?;
                let sealed = &sealed[..length];
                // The protocol may have had to send something first.
                let written = match self.outgoing.is_empty() {
                    true => tcp.try_write(sealed),
                    false => Err(io::ErrorKind::WouldBlock.into()),
                };
                let written = match written {
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
                    written => written?,
                };
                self.outgoing.extend_from_slice(&sealed[written..]);
                self.owed = written < length && self.flush(tcp).is_err();
                match paid + bytes.len() - usize::from(self.owed) {
                    0 => Err(io::ErrorKind::WouldBlock.into()),
                    done => Ok(done),
                }
            },
        )
    }

    /// Encrypts the `close_notify` alert, once.
    fn close(&mut self) -> io::Result<()> {
        if !std::mem::replace(&mut self.closed, true) {
            let mut notify = [0; 256];
            let length = self.sealing(|mut traffic| traffic.queue_close_notify(&mut notify))?;
            self.outgoing.extend_from_slice(&notify[..length]);
        }
        Ok(())
    }
}

/// Handles a state that neither encrypts nor waits. Returns how many bytes of the input were
/// processed besides those that the status names, or that both sides have ended.
fn step(
    state: ConnectionState<'_, '_, ServerConnectionData>,
    outgoing: &mut Vec<u8>,
    ended: &mut bool,
    sink: Sink<'_>,
) -> io::Result<Option<usize>> {
    let mut discard = 0;
    match state {
        ConnectionState::ReadTraffic(mut traffic) => {
            while let Some(record) = traffic.next_record() {
                let record = record.map_err(broken)?;
                discard += record.discard;
                sink(record.payload);
            }
        }
        ConnectionState::EncodeTlsData(mut data) => {
            let end = outgoing.len();
            if let Err(EncodeError::InsufficientSize(InsufficientSizeError { required_size })) =
                data.encode(&mut [])
            {
                outgoing.resize(end + required_size, 0);
                let length = data
                    .encode(&mut outgoing[end..])
                    .map_err(io::Error::other)?;
                outgoing.truncate(end + length);
            }
        }
        ConnectionState::TransmitTlsData(data) => data.done(),
        // The client has ended its half, but may still read.
        ConnectionState::PeerClosed => *ended = true,
        ConnectionState::Closed => {
            *ended = true;
            return Ok(None);
        }
        // Early data is never enabled.
        _ => return Err(io::ErrorKind::InvalidData.into()),
    }
    Ok(Some(discard))
}

/// The slices as one, without the first `skip` bytes, and at most as many as are encrypted at a
/// time.
fn gather<'a>(slices: &'a [IoSlice<'_>], mut skip: usize, gathered: &'a mut Vec<u8>) -> &'a [u8] {
    let filled = slices.iter().filter(|slice| !slice.is_empty());
    if let (Some(only), None) = (filled.clone().next(), filled.clone().nth(1)) {
        return &only[skip..only.len().min(WRITE)];
    }
    gathered.clear();
    for slice in filled {
        let slice = &slice[skip..];
        skip = 0;
        let room = (WRITE - gathered.len()).min(slice.len());
        gathered.extend_from_slice(&slice[..room]);
    }
    gathered
}

fn broken(error: Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
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
