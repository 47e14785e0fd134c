//! A file as a body. It is read in pieces, as fast as the client takes them.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::task::JoinHandle;

use crate::body::Body;

/// Bytes that are read at a time. A client that does not read holds no more than this in memory.
const PIECE: u64 = 64 * 1024;

/// The bytes of a file from `start` on. The first of them are read at once. Blocks.
pub(super) fn body(mut file: File, start: u64, length: u64) -> io::Result<Body> {
    if start > 0 {
        file.seek(SeekFrom::Start(start))?;
    }
    let first = length.min(PIECE);
    let (file, piece) = read(file, room(first), first)?;
    if length <= PIECE {
        return Ok(Body::from(piece));
    }
    Ok(Body::new(Pieces {
        state: State::Read(file, piece),
        left: length,
    }))
}

struct Pieces {
    state: State,
    left: u64,
}

enum State {
    Read(File, Bytes),
    Idle(File),
    Reading(JoinHandle<io::Result<(File, Bytes)>>),
    /// Everything was read, or reading failed.
    Done,
}

impl HttpBody for Pieces {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        let mut reading = match std::mem::replace(&mut self.state, State::Done) {
            State::Done => return Poll::Ready(None),
            State::Read(file, piece) => return Poll::Ready(Some(Ok(self.give(file, piece)))),
            State::Reading(reading) => reading,
            State::Idle(file) => {
                // Allocated where it is freed: the allocator keeps memory for each thread, and there
                // are many that may read.
                let length = self.left.min(PIECE);
                let room = room(length);
                tokio::task::spawn_blocking(move || read(file, room, length))
            }
        };
        let Poll::Ready(read) = Pin::new(&mut reading).poll(cx) else {
            self.state = State::Reading(reading);
            return Poll::Pending;
        };
        let (file, piece) = read.map_err(io::Error::other)??;
        Poll::Ready(Some(Ok(self.give(file, piece))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.state, State::Done)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

impl Pieces {
    fn give(&mut self, file: File, piece: Bytes) -> Frame<Bytes> {
        self.left -= piece.len() as u64;
        if self.left > 0 {
            self.state = State::Idle(file);
        }
        Frame::data(piece)
    }
}

fn room(length: u64) -> Vec<u8> {
    Vec::with_capacity(usize::try_from(length).unwrap_or_default())
}

/// The next bytes of a file. It is an error if the file has become shorter: its length has already
/// been sent.
fn read(mut file: File, mut room: Vec<u8>, length: u64) -> io::Result<(File, Bytes)> {
    let came = (&mut file).take(length).read_to_end(&mut room)? as u64;
    if came < length {
        return Err(io::Error::new(
            io::ErrorKind::UnexpectedEof,
            "the file has become shorter",
        ));
    }
    Ok((file, room.into()))
}
