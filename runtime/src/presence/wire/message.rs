//! What replicas tell each other, and its bytes.
//!
//! A message is a byte of its version, the name of the presence, the replica that sends it, a byte
//! of its kind, and what its kind has. Numbers and lengths have seven bits in a byte, replicas
//! eight bytes.

use super::{
    super::{
        limits::MAX_NAME,
        seen::{Replica, Seen},
        state::Delta,
    },
    MAX_MESSAGE, delta,
    reader::{Reader, Unreadable},
    seen, writer,
};

/// The version that is written. All up to it are read.
const VERSION: u8 = 1;

mod kind {
    pub(super) const BEAT: u8 = 1;
    pub(super) const CHANGES: u8 = 2;
    pub(super) const ASK: u8 = 3;
    pub(super) const PIECE: u8 = 4;
    pub(super) const GONE: u8 = 5;
}

/// What one replica tells others: always of its own presences.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::presence) enum Message {
    /// It is there, and has counted its changes up to this number.
    Beat { clock: u64 },
    /// What has changed.
    Changes(Delta),
    /// Asks a replica for a piece of what it tracks.
    Ask {
        of: Replica,
        place: Place,
        /// What is known of it, from the place on.
        since: Seen,
    },
    /// Answers.
    Piece {
        /// What was asked for. What it ends with is said now, if it was not.
        place: Place,
        /// Where the next piece begins, if there is one.
        next: Option<u64>,
        delta: Delta,
    },
    /// It has stopped, and never comes back.
    Gone,
}

/// Where a transfer has got to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::presence) struct Place {
    /// The first number that is missing.
    pub(in crate::presence) from: u64,
    /// The last number that it has. It is said with the first piece: 0 before.
    pub(in crate::presence) until: u64,
}

/// Writes what a replica of a presence of this name says.
pub(in crate::presence) fn write(name: &str, from: Replica, message: &Message) -> Vec<u8> {
    let mut out = vec![VERSION];
    writer::text(&mut out, name);
    writer::replica(&mut out, from);
    match message {
        Message::Beat { clock } => {
            out.push(kind::BEAT);
            writer::number(&mut out, *clock);
        }
        Message::Changes(delta) => {
            out.push(kind::CHANGES);
            delta::write(&mut out, delta, from);
        }
        Message::Ask { of, place, since } => {
            out.push(kind::ASK);
            writer::replica(&mut out, *of);
            put_place(&mut out, *place);
            seen::write(&mut out, since, *of);
        }
        Message::Piece { place, next, delta } => {
            out.push(kind::PIECE);
            put_place(&mut out, *place);
            writer::number(&mut out, next.unwrap_or_default());
            delta::write(&mut out, delta, from);
        }
        Message::Gone => out.push(kind::GONE),
    }
    out
}

fn put_place(out: &mut Vec<u8>, place: Place) {
    writer::number(out, place.from);
    writer::number(out, place.until);
}

/// What a message says to a presence of this name, and which replica says it. `None` if it is for
/// another presence.
pub(in crate::presence) fn read_for(
    name: &str,
    bytes: &[u8],
) -> Result<Option<(Replica, Message)>, Unreadable> {
    let (of, bytes) = head(bytes)?;
    (*of == *name).then(|| body(bytes)).transpose()
}

/// The name of the presence that a message is for, the replica that has sent it, and what it says.
#[cfg(any(test, feature = "fuzzing"))]
pub(in crate::presence) fn read(bytes: &[u8]) -> Result<(&str, Replica, Message), Unreadable> {
    let (name, bytes) = head(bytes)?;
    let (from, message) = body(bytes)?;
    Ok((name, from, message))
}

fn head(bytes: &[u8]) -> Result<(&str, Reader<'_>), Unreadable> {
    if bytes.len() > MAX_MESSAGE {
        return Err(Unreadable::Malformed);
    }
    let mut bytes = Reader(bytes);
    match bytes.byte()? {
        0 => return Err(Unreadable::Malformed),
        1..=VERSION => {}
        _ => return Err(Unreadable::Unknown),
    }
    Ok((bytes.text(MAX_NAME)?, bytes))
}

fn body(mut bytes: Reader<'_>) -> Result<(Replica, Message), Unreadable> {
    let from = bytes.replica()?;
    let message = match bytes.byte()? {
        kind::BEAT => Message::Beat {
            clock: bytes.counter()?,
        },
        kind::CHANGES => Message::Changes(delta::read(&mut bytes, from)?),
        kind::ASK => {
            let of = bytes.replica()?;
            Message::Ask {
                of,
                place: place(&mut bytes)?,
                since: seen::read(&mut bytes, of)?,
            }
        }
        kind::PIECE => Message::Piece {
            place: place(&mut bytes)?,
            next: Some(bytes.counter()?).filter(|next| *next > 0),
            delta: delta::read(&mut bytes, from)?,
        },
        kind::GONE => Message::Gone,
        _ => return Err(Unreadable::Unknown),
    };
    if !bytes.0.is_empty() {
        return Err(Unreadable::Malformed);
    }
    Ok((from, message))
}

fn place(bytes: &mut Reader<'_>) -> Result<Place, Unreadable> {
    let (from, until) = (bytes.counter()?, bytes.counter()?);
    Ok(Place { from, until })
}
