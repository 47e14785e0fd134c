//! The payload of a JSON message for clients.

use super::{
    ServerMessage,
    quoted::{push_string, string_len},
};
use crate::message::EncodeError;
use crate::pubsub::Payload;

/// What to send in place of a list, for example.
const HELP: &str =
    "a payload is an object, such as `json!({ \"items\": list })` or `Json(a_struct)`";

/// A payload that can be part of a JSON message.
pub(super) enum Body<'a> {
    Object(&'a str),
    Reply {
        response: &'a str,
        is_json: bool,
        status: &'a str,
    },
}

impl<'a> Body<'a> {
    /// The payload of a push or a broadcast.
    pub(super) fn object(payload: &'a Payload) -> Result<Self, EncodeError> {
        match payload {
            Payload::Json(json) if json.trim_ascii_start().starts_with('{') => {
                Ok(Body::Object(json))
            }
            other => {
                let text = format!("expected payload to be a map, got: {}", describe(other));
                Err(EncodeError::new(text).with_help(HELP))
            }
        }
    }

    /// The payload of any message.
    pub(super) fn of(message: &ServerMessage<'a>) -> Result<Self, EncodeError> {
        match *message {
            ServerMessage::Push { payload, .. } | ServerMessage::Broadcast { payload, .. } => {
                Body::object(payload)
            }
            ServerMessage::Reply {
                status, payload, ..
            } => Body::reply(payload, status),
        }
    }

    pub(super) fn reply(response: &'a Payload, status: &'a str) -> Result<Self, EncodeError> {
        let (response, is_json) = match response {
            Payload::Json(json) => (json, true),
            Payload::Text(text) => (text, false),
            Payload::Binary(_) => {
                return Err(EncodeError::new("expected payload to be JSON, got: bytes"));
            }
        };
        Ok(Body::Reply {
            response,
            is_json,
            status,
        })
    }

    /// The length as JSON. A lower bound if the text needs escapes.
    pub(super) fn json_len(&self) -> usize {
        match self {
            Body::Object(json) => json.len(),
            Body::Reply {
                response,
                is_json,
                status,
            } => {
                let response = if *is_json {
                    response.len()
                } else {
                    string_len(response)
                };
                r#"{"response":,"status":}"#.len() + response + string_len(status)
            }
        }
    }

    pub(super) fn push_json(&self, out: &mut String) {
        match self {
            Body::Object(json) => out.push_str(json),
            Body::Reply {
                response,
                is_json,
                status,
            } => {
                out.push_str(r#"{"response":"#);
                match is_json {
                    true => out.push_str(response),
                    false => push_string(out, response),
                }
                if *status == "ok" {
                    return out.push_str(r#","status":"ok"}"#);
                }
                out.push_str(r#","status":"#);
                push_string(out, status);
                out.push('}');
            }
        }
    }
}

/// The kind of a payload. The payload itself may be secret.
fn describe(payload: &Payload) -> &'static str {
    let json = match payload {
        Payload::Json(json) => json.trim_ascii_start(),
        Payload::Text(_) => return "text",
        Payload::Binary(_) => return "bytes",
    };
    match json.bytes().next() {
        Some(b'[') => "a list",
        Some(b'"') => "a string",
        Some(b'n') => "null",
        Some(b't' | b'f') => "a boolean",
        Some(b'-' | b'0'..=b'9') => "a number",
        _ => "no JSON",
    }
}
