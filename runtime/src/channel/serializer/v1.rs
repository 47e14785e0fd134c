//! Version 1: objects.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, IgnoredAny, MapAccess, Visitor},
};
use serde_json::value::RawValue;

use super::{
    ClientMessage, NameRef, Ref, Serializer, ServerMessage, Undecodable,
    body::Body,
    json::{self, Source, Value, push_name},
    quoted::{push_string, string_len},
};
use crate::message::EncodeError;
use crate::message::{Message, Text};

/// The format of `vsn=1.0.0`, and of clients that do not send `vsn`.
///
/// A message is a JSON object: `{"topic", "event", "payload", "ref"}`. Clients may add
/// `"join_ref"`; the server never does. It cannot carry bytes. JSON in a binary message is read,
/// too.
///
/// ```
/// use landfall::{
///     Message,
///     channel::{Serializer, ServerMessage, V1},
///     pubsub::Payload,
/// };
///
/// let news = ServerMessage::Broadcast { topic: "room:7", event: "news", payload: &Payload::EMPTY };
/// let sent = V1.encode(&news).unwrap();
/// assert_eq!(sent.as_text(), Some(r#"{"event":"news","payload":{},"ref":null,"topic":"room:7"}"#));
///
/// let incomplete = V1.decode(Message::from(r#"{"topic":"room:7","event":"ping","payload":{}}"#));
/// assert_eq!(incomplete.unwrap_err().to_string(), "missing key \"ref\"");
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct V1;

impl Serializer for V1 {
    fn decode(&self, message: Message) -> Result<ClientMessage, Undecodable> {
        match message {
            Message::Text(text) => decode_text(&text),
            Message::Binary(bytes) => decode_text(
                &Text::try_from(bytes).map_err(|_| Undecodable::new("text that is not UTF-8"))?,
            ),
        }
    }

    fn encode(&self, message: &ServerMessage<'_>) -> Result<Message, EncodeError> {
        Ok(match *message {
            ServerMessage::Push {
                reference,
                topic,
                event,
                payload,
                ..
            } => object(reference, topic.into(), event, &Body::object(payload)?),
            ServerMessage::Reply {
                reference,
                topic,
                status,
                payload,
                ..
            } => object(
                reference,
                topic,
                "phx_reply",
                &Body::reply(payload, status)?,
            ),
            ServerMessage::Broadcast {
                topic,
                event,
                payload,
            } => object(&Ref::NULL, topic.into(), event, &Body::object(payload)?),
        })
    }

    fn check(&self, message: &ServerMessage<'_>) -> Result<(), EncodeError> {
        Body::of(message).map(drop)
    }

    fn name(&self) -> &'static str {
        "V1"
    }
}

fn object(reference: &Ref, topic: NameRef<'_>, event: &str, body: &Body<'_>) -> Message {
    let lengths = [
        reference.json_len(),
        json::name_len(topic),
        string_len(event),
        body.json_len(),
    ];
    let fixed = r#"{"event":,"payload":,"ref":,"topic":}"#.len();
    let mut out = String::with_capacity(fixed + lengths.iter().sum::<usize>());
    out.push_str(r#"{"event":"#);
    push_string(&mut out, event);
    out.push_str(r#","payload":"#);
    body.push_json(&mut out);
    out.push_str(r#","ref":"#);
    reference.push_json(&mut out);
    out.push_str(r#","topic":"#);
    push_name(&mut out, topic);
    out.push('}');
    Message::from(out)
}

fn decode_text(text: &Text) -> Result<ClientMessage, Undecodable> {
    let fields: Fields<'_> =
        serde_json::from_str(text).map_err(|error| json::undecodable(&error, OBJECT))?;
    let source = Source(text);
    Ok(ClientMessage {
        topic: source.name(Value::of(required(fields.topic, "topic")?))?,
        event: source.name(Value::of(required(fields.event, "event")?))?,
        payload: source.payload(required(fields.payload, "payload")?),
        reference: source.reference(Value::of(required(fields.reference, "ref")?))?,
        join_ref: source.reference(Value::of(fields.join_ref.unwrap_or(RawValue::NULL).get()))?,
    })
}

fn required<'a>(value: Option<&'a RawValue>, key: &str) -> Result<&'a str, Undecodable> {
    match value {
        Some(value) => Ok(value.get()),
        None => Err(Undecodable::new(format!("missing key \"{key}\""))),
    }
}

const OBJECT: &str = "an object";

/// The keys that are read. Of two alike the later counts.
#[derive(Default)]
struct Fields<'a> {
    topic: Option<&'a RawValue>,
    event: Option<&'a RawValue>,
    payload: Option<&'a RawValue>,
    reference: Option<&'a RawValue>,
    join_ref: Option<&'a RawValue>,
}

impl<'de> Deserialize<'de> for Fields<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(OBJECT)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
        let mut fields = Fields::default();
        while let Some(key) = map.next_key()? {
            let field = match key {
                Key::Topic => &mut fields.topic,
                Key::Event => &mut fields.event,
                Key::Payload => &mut fields.payload,
                Key::Ref => &mut fields.reference,
                Key::JoinRef => &mut fields.join_ref,
                Key::Other => {
                    map.next_value::<IgnoredAny>()?;
                    continue;
                }
            };
            *field = Some(map.next_value()?);
        }
        Ok(fields)
    }
}

enum Key {
    Topic,
    Event,
    Payload,
    Ref,
    JoinRef,
    Other,
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_identifier(KeyVisitor)
    }
}

struct KeyVisitor;

impl Visitor<'_> for KeyVisitor {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Key, E> {
        Ok(match key {
            "topic" => Key::Topic,
            "event" => Key::Event,
            "payload" => Key::Payload,
            "ref" => Key::Ref,
            "join_ref" => Key::JoinRef,
            _ => Key::Other,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::pubsub::Payload;

    fn decode(message: impl Into<Message>) -> ClientMessage {
        V1.decode(message.into()).expect("a message")
    }

    fn refused(message: impl Into<Message>) -> String {
        V1.decode(message.into())
            .expect_err("no message")
            .to_string()
    }

    fn encode(message: ServerMessage<'_>) -> String {
        V1.encode(&message)
            .expect("encodable")
            .as_text()
            .expect("text")
            .to_owned()
    }

    const JOIN: &str =
        r#" {"topic":"room:lobby","event":"phx_join","payload":{},"ref":"1","join_ref":"4"} "#;

    #[test]
    fn clients_of_phoenix() {
        for join in [decode(JOIN), decode(JOIN.as_bytes().to_vec())] {
            assert_eq!(
                (join.join_ref, join.reference),
                (Ref::from("4"), Ref::from("1"))
            );
            assert_eq!(
                (join.topic.as_str(), join.event.as_str()),
                (Some("room:lobby"), Some("phx_join"))
            );
            assert_eq!(join.payload, Payload::EMPTY);
        }
        let heartbeat =
            decode(r#"{"topic":"phoenix","event":"heartbeat","payload":{"x":1},"ref":7}"#);
        assert_eq!(
            (heartbeat.join_ref, heartbeat.reference),
            (Ref::NULL, Ref::from(7))
        );
    }

    #[test]
    fn keys_may_be_escaped_repeated_and_unknown() {
        let text = r#"{"x":[{}],"\u0074opic":"a","event":null,"topic":"b","payload":[1],"join_ref":null,"ref":{"b":2}}"#;
        let message = decode(text);
        assert_eq!(
            (message.topic.as_str(), message.event.as_str()),
            (Some("b"), None)
        );
        assert_eq!(
            (message.payload.as_text(), &*message.reference.to_json()),
            (Some("[1]"), r#"{"b":2}"#)
        );
    }

    #[test]
    fn every_key_but_join_ref_is_needed() {
        let whole = json!({"topic": "t", "event": "e", "payload": {}, "ref": null});
        decode(&*whole.to_string());
        for key in ["topic", "event", "payload", "ref"] {
            let mut part = whole.clone();
            part.as_object_mut().expect("an object").remove(key);
            assert_eq!(
                refused(&*part.to_string()),
                format!("missing key \"{key}\"")
            );
        }
    }

    #[test]
    fn other_shapes_are_refused_without_quoting_them() {
        for shape in [
            "1",
            "null",
            "\"secret\"",
            "[]",
            r#"["1","1","secret","phx_join",{}]"#,
        ] {
            assert_eq!(refused(shape), "expected an object", "{shape}");
        }
        for text in [
            "",
            "{",
            r#"{"secret"}"#,
            r#"{"secret":1}}"#,
            r#"{"topic":"secret"#,
        ] {
            assert!(!refused(text).contains("secret"), "{text}");
        }
        assert_eq!(refused(vec![0xff]), "text that is not UTF-8");
        refused(vec![0, 1]);
    }

    #[test]
    fn servers_never_name_the_join() {
        let (join_ref, reference, payload) = (&Ref::from("4"), &Ref::from(7), &Payload::EMPTY);
        let reply = ServerMessage::Reply {
            join_ref,
            reference,
            topic: "t".into(),
            status: "ok",
            payload,
        };
        let expected =
            r#"{"event":"phx_reply","payload":{"response":{},"status":"ok"},"ref":7,"topic":"t"}"#;
        assert_eq!(encode(reply), expected);
        let close = ServerMessage::Push {
            join_ref,
            reference: join_ref,
            topic: "t",
            event: "phx_close",
            payload,
        };
        assert_eq!(
            encode(close),
            r#"{"event":"phx_close","payload":{},"ref":"4","topic":"t"}"#
        );
    }

    #[test]
    fn there_is_no_room_for_bytes() {
        let (join_ref, reference, payload) = (&Ref::NULL, &Ref::NULL, &Payload::from(vec![1]));
        let messages = [
            ServerMessage::Push {
                join_ref,
                reference,
                topic: "t",
                event: "e",
                payload,
            },
            ServerMessage::Reply {
                join_ref,
                reference,
                topic: "t".into(),
                status: "ok",
                payload,
            },
            ServerMessage::Broadcast {
                topic: "t",
                event: "e",
                payload,
            },
        ];
        for message in messages {
            let error = V1.encode(&message).expect_err("bytes").to_string();
            assert!(error.ends_with("got: bytes"), "{error}");
        }
    }
}
