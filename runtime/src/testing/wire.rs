//! Version 2 of the format of channels, from the client's side.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{
    message::{Message, Text},
    pubsub::Payload,
};

/// A heartbeat. No push has its `ref`.
pub(super) const HEARTBEAT: &str = r#"[null,"0","phoenix","heartbeat",{}]"#;

/// A message of a client.
pub(super) struct ClientMessage<'a> {
    pub(super) join_ref: Option<u64>,
    pub(super) reference: u64,
    pub(super) topic: &'a str,
    pub(super) event: &'a str,
}

impl ClientMessage<'_> {
    pub(super) fn json(&self, payload: &RawValue) -> Message {
        let join_ref = self.join_ref.map(|join_ref| join_ref.to_string());
        let array = (
            join_ref,
            self.reference.to_string(),
            self.topic,
            self.event,
            payload,
        );
        // Text and JSON are valid JSON.
        Message::from(serde_json::to_string(&array).unwrap_or_default())
    }

    #[track_caller]
    pub(super) fn binary(&self, payload: &[u8]) -> Message {
        let join_ref = self
            .join_ref
            .map(|join_ref| join_ref.to_string())
            .unwrap_or_default();
        let fields = [
            &*join_ref,
            &*self.reference.to_string(),
            self.topic,
            self.event,
        ];
        let lengths = fields.map(|field| {
            let length = u8::try_from(field.len());
            length.unwrap_or_else(|_| {
                panic!("`{field}` is too long for a binary push: 255 bytes at most")
            })
        });
        let fields = fields.map(str::as_bytes).concat();
        Message::from([&[PUSH][..], &lengths, &fields, payload].concat())
    }
}

const PUSH: u8 = 0;
const REPLY: u8 = 1;
const BROADCAST: u8 = 2;

/// A message of the server.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Incoming {
    /// `None` for a broadcast.
    pub(super) join_ref: Option<String>,
    pub(super) topic: String,
    pub(super) what: What,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum What {
    Reply {
        reference: String,
        status: String,
        payload: Payload,
    },
    Event {
        event: String,
        payload: Payload,
    },
}

/// Reads a message of the server.
pub(super) fn read(message: &Message) -> Result<Incoming, String> {
    match message {
        Message::Text(text) => read_text(text),
        Message::Binary(bytes) => {
            read_binary(bytes).ok_or_else(|| "a binary frame is malformed".to_owned())
        }
    }
}

#[derive(Deserialize)]
struct ReplyBody<'a> {
    status: String,
    #[serde(borrow)]
    response: &'a RawValue,
}

fn read_text(text: &str) -> Result<Incoming, String> {
    let malformed =
        |error| format!("the server sent something that is not a message: {error}: {text}");
    let (join_ref, reference, topic, event, payload): (_, Option<String>, _, String, &RawValue) =
        serde_json::from_str(text).map_err(malformed)?;
    let what = match event.as_str() {
        "phx_reply" => {
            let ReplyBody { status, response } =
                serde_json::from_str(payload.get()).map_err(malformed)?;
            What::Reply {
                reference: reference.unwrap_or_default(),
                status,
                payload: json(response),
            }
        }
        _ => What::Event {
            payload: json(payload),
            event,
        },
    };
    Ok(Incoming {
        join_ref,
        topic,
        what,
    })
}

fn json(payload: &RawValue) -> Payload {
    Payload::Json(Text::from(payload.get()))
}

fn read_binary(bytes: &[u8]) -> Option<Incoming> {
    let (kind, mut rest) = bytes.split_first()?;
    let fields = match *kind {
        PUSH => 3,
        REPLY => 4,
        BROADCAST => 2,
        _ => return None,
    };
    let lengths = rest.split_off(..fields)?;
    let mut fields = Vec::with_capacity(fields);
    for length in lengths {
        let field = rest.split_off(..usize::from(*length))?;
        fields.push(String::from_utf8(field.to_vec()).ok()?);
    }
    let payload = Payload::from(rest.to_vec());
    let mut fields = fields.into_iter();
    let mut next = || fields.next().unwrap_or_default();
    Some(match *kind {
        BROADCAST => {
            let topic = next();
            Incoming {
                join_ref: None,
                topic,
                what: What::Event {
                    event: next(),
                    payload,
                },
            }
        }
        PUSH => {
            let (join_ref, topic) = (Some(next()), next());
            Incoming {
                join_ref,
                topic,
                what: What::Event {
                    event: next(),
                    payload,
                },
            }
        }
        _ => {
            let (join_ref, reference, topic) = (Some(next()), next(), next());
            Incoming {
                join_ref,
                topic,
                what: What::Reply {
                    reference,
                    status: next(),
                    payload,
                },
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::channel::{NameRef, Ref, Serializer, ServerMessage, V2};

    fn round(message: ServerMessage<'_>) -> Incoming {
        read(&V2.encode(&message).expect("encodable")).expect("readable")
    }

    proptest! {
        #[test]
        fn the_servers_serializer_reads_what_is_written(topic in ".{0,20}", event in ".{0,20}", join in any::<u64>()) {
            let outgoing = ClientMessage { join_ref: Some(join), reference: 7, topic: &topic, event: &event };
            let payload = super::super::payload::write(&json!({"a": [1]}));
            for (message, payload) in [
                (outgoing.json(&payload), Payload::from(json!({"a": [1]}))),
                (outgoing.binary(b"efg"), Payload::from(b"efg".to_vec())),
            ] {
                let read = V2.decode(message).expect("readable");
                prop_assert_eq!(read.join_ref, Ref::from(&*join.to_string()));
                prop_assert_eq!(read.reference, Ref::from("7"));
                prop_assert_eq!(read.topic.as_str(), Some(&*topic));
                prop_assert_eq!(read.event.as_str(), Some(&*event));
                prop_assert_eq!(read.payload, payload);
            }
        }

        #[test]
        fn what_the_servers_serializer_writes_is_read(
            topic in ".{0,20}", event in "[a-z]{1,20}", bytes in any::<Option<Vec<u8>>>()
        ) {
            let payload = &bytes.map_or(Payload::from(json!({"b": null})), Payload::from);
            let (join_ref, reference) = (&Ref::from("3"), &Ref::from("4"));
            let (topic, event, status) = (&*topic, &*event, "ok");
            let what = What::Event { event: event.to_owned(), payload: payload.clone() };
            prop_assert_eq!(
                round(ServerMessage::Push { join_ref, reference: &Ref::NULL, topic, event, payload }),
                Incoming { join_ref: Some("3".to_owned()), topic: topic.to_owned(), what }
            );
            let what = What::Event { event: event.to_owned(), payload: payload.clone() };
            prop_assert_eq!(
                round(ServerMessage::Broadcast { topic, event, payload }),
                Incoming { join_ref: None, topic: topic.to_owned(), what }
            );
            let reply = ServerMessage::Reply {
                join_ref, reference, topic: NameRef::Text(topic), status, payload
            };
            let what = What::Reply {
                reference: "4".to_owned(), status: status.to_owned(), payload: payload.clone()
            };
            prop_assert_eq!(
                round(reply),
                Incoming { join_ref: Some("3".to_owned()), topic: topic.to_owned(), what }
            );
        }

        #[test]
        fn nothing_that_is_read_panics(bytes in any::<Vec<u8>>(), text in any::<String>()) {
            let _ = (read(&Message::from(bytes)), read(&Message::from(text)));
        }
    }
}
