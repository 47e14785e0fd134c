//! Reads what nodes tell each other: input, though of one's own kind.
//!
//! A letter is one byte of its version, one of its kind, sixteen of the sender's run, and what its
//! kind has. Numbers have their high byte first. What stands behind the known fields of a `HELLO`
//! belongs to later versions, and is skipped.

use std::{fmt, str, sync::Arc};

use bytes::{Buf, Bytes};

use super::{Hello, Instance, Letter, Service};
use crate::{
    message::Text,
    pubsub::{broadcast::Broadcast, payload::Payload, subscriber::SubscriberId},
};

/// The version that is written. All up to it are read.
pub(super) const VERSION: u8 = 1;

/// Kinds of letters.
pub(super) mod kind {
    pub(in super::super) const BROADCAST: u8 = 1;
    pub(in super::super) const HELLO: u8 = 2;
    pub(in super::super) const GOODBYE: u8 = 3;
    pub(in super::super) const GAP: u8 = 4;
    pub(in super::super) const TAKEN: u8 = 5;
    pub(in super::super) const SERVED: u8 = 6;
}

/// Kinds of payloads, in the low bits of a broadcast's first byte.
pub(super) mod payload {
    pub(in super::super) const JSON: u8 = 0;
    pub(in super::super) const TEXT: u8 = 1;
    pub(in super::super) const BINARY: u8 = 2;
}

/// The bit of a broadcast's first byte that says that one subscriber does not get it.
pub(super) const EXCEPT: u8 = 0x80;

/// Why a letter is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::pubsub) enum Unreadable {
    /// A later version, or a kind that this one does not know.
    Unknown,
    Malformed,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unreadable::Unknown => "of a later version",
            Unreadable::Malformed => "malformed",
        })
    }
}

/// Reads a letter, and who has written it. What is read shares the memory of `bytes`.
pub(in crate::pubsub) fn read(mut bytes: Bytes) -> Result<(Instance, Letter), Unreadable> {
    let version = bytes.try_get_u8().map_err(malformed)?;
    match version {
        0 => return Err(Unreadable::Malformed),
        1..=VERSION => {}
        _ => return Err(Unreadable::Unknown),
    }
    let kind = bytes.try_get_u8().map_err(malformed)?;
    let origin = instance(&mut bytes)?;
    let letter = match kind {
        kind::BROADCAST => broadcast(bytes)?,
        kind::HELLO => hello(bytes)?,
        kind::GOODBYE => Letter::Goodbye,
        kind::GAP => gap(bytes)?,
        kind::TAKEN => Letter::Taken(instance(&mut bytes)?),
        kind::SERVED => served(bytes)?,
        _ => return Err(Unreadable::Unknown),
    };
    Ok((origin, letter))
}

fn malformed<E>(_: E) -> Unreadable {
    Unreadable::Malformed
}

fn instance(bytes: &mut Bytes) -> Result<Instance, Unreadable> {
    let mut instance = [0; 16];
    bytes.try_copy_to_slice(&mut instance).map_err(malformed)?;
    Ok(Instance(instance))
}

fn broadcast(mut bytes: Bytes) -> Result<Letter, Unreadable> {
    let flags = bytes.try_get_u8().map_err(malformed)?;
    let except = match flags & EXCEPT {
        0 => None,
        _ => Some(SubscriberId(bytes.try_get_u64().map_err(malformed)?)),
    };
    let topic = long(&mut bytes)?;
    let event = long(&mut bytes)?;
    let payload = match flags & !EXCEPT {
        payload::JSON => Payload::Json(Text::try_from(bytes).map_err(malformed)?),
        payload::TEXT => Payload::Text(Text::try_from(bytes).map_err(malformed)?),
        payload::BINARY => Payload::Binary(bytes),
        _ => return Err(Unreadable::Unknown),
    };
    let broadcast = Broadcast::new(text(&topic)?, text(&event)?, payload);
    Ok(Letter::Broadcast { broadcast, except })
}

fn hello(mut bytes: Bytes) -> Result<Letter, Unreadable> {
    let asks = bytes.try_get_u8().map_err(malformed)? & 1 != 0;
    let since = bytes.try_get_u64().map_err(malformed)?;
    Ok(Letter::Hello(Hello {
        asks,
        since,
        node: short(&mut bytes)?,
        version: short(&mut bytes)?,
    }))
}

fn gap(mut bytes: Bytes) -> Result<Letter, Unreadable> {
    Ok(Letter::Gap(
        match bytes.try_get_u8().map_err(malformed)? {
            0 => None,
            1 => Some(text(&bytes)?.into()),
            _ => return Err(Unreadable::Unknown),
        },
    ))
}

fn served(mut bytes: Bytes) -> Result<Letter, Unreadable> {
    let service = match bytes.try_get_u8().map_err(malformed)? {
        1 => Service::Presence,
        _ => return Err(Unreadable::Unknown),
    };
    let from = short(&mut bytes)?;
    Ok(Letter::Served {
        service,
        from,
        bytes,
    })
}

/// Bytes behind their length in four bytes.
fn long(bytes: &mut Bytes) -> Result<Bytes, Unreadable> {
    let length = bytes.try_get_u32().map_err(malformed)? as usize;
    part(bytes, length)
}

/// Text behind its length in one byte.
fn short(bytes: &mut Bytes) -> Result<Arc<str>, Unreadable> {
    let length = bytes.try_get_u8().map_err(malformed)? as usize;
    Ok(text(&part(bytes, length)?)?.into())
}

fn part(bytes: &mut Bytes, length: usize) -> Result<Bytes, Unreadable> {
    if length > bytes.len() {
        return Err(Unreadable::Malformed);
    }
    Ok(bytes.split_to(length))
}

fn text(bytes: &[u8]) -> Result<&str, Unreadable> {
    str::from_utf8(bytes).map_err(malformed)
}
