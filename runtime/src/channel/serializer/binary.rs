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

use super::{ClientMessage, Name, NameRef, Ref, Undecodable, quoted::push_string};
use crate::message::EncodeError;
use crate::message::{Message, Text};

const PUSH: u8 = 0;
const REPLY: u8 = 1;
const BROADCAST: u8 = 2;

pub(super) fn decode(bytes: Bytes) -> Result<ClientMessage, Undecodable> {
    if bytes.first() != Some(&PUSH) {
        return Err(Undecodable::new("a binary frame that is not a push"));
    }
    let truncated = || Undecodable::new("a binary frame that ends early");
    let lengths: [u8; 4] = bytes[1..].first_chunk().copied().ok_or_else(truncated)?;
    let mut end = 1 + lengths.len();
    let fields = lengths.map(|length| {
        let start = end;
        end += usize::from(length);
        start..end
    });
    if bytes.len() < end {
        return Err(truncated());
    }
    let [join_ref, reference, topic, event] = fields;
    Ok(ClientMessage {
        join_ref: read_ref(&bytes[join_ref]),
        reference: read_ref(&bytes[reference]),
        topic: read_name(bytes.slice(topic)),
        event: read_name(bytes.slice(event)),
        payload: bytes.slice(end..).into(),
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
    Text::try_from(bytes.clone())
        .map(Name::from)
        .unwrap_or_else(|_| {
            let mut quoted = String::new();
            push_string(&mut quoted, &latin1(&bytes));
            Name::foreign(quoted)
        })
}

/// How Phoenix's clients wrote text before they learned UTF-8.
fn latin1(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

pub(super) fn push(
    join_ref: &Ref,
    topic: &str,
    event: &str,
    payload: &[u8],
) -> Result<Message, EncodeError> {
    join_ref.with_text(|join_ref| {
        frame(
            PUSH,
            [("join_ref", join_ref), ("topic", topic), ("event", event)],
            payload,
        )
    })
}

pub(super) fn reply(
    join_ref: &Ref,
    reference: &Ref,
    topic: NameRef<'_>,
    status: &str,
    payload: &[u8],
) -> Result<Message, EncodeError> {
    let (NameRef::Text(topic) | NameRef::Foreign(topic)) = topic;
    join_ref.with_text(|join_ref| {
        reference.with_text(|reference| {
            let fields = [
                ("join_ref", join_ref),
                ("ref", reference),
                ("topic", topic),
                ("status", status),
            ];
            frame(REPLY, fields, payload)
        })
    })
}

pub(super) fn broadcast(topic: &str, event: &str, payload: &[u8]) -> Result<Message, EncodeError> {
    frame(BROADCAST, [("topic", topic), ("event", event)], payload)
}

pub(super) fn check_broadcast(topic: &str, event: &str) -> Result<(), EncodeError> {
    [("topic", topic), ("event", event)]
        .into_iter()
        .try_for_each(|(name, text)| length(name, text).map(drop))
}

fn frame<const N: usize>(
    kind: u8,
    fields: [(&str, &str); N],
    payload: &[u8],
) -> Result<Message, EncodeError> {
    let whole = 1 + N + fields.iter().map(|(_, text)| text.len()).sum::<usize>() + payload.len();
    let mut out = Vec::with_capacity(whole);
    out.push(kind);
    for (name, text) in fields {
        out.push(length(name, text)?);
    }
    fields
        .iter()
        .for_each(|(_, text)| out.extend_from_slice(text.as_bytes()));
    out.extend_from_slice(payload);
    Ok(Message::from(out))
}

fn length(name: &str, text: &str) -> Result<u8, EncodeError> {
    let length = text.len();
    u8::try_from(length).map_err(|_| {
        EncodeError::new(format!(
            "unable to convert {name} to binary: it must be less than or equal to 255 bytes, but is {length} bytes"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        channel::{Serializer, ServerMessage, V2},
        pubsub::Payload,
    };

    fn decode(bytes: &[u8]) -> Result<ClientMessage, String> {
        V2.decode(Message::from(bytes.to_vec()))
            .map_err(|error| error.to_string())
    }

    fn encode(message: ServerMessage<'_>) -> Vec<u8> {
        V2.encode(&message).expect("encodable").as_bytes().to_vec()
    }

    #[test]
    fn a_push_of_a_client() {
        let message = decode(b"\x00\x02\x03\x05\x0512123topiceventefg").expect("a push");
        assert_eq!(
            (message.join_ref, message.reference),
            (Ref::from("12"), Ref::from("123"))
        );
        assert_eq!(
            (message.topic.as_str(), message.event.as_str()),
            (Some("topic"), Some("event"))
        );
        assert_eq!(message.payload, Payload::from(b"efg".to_vec()));
    }

    #[test]
    fn frames_for_clients() {
        let (join_ref, reference, payload) = (
            &Ref::from("12"),
            &Ref::from("123"),
            &Payload::from(b"efg".to_vec()),
        );
        let (topic, event) = ("topic", "event");
        let push = ServerMessage::Push {
            join_ref,
            reference,
            topic,
            event,
            payload,
        };
        assert_eq!(encode(push), b"\x00\x02\x05\x0512topiceventefg");
        let reply = ServerMessage::Reply {
            join_ref,
            reference,
            topic: topic.into(),
            status: "ok",
            payload,
        };
        assert_eq!(encode(reply), b"\x01\x02\x03\x05\x0212123topicokefg");
        let broadcast = ServerMessage::Broadcast {
            topic,
            event,
            payload,
        };
        assert_eq!(encode(broadcast), b"\x02\x05\x05topiceventefg");
    }

    #[test]
    fn a_null_ref_is_empty_and_a_number_is_printed() {
        let message = decode(b"\x00\x00\x01\x07\x095phoenixheartbeat").expect("a push");
        assert!(message.join_ref.is_null() && message.payload == Payload::from(Vec::new()));
        let (join_ref, reference, payload) =
            (&Ref::NULL, &Ref::from(17), &Payload::from(Vec::new()));
        let reply = ServerMessage::Reply {
            join_ref,
            reference,
            topic: "t".into(),
            status: "ok",
            payload,
        };
        assert_eq!(encode(reply), b"\x01\x00\x02\x01\x0217tok");
    }

    #[test]
    fn other_frames_are_refused() {
        for bytes in [
            &b""[..],
            b"\x01\x00\x00\x00\x00",
            b"\x05abc",
            b"[\"1\",\"1\",\"t\",\"e\",{}]",
        ] {
            assert_eq!(
                decode(bytes).expect_err("no push"),
                "a binary frame that is not a push"
            );
        }
        for bytes in [
            &b"\x00"[..],
            b"\x00\x01\x01\x01",
            b"\x00\xff\xff\xff\xff",
            b"\x00\x00\x00\x00\x02a",
        ] {
            assert_eq!(
                decode(bytes).expect_err("truncated"),
                "a binary frame that ends early"
            );
        }
    }

    #[test]
    fn latin1_matches_nothing_and_is_echoed_as_it_was_meant() {
        let message = decode(b"\x00\x01\x01\x05\x041\xe9caf\xe9\"a\xfc\\b").expect("a push");
        assert_eq!(
            (message.topic.as_str(), message.event.as_str()),
            (None, None)
        );
        assert_eq!(message.topic.to_string(), r#""café\"""#);
        assert_eq!(message.event.to_string(), r#""aü\\b""#);
        assert_eq!(message.reference, Ref::from("é"));
    }

    #[test]
    fn a_field_has_255_bytes_at_most() {
        let (long, longer) = ("é".repeat(127) + "x", "é".repeat(128));
        let payload = &Payload::from(vec![1]);
        assert_eq!(
            encode(ServerMessage::Broadcast {
                topic: &long,
                event: "e",
                payload
            })
            .len(),
            3 + 255 + 1 + 1
        );
        let (short, long) = (&Ref::from("1"), &Ref::from(&*longer));
        let (topic, event, status) = ("t", "e", "ok");
        let reply = |join_ref, reference, topic: &'static str, status| ServerMessage::Reply {
            join_ref,
            reference,
            topic: topic.into(),
            status,
            payload,
        };
        let cases = [
            (
                "topic",
                ServerMessage::Broadcast {
                    topic: &longer,
                    event,
                    payload,
                },
            ),
            (
                "event",
                ServerMessage::Broadcast {
                    topic,
                    event: &longer,
                    payload,
                },
            ),
            (
                "join_ref",
                ServerMessage::Push {
                    join_ref: long,
                    reference: short,
                    topic,
                    event,
                    payload,
                },
            ),
            (
                "topic",
                ServerMessage::Push {
                    join_ref: short,
                    reference: short,
                    topic: &longer,
                    event,
                    payload,
                },
            ),
            ("join_ref", reply(long, short, topic, status)),
            ("ref", reply(short, long, topic, status)),
            ("status", reply(short, short, topic, &longer)),
        ];
        for (field, message) in cases {
            let error = V2.encode(&message).expect_err(field).to_string();
            assert_eq!(
                error,
                format!(
                    "unable to convert {field} to binary: \
                     it must be less than or equal to 255 bytes, but is 256 bytes"
                )
            );
        }
    }
}
