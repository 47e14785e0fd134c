//! The two ways to write to a client: straight to its TCP socket from any task, or by the
//! connection's own task.

use std::{
    io::{self, IoSlice},
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, Waker, ready},
};

use socket2::SockRef;
use tokio::{
    io::{AsyncRead, Interest, ReadBuf},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

use crate::stream::Io;
#[cfg(feature = "rustls")]
use crate::stream::tls::TlsStream;

/// The writing half of a stream, shared by the connection's task and by those who broadcast.
pub(super) trait Wire: Send + Unpin + 'static {
    type Read: Readable;

    /// Writes what the stream takes at once; [`WouldBlock`](io::ErrorKind::WouldBlock) if the task
    /// has to do it.
    fn try_write(&self, bytes: &[u8]) -> io::Result<usize>;

    /// Writes several pieces.
    fn try_write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let mut total = 0;
        for slice in slices {
            let written = match self.try_write(slice) {
                Err(error) if total == 0 => return Err(error),
                written => written.unwrap_or(0),
            };
            total += written;
            if written < slice.len() {
                break;
            }
        }
        Ok(total)
    }

    /// Writes from the connection's task.
    fn poll_write(&self, cx: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>>;

    /// Flushes what was written.
    fn poll_flush(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Tells the client that nothing more comes.
    fn poll_shutdown(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>>;

    /// Gives up this half. The stream is closed once the reading half is dropped too.
    fn release(self)
    where
        Self: Sized,
    {
    }

    /// Whether the client has ended its half of the stream, or all of it, as far as that shows
    /// without reading.
    fn has_left(&self) -> bool {
        false
    }
}

/// The reading half of a stream.
pub(super) trait Readable: AsyncRead + Send + Unpin + 'static {
    /// Whether there may be more to read, or the end. If not, the task is woken once there is. It
    /// costs less than to read in vain.
    fn poll_more(&self, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

/// A read that did not fill its buffer has emptied the socket, and the runtime knows.
impl Readable for OwnedReadHalf {
    fn poll_more(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.as_ref().poll_read_ready(cx).map(drop)
    }
}

#[cfg(feature = "rustls")]
impl Readable for TlsStream {}

impl Readable for OtherRead {}

/// TCP, with the direct way.
pub(super) struct TcpWire(OwnedWriteHalf);

impl TcpWire {
    pub(super) fn split(stream: TcpStream) -> (OwnedReadHalf, TcpWire) {
        let (read, write) = stream.into_split();
        (read, TcpWire(write))
    }
}

impl Wire for TcpWire {
    type Read = OwnedReadHalf;

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        self.0.try_write(bytes)
    }

    fn try_write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.try_write_vectored(slices)
    }

    fn poll_write(&self, cx: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        loop {
            ready!(self.0.as_ref().poll_write_ready(cx))?;
            match self.0.try_write_vectored(slices) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return Poll::Ready(done),
            }
        }
    }

    fn poll_flush(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(&self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(SockRef::from(self.0.as_ref()).shutdown(std::net::Shutdown::Write))
    }

    /// Closing the stream ends both directions, without a call for this one.
    fn release(self) {
        self.0.forget();
    }

    /// Not a system call: the kernel has already notified the runtime.
    fn has_left(&self) -> bool {
        let ready = pin!(self.0.ready(Interest::READABLE));
        let ready = ready.poll(&mut Context::from_waker(Waker::noop()));
        matches!(ready, Poll::Ready(Ok(ready)) if ready.is_read_closed())
    }
}

/// TLS over TCP, with the direct way too: its lock is held for as long as encrypting takes.
#[cfg(feature = "rustls")]
impl Wire for TlsStream {
    type Read = TlsStream;

    fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        TlsStream::try_write(self, bytes)
    }

    fn poll_write(&self, cx: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        self.poll_send(cx, slices)
    }

    fn poll_flush(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_drain(cx)
    }

    fn poll_shutdown(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_close(cx)
    }

    fn has_left(&self) -> bool {
        TlsStream::has_left(self)
    }
}

/// Any other stream: only the connection's task writes.
pub(super) struct OtherWire(Shared);

/// The reading half of any other stream.
pub(super) struct OtherRead(Shared);

type Shared = Arc<Mutex<Box<dyn Io>>>;

impl OtherWire {
    pub(super) fn split(stream: Box<dyn Io>) -> (OtherRead, OtherWire) {
        let shared = Arc::new(Mutex::new(stream));
        (OtherRead(shared.clone()), OtherWire(shared))
    }
}

fn poll_locked<T>(shared: &Shared, poll: impl FnOnce(Pin<&mut dyn Io>) -> T) -> T {
    let mut stream = shared.lock().unwrap_or_else(PoisonError::into_inner);
    poll(Pin::new(&mut **stream))
}

impl Wire for OtherWire {
    type Read = OtherRead;

    fn try_write(&self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::WouldBlock.into())
    }

    fn poll_write(&self, cx: &mut Context<'_>, slices: &[IoSlice<'_>]) -> Poll<io::Result<usize>> {
        poll_locked(&self.0, |stream| stream.poll_write_vectored(cx, slices))
    }

    fn poll_flush(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        poll_locked(&self.0, |stream| stream.poll_flush(cx))
    }

    fn poll_shutdown(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        poll_locked(&self.0, |stream| stream.poll_shutdown(cx))
    }
}

impl AsyncRead for OtherRead {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        poll_locked(&self.0, |stream| stream.poll_read(cx, buf))
    }
}
