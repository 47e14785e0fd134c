//! The state of a TLS connection: what is encrypted and decrypted.

use std::{
    io::{self, IoSlice, Read},
    sync::Arc,
};

use rustls::{
    Error, ServerConfig,
    server::{ServerConnectionData, UnbufferedServerConnection},
    unbuffered::{
        ConnectionState, EncodeError, EncryptError, InsufficientSizeError, UnbufferedStatus,
        WriteTraffic,
    },
};
use tokio::{io::ReadBuf, net::TcpStream};

use super::lent::{Lent, WRITE, lent};

/// The state of a connection besides its socket. While the connection is idle, its buffers take no
/// memory.
pub(super) struct Session {
    pub(super) tls: UnbufferedServerConnection,
    /// The beginning of a record whose rest has not arrived.
    incoming: Vec<u8>,
    /// Decrypted bytes that did not fit into the reader's buffer, and how many of them have been
    /// taken.
    plain: Vec<u8>,
    taken: usize,
    /// Encrypted bytes that the socket has not taken.
    pub(super) outgoing: Vec<u8>,
    /// The last byte of a write was reported as not written, although it is encrypted, so that the
    /// writer waits until the rest of its record is sent. When the writer writes the byte again, it
    /// is reported as written.
    owed: bool,
    /// The client has ended its half of the stream.
    pub(super) ended: bool,
    /// Our half of the stream has ended.
    closed: bool,
}

/// Receives decrypted bytes.
type Sink<'a> = &'a mut dyn FnMut(&[u8]);

impl Session {
    pub(super) fn new(config: Arc<ServerConfig>) -> io::Result<Self> {
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
    pub(super) fn give(&mut self, buf: &mut ReadBuf<'_>) {
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
    pub(super) fn receive(
        &mut self,
        tcp: &TcpStream,
        mut buf: Option<&mut ReadBuf<'_>>,
    ) -> io::Result<()> {
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
    pub(super) fn flush(&mut self, tcp: &TcpStream) -> io::Result<()> {
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
    pub(super) fn write(&mut self, tcp: &TcpStream, slices: &[IoSlice<'_>]) -> io::Result<usize> {
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
    pub(super) fn close(&mut self) -> io::Result<()> {
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
