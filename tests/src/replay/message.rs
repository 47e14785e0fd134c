//! Messages of channels and their replies, in both versions.

use serde_json::{Value, json};

use crate::wire::Frame;

/// A message of either side.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Message {
    pub(super) version: Version,
    pub(super) join_ref: Value,
    pub(super) reference: Value,
    pub(super) topic: Value,
    pub(super) event: Value,
    pub(super) payload: Value,
}

/// The form of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}

impl Message {
    /// Reads a text frame, or the binary push of a client, whose payload counts as null.
    pub(super) fn read(frame: &Frame) -> Option<Message> {
        match frame.opcode {
            1 => Message::from_json(serde_json::from_slice(&frame.payload).ok()?),
            2 => Message::from_bytes(&frame.payload),
            _ => None,
        }
    }

    fn from_json(json: Value) -> Option<Message> {
        match json {
            Value::Array(parts) => {
                let mut parts = parts.into_iter();
                Some(Message {
                    version: Version::V2,
                    join_ref: parts.next()?,
                    reference: parts.next()?,
                    topic: parts.next()?,
                    event: parts.next()?,
                    payload: parts.next()?,
                })
            }
            Value::Object(mut parts) => Some(Message {
                version: Version::V1,
                join_ref: parts.remove("join_ref").unwrap_or_default(),
                reference: parts.remove("ref")?,
                topic: parts.remove("topic")?,
                event: parts.remove("event")?,
                payload: parts.remove("payload")?,
            }),
            _ => None,
        }
    }

    fn from_bytes(bytes: &[u8]) -> Option<Message> {
        let (&[0, join_ref, reference, topic, event], mut rest) = bytes.split_first_chunk()? else {
            return None;
        };
        let mut take = |length: u8| {
            let (text, others) = rest.split_at_checked(length.into())?;
            rest = others;
            std::str::from_utf8(text).ok().map(Value::from)
        };
        Some(Message {
            version: Version::V2,
            join_ref: take(join_ref)?,
            reference: take(reference)?,
            topic: take(topic)?,
            event: take(event)?,
            payload: Value::Null,
        })
    }

    /// The server's reply to it.
    pub(super) fn reply(&self, status: &str, response: Value) -> Message {
        let payload = json!({ "status": status, "response": response });
        Message {
            event: "phx_reply".into(),
            payload,
            ..self.clone()
        }
    }

    /// The error reply, with its reason.
    pub(super) fn refusal(&self, reason: &str) -> Message {
        self.reply("error", json!({ "reason": reason }))
    }

    /// The end of the join that it began.
    pub(super) fn close(&self) -> Message {
        let reference = self.join_ref.clone();
        Message {
            reference,
            event: "phx_close".into(),
            payload: json!({}),
            ..self.clone()
        }
    }

    /// The end of the channel by a failure; the message names its join.
    pub(super) fn error(&self) -> Message {
        let event = "phx_error".into();
        Message {
            event,
            ..self.close()
        }
        .crashed()
    }

    /// With the reason of a failure.
    pub(super) fn crashed(self) -> Message {
        let payload = json!({ "reason": "channel_crash" });
        Message { payload, ..self }
    }

    /// The server's frame.
    pub(super) fn frame(&self) -> Frame {
        Frame {
            masked: false,
            ..Frame::text(&self.text())
        }
    }

    /// As JSON.
    pub(super) fn text(&self) -> String {
        let Message {
            version,
            join_ref,
            reference,
            topic,
            event,
            payload,
        } = self;
        let json = match version {
            Version::V1 => {
                json!({ "ref": reference, "topic": topic, "event": event, "payload": payload })
            }
            Version::V2 => json!([join_ref, reference, topic, event, payload]),
        };
        json.to_string()
    }

    /// True for the reply to that message.
    pub(super) fn answers(&self, message: &Message) -> bool {
        (&self.reference, &self.topic) == (&message.reference, &message.topic)
            && self.event == "phx_reply"
    }
}
