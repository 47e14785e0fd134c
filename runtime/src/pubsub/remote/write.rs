//! Writes what nodes tell each other.

use bytes::{BufMut, Bytes, BytesMut};

use super::{
    Hello, Instance, Letter, Service,
    read::{EXCEPT, VERSION, kind, payload},
};
use crate::pubsub::{broadcast::Broadcast, payload::Payload, subscriber::SubscriberId};

/// The bytes of a letter. A node's name and a version have at most 255 bytes.
pub(in crate::pubsub) fn write(origin: Instance, letter: &Letter) -> Bytes {
    let mut out = BytesMut::with_capacity(18 + length(letter));
    out.put_u8(VERSION);
    out.put_u8(match letter {
        Letter::Broadcast { .. } => kind::BROADCAST,
        Letter::Hello(_) => kind::HELLO,
        Letter::Goodbye => kind::GOODBYE,
        Letter::Gap(_) => kind::GAP,
        Letter::Taken(_) => kind::TAKEN,
        Letter::Served { .. } => kind::SERVED,
    });
    out.put_slice(&origin.0);
    match letter {
        Letter::Broadcast { broadcast, except } => put_broadcast(&mut out, broadcast, *except),
        Letter::Hello(hello) => put_hello(&mut out, hello),
        Letter::Goodbye => {}
        Letter::Gap(topic) => {
            out.put_u8(topic.is_some().into());
            out.put_slice(topic.as_deref().unwrap_or_default().as_bytes());
        }
        Letter::Taken(instance) => out.put_slice(&instance.0),
        Letter::Served {
            service,
            from,
            bytes,
        } => {
            out.put_u8(match service {
                Service::Presence => 1,
            });
            put_short(&mut out, from);
            out.put_slice(bytes);
        }
    }
    out.freeze()
}

fn length(letter: &Letter) -> usize {
    match letter {
        Letter::Broadcast { broadcast, .. } => 17 + broadcast.bytes(),
        Letter::Hello(hello) => 11 + hello.node.len() + hello.version.len(),
        Letter::Goodbye => 0,
        Letter::Gap(topic) => 1 + topic.as_ref().map_or(0, |topic| topic.len()),
        Letter::Taken(_) => 16,
        Letter::Served { from, bytes, .. } => 2 + from.len() + bytes.len(),
    }
}

fn put_broadcast(out: &mut BytesMut, broadcast: &Broadcast, except: Option<SubscriberId>) {
    let (payload, bytes): (_, &[u8]) = match broadcast.payload() {
        Payload::Json(text) => (payload::JSON, text.as_bytes()),
        Payload::Text(text) => (payload::TEXT, text.as_bytes()),
        Payload::Binary(bytes) => (payload::BINARY, bytes),
    };
    out.put_u8(payload | if except.is_some() { EXCEPT } else { 0 });
    if let Some(SubscriberId(id)) = except {
        out.put_u64(id);
    }
    for name in [broadcast.topic(), broadcast.event()] {
        // What is sent is smaller than `max_message`, which `Remote::check` compares.
        out.put_u32(u32::try_from(name.len()).unwrap_or(u32::MAX));
        out.put_slice(name.as_bytes());
    }
    out.put_slice(bytes);
}

fn put_hello(out: &mut BytesMut, hello: &Hello) {
    out.put_u8(hello.asks.into());
    out.put_u64(hello.since);
    put_short(out, &hello.node);
    put_short(out, &hello.version);
}

fn put_short(out: &mut BytesMut, name: &str) {
    let name = name.as_bytes();
    let length = u8::try_from(name.len()).unwrap_or(u8::MAX);
    out.put_u8(length);
    out.put_slice(name.get(..length.into()).unwrap_or(name));
}
