//! The frames of V2 whose payload is bytes.
//!
//! A byte for the kind, a byte for the length of each field, the fields, the payload:
//!
//! | kind | fields |
//! | --- | --- |
//! | 0, from a client | `join_ref`, `ref`, topic, event |
//! | 0, for one | `join_ref`, topic, event |
//! | 1, reply | `join_ref`, `ref`, topic, status |
//! | 2, broadcast | topic, event |

use bytes::Bytes;

use super::{ClientMessage, Name, NameRef, Ref, Undecodable, Unencodable, json};
use crate::message::{Message, Text};

const PUSH: u8 = 0;
const REPLY: u8 = 1;
const BROADCAST: u8 = 2;

pub(super) fn decode(bytes: Bytes) -> Result<ClientMessage, Undecodable> {
    if bytes.first() != Some(&PUSH) {
        return Err(Undecodable::new("a binary frame that is no push"));
    }
    let truncated = || Undecodable::new("a binary frame that ends early");
    let lengths: [u8; 4] = bytes[1..].first_chunk().copied().ok_or_else(truncated)?;
    let mut rest = bytes.slice(5..);
    if rest.len() < lengths.iter().map(|length| usize::from(*length)).sum() {
        return Err(truncated());
    }
    let [join_ref, reference, topic, event] = lengths.map(|length| rest.split_to(length.into()));
    Ok(ClientMessage {
        join_ref: read_ref(&join_ref),
        reference: read_ref(&reference),
        topic: read_name(topic),
        event: read_name(event),
        payload: rest.into(),
    })
}

fn read_ref(bytes: &[u8]) -> Ref {
    match str::from_utf8(bytes) {
        Ok("") => Ref::NULL,
        Ok(text) => Ref::from(text),
        Err(_) => Ref::from(&*latin1(bytes)),
    }
}

fn read_name(bytes: Bytes) -> Name {
    Text::try_from(bytes.clone()).map(Name::from).unwrap_or_else(|_| {
        let mut quoted = String::new();
        json::push_string(&mut quoted, &latin1(&bytes));
        Name::foreign(quoted)
    })
}

/// How Phoenix's clients wrote text before they learned UTF-8.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

pub(super) fn push(join_ref: &Ref, topic: &str, event: &str, payload: &[u8]) -> Result<Message, Unencodable> {
    join_ref.with_text(|join_ref| {
        frame(PUSH, [("join_ref", join_ref), ("topic", topic), ("event", event)], payload)
    })
}

pub(super) fn reply(
    join_ref: &Ref,
    reference: &Ref,
    topic: NameRef<'_>,
    status: &str,
    payload: &[u8],
) -> Result<Message, Unencodable> {
    let (NameRef::Text(topic) | NameRef::Foreign(topic)) = topic;
    join_ref.with_text(|join_ref| {
        reference.with_text(|reference| {
            let fields = [("join_ref", join_ref), ("ref", reference), ("topic", topic), ("status", status)];
            frame(REPLY, fields, payload)
        })
    })
}

pub(super) fn broadcast(topic: &str, event: &str, payload: &[u8]) -> Result<Message, Unencodable> {
    frame(BROADCAST, [("topic", topic), ("event", event)], payload)
}

fn frame<const N: usize>(
    kind: u8,
    fields: [(&str, &str); N],
    payload: &[u8],
) -> Result<Message, Unencodable> {
    let length = 1 + N + fields.iter().map(|(_, text)| text.len()).sum::<usize>() + payload.len();
    let mut out = Vec::with_capacity(length);
    out.push(kind);
    for (name, text) in fields {
        out.push(u8::try_from(text.len()).map_err(|_| too_long(name, text))?);
    }
    fields.iter().for_each(|(_, text)| out.extend_from_slice(text.as_bytes()));
    out.extend_from_slice(payload);
    Ok(Message::from(out))
}

fn too_long(name: &str, text: &str) -> Unencodable {
    let length = text.len();
    Unencodable::new(format!(
        "unable to convert {name} to binary: it must be less than or equal to 255 bytes, but is {length} bytes"
    ))
}
