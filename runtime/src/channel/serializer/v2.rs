//! Version 2: arrays of five, and binary frames.

use super::{
    ClientMessage, NameRef, Ref, Serializer, ServerMessage, Undecodable, binary,
    body::Body,
    five::Five,
    json::{self, Source, push_name},
};
use crate::message::EncodeError;
use crate::{
    message::{Message, Text},
    pubsub::Payload,
};

/// The format of `vsn=2.0.0`, which Phoenix's own clients speak.
///
/// Text is a JSON array `[join_ref, ref, topic, event, payload]`, in both directions. A payload of
/// bytes travels in a binary frame, with one byte for the length of each field before it.
///
/// A topic or an event in a binary frame that is not UTF-8 is Latin-1, from an old client. It is
/// read as a [foreign](super::Name::foreign) name, which matches no channel and is echoed as that
/// client wrote it.
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

    fn encode(&self, message: &ServerMessage<'_>) -> Result<Message, EncodeError> {
        Ok(match *message {
            ServerMessage::Push {
                join_ref,
                topic,
                event,
                payload: Payload::Binary(bytes),
                ..
            } => binary::push(join_ref, topic, event, bytes)?,
            ServerMessage::Push {
                join_ref,
                reference,
                topic,
                event,
                payload,
            } => array(
                join_ref,
                reference,
                topic.into(),
                event.into(),
                &Body::object(payload)?,
            ),
            ServerMessage::Reply {
                join_ref,
                reference,
                topic,
                status,
                payload: Payload::Binary(bytes),
            } => binary::reply(join_ref, reference, topic, status, bytes)?,
            ServerMessage::Reply {
                join_ref,
                reference,
                topic,
                status,
                payload,
            } => array(
                join_ref,
                reference,
                topic,
                REPLY,
                &Body::reply(payload, status)?,
            ),
            ServerMessage::Broadcast {
                topic,
                event,
                payload: Payload::Binary(bytes),
            } => binary::broadcast(topic, event, bytes)?,
            ServerMessage::Broadcast {
                topic,
                event,
                payload,
            } => array(
                &Ref::NULL,
                &Ref::NULL,
                topic.into(),
                event.into(),
                &Body::object(payload)?,
            ),
        })
    }

    fn check(&self, message: &ServerMessage<'_>) -> Result<(), EncodeError> {
        match message {
            ServerMessage::Broadcast {
                topic,
                event,
                payload: Payload::Binary(_),
            } => binary::check_broadcast(topic, event),
            ServerMessage::Push {
                payload: Payload::Binary(_),
                ..
            }
            | ServerMessage::Reply {
                payload: Payload::Binary(_),
                ..
            } => self.encode(message).map(drop),
            _ => Body::of(message).map(drop),
        }
    }

    fn name(&self) -> &'static str {
        "V2"
    }
}

/// The event of replies, as JSON.
const REPLY: NameRef<'_> = NameRef::Foreign(r#""phx_reply""#);

fn array(
    join_ref: &Ref,
    reference: &Ref,
    topic: NameRef<'_>,
    event: NameRef<'_>,
    body: &Body<'_>,
) -> Message {
    let lengths = [
        join_ref.json_len(),
        reference.json_len(),
        json::name_len(topic),
        json::name_len(event),
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
    push_name(&mut out, event);
    out.push(',');
    body.push_json(&mut out);
    out.push(']');
    Message::from(out)
}

fn decode_text(text: &Text) -> Result<ClientMessage, Undecodable> {
    let Five {
        envelope: [join_ref, reference, topic, event],
        payload,
    } = Five::read(text)?;
    let source = Source(text);
    Ok(ClientMessage {
        join_ref: source.reference(join_ref)?,
        reference: source.reference(reference)?,
        topic: source.name(topic)?,
        event: source.name(event)?,
        payload: source.payload(payload),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::channel::Name;

    fn decode(text: &str) -> ClientMessage {
        V2.decode(Message::from(text)).expect("a message")
    }

    fn refused(text: &str) -> String {
        V2.decode(Message::from(text))
            .expect_err("no message")
            .to_string()
    }

    fn encode(message: ServerMessage<'_>) -> String {
        V2.encode(&message)
            .expect("encodable")
            .as_text()
            .expect("text")
            .to_owned()
    }

    #[test]
    fn clients_of_phoenix() {
        let join = decode(r#"["3","3","room:lobby","phx_join",{"token":"x"}]"#);
        assert_eq!(
            (join.join_ref, join.reference),
            (Ref::from("3"), Ref::from("3"))
        );
        assert_eq!(
            (join.topic.as_str(), join.event.as_str()),
            (Some("room:lobby"), Some("phx_join"))
        );
        assert_eq!(join.payload.as_text(), Some(r#"{"token":"x"}"#));
        let heartbeat = decode(r#"[null,"4","phoenix","heartbeat",{}]"#);
        assert!(heartbeat.join_ref.is_null() && heartbeat.reference.is_string());
    }

    #[test]
    fn foreign_clients() {
        let message = decode("  [ 4 , 1.50, \"a\\u00e9\\n\" ,\t\"\" , \"str\" , 1, {} ]\n");
        assert_eq!(
            (message.join_ref.to_json(), message.reference.to_json()),
            ("4".into(), "1.50".into())
        );
        assert_eq!(
            (message.topic.as_str(), message.event.as_str()),
            (Some("aé\n"), Some(""))
        );
        assert_eq!(message.payload.as_text(), Some("\"str\""));
        let big = decode(r#"[{"a":1},12345678901234567890123,"t","e",null]"#);
        assert_eq!(big.join_ref.to_json(), r#"{"a":1}"#);
        assert_eq!(big.reference.to_string(), "12345678901234567890123");
    }

    #[test]
    fn names_that_are_no_text_are_echoed_and_match_nothing() {
        let message = decode(r#"[null,"1",5,null,{}]"#);
        assert_eq!(
            (message.topic.as_str(), message.event.as_str()),
            (None, None)
        );
        assert_ne!(message.topic, Name::from("5"));
        let payload = Payload::from(json!({"reason": "unmatched topic"}));
        let reply = ServerMessage::Reply {
            join_ref: &Ref::NULL,
            reference: &message.reference,
            topic: message.topic.borrow(),
            status: "error",
            payload: &payload,
        };
        let expected = r#"[null,"1",5,"phx_reply",{"response":{"reason":"unmatched topic"},"status":"error"}]"#;
        assert_eq!(encode(reply), expected);
    }

    #[test]
    fn every_field_may_be_null() {
        let message = decode(r#"[null,null,null,null,{}]"#);
        assert_eq!(message.topic.borrow(), NameRef::Foreign("null"));
        assert_eq!(message.event.borrow(), NameRef::Foreign("null"));
        assert!(message.join_ref.is_null() && message.reference.is_null());
    }

    #[test]
    fn other_shapes_are_refused_without_quoting_them() {
        let four = r#"["1","1","secret","phx_join"]"#;
        for shape in [
            "1",
            "null",
            "\"secret\"",
            "[]",
            "{}",
            r#"{"secret":[1,2,3,4,5]}"#,
            four,
        ] {
            assert_eq!(
                refused(shape),
                "expected an array of at least 5 elements",
                "{shape}"
            );
        }
        for text in [
            "",
            "[",
            r#"["1","1","secret","e",{}"#,
            r#"["1","1","secret","e",{}]]"#,
            "[1,2,3,4,5,]",
            "[1,,2]",
        ] {
            assert!(!refused(text).contains("secret"), "{text}");
        }
        for text in [r#"[1,2,"\ud800","e",{}]"#, r#"["\udc00",2,"t","e",{}]"#] {
            assert_eq!(refused(text), "a string with half of a surrogate pair");
        }
    }

    #[test]
    fn payloads_of_pushes_and_broadcasts_are_objects() {
        let cases = [
            (Payload::from(json!([1])), "a list"),
            (Payload::from(json!("secret")), "a string"),
            (Payload::from(json!(null)), "null"),
            (Payload::from(json!(true)), "a boolean"),
            (Payload::from(json!(-1)), "a number"),
            (Payload::from("secret"), "text"),
            (Payload::Json(" ".into()), "no JSON"),
        ];
        for (payload, kind) in &cases {
            let (topic, event, null) = ("t", "e", &Ref::NULL);
            let messages = [
                ServerMessage::Push {
                    join_ref: null,
                    reference: null,
                    topic,
                    event,
                    payload,
                },
                ServerMessage::Broadcast {
                    topic,
                    event,
                    payload,
                },
            ];
            for message in messages {
                let error = V2.encode(&message).expect_err(kind).to_string();
                assert_eq!(error, format!("expected payload to be a map, got: {kind}"));
            }
        }
        let payload = &Payload::Json(" {\"a\" : 1.0}".into());
        let sent = encode(ServerMessage::Broadcast {
            topic: "\"t\"",
            event: "e\u{1}",
            payload,
        });
        assert_eq!(sent, r#"[null,null,"\"t\"","e\u0001", {"a" : 1.0}]"#);
    }

    #[test]
    fn replies_take_any_json() {
        let (join_ref, reference) = (&Ref::from("1"), &Ref::from(2));
        for (payload, expected) in [
            (Payload::from(json!([1, 2])), "[1,2]"),
            (Payload::from(json!(null)), "null"),
            (Payload::from("a \"text\""), r#""a \"text\"""#),
        ] {
            let topic = NameRef::Text("t");
            let reply = ServerMessage::Reply {
                join_ref,
                reference,
                topic,
                status: "custom",
                payload: &payload,
            };
            let expected =
                format!(r#"["1",2,"t","phx_reply",{{"response":{expected},"status":"custom"}}]"#);
            assert_eq!(encode(reply), expected);
        }
    }

    #[test]
    fn what_closes_a_channel_repeats_the_ref_of_its_join() {
        let join_ref = &Ref::from("12");
        let close = ServerMessage::Push {
            join_ref,
            reference: join_ref,
            topic: "t",
            event: "phx_close",
            payload: &Payload::EMPTY,
        };
        assert_eq!(encode(close), r#"["12","12","t","phx_close",{}]"#);
    }
}
