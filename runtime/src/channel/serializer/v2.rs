//! Version 2: arrays of five, and binary frames.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, SeqAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    ClientMessage, NameRef, Ref, Serializer, ServerMessage, Undecodable, Unencodable, binary,
    body::Body,
    json::{self, Source, push_name, push_string, string_len},
};
use crate::{
    message::{Message, Text},
    pubsub::Payload,
};

/// The format of `vsn=2.0.0`, which Phoenix's own clients speak.
///
/// Text is a JSON array `[join_ref, ref, topic, event, payload]`, in both directions. A payload of bytes travels in a
/// binary frame, with one byte for the length of each field before it.
///
/// A topic or an event in a binary frame that is not UTF-8 was written by a client that knows Latin-1 only. It is read
/// as a [foreign](super::Name::foreign) name, which matches no channel and is echoed as that client means it.
///
/// ```
/// use landfall::{
///     Message,
///     channel::{Ref, Serializer, ServerMessage, V2},
///     pubsub::Payload,
/// };
///
/// let asked = V2.decode(Message::from(r#"["1","2","room:7","ping",{}]"#)).unwrap();
/// assert_eq!(asked.event.as_str(), Some("ping"));
///
/// let reply = ServerMessage::Reply {
///     join_ref: &asked.join_ref,
///     reference: &asked.reference,
///     topic: asked.topic.borrow(),
///     status: "ok",
///     payload: &Payload::EMPTY,
/// };
/// let sent = V2.encode(&reply).unwrap();
/// assert_eq!(sent.as_text(), Some(r#"["1","2","room:7","phx_reply",{"response":{},"status":"ok"}]"#));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct V2;

impl Serializer for V2 {
    fn decode(&self, message: Message) -> Result<ClientMessage, Undecodable> {
        match message {
            Message::Text(text) => decode_text(&text),
            Message::Binary(bytes) => binary::decode(bytes),
        }
    }

    fn encode(&self, message: &ServerMessage<'_>) -> Result<Message, Unencodable> {
        Ok(match *message {
            ServerMessage::Push { join_ref, topic, event, payload: Payload::Binary(bytes), .. } => {
                binary::push(join_ref, topic, event, bytes)?
            }
            ServerMessage::Push { join_ref, reference, topic, event, payload } => {
                array(join_ref, reference, topic.into(), event, &Body::object(payload)?)
            }
            ServerMessage::Reply { join_ref, reference, topic, status, payload: Payload::Binary(bytes) } => {
                binary::reply(join_ref, reference, topic, status, bytes)?
            }
            ServerMessage::Reply { join_ref, reference, topic, status, payload } => {
                array(join_ref, reference, topic, "phx_reply", &Body::reply(payload, status)?)
            }
            ServerMessage::Broadcast { topic, event, payload: Payload::Binary(bytes) } => {
                binary::broadcast(topic, event, bytes)?
            }
            ServerMessage::Broadcast { topic, event, payload } => {
                array(&Ref::NULL, &Ref::NULL, topic.into(), event, &Body::object(payload)?)
            }
        })
    }

    fn name(&self) -> &'static str {
        "V2"
    }
}

fn array(join_ref: &Ref, reference: &Ref, topic: NameRef<'_>, event: &str, body: &Body<'_>) -> Message {
    let lengths = [
        join_ref.json_len(),
        reference.json_len(),
        json::name_len(topic),
        string_len(event),
        body.json_len(),
    ];
    let mut out = String::with_capacity("[,,,,]".len() + lengths.iter().sum::<usize>());
    out.push('[');
    join_ref.push_json(&mut out);
    out.push(',');
    reference.push_json(&mut out);
    out.push(',');
    push_name(&mut out, topic);
    out.push(',');
    push_string(&mut out, event);
    out.push(',');
    body.push_json(&mut out);
    out.push(']');
    Message::from(out)
}

fn decode_text(text: &Text) -> Result<ClientMessage, Undecodable> {
    let Five([join_ref, reference, topic, event, payload]) =
        serde_json::from_str(text).map_err(|error| json::undecodable(&error, FIVE))?;
    let source = Source(text);
    Ok(ClientMessage {
        join_ref: source.reference(join_ref)?,
        reference: source.reference(reference)?,
        topic: source.name(topic)?,
        event: source.name(event)?,
        payload: source.payload(payload)?,
    })
}

const FIVE: &str = "an array of at least 5 elements";

/// An array of five or more values; what follows the fifth is skipped.
struct Five<'a>([&'a RawValue; 5]);

impl<'de> Deserialize<'de> for Five<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(FiveVisitor)
    }
}

struct FiveVisitor;

impl<'de> Visitor<'de> for FiveVisitor {
    type Value = Five<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(FIVE)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Five<'de>, A::Error> {
        let mut values = [RawValue::NULL; 5];
        for (index, value) in values.iter_mut().enumerate() {
            *value = seq.next_element()?.ok_or_else(|| A::Error::invalid_length(index, &self))?;
        }
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Five(values))
    }
}
