//! Answers as JSON, bodies as messages.

use bytes::Bytes;
use http::{
    HeaderMap, HeaderValue, Response,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};

use crate::{
    body::Body,
    header,
    message::{Message, Text},
    socket::Unsupported,
    transport::format::Format,
};

/// The type of a body that holds one message a line.
const NDJSON: &str = "application/x-ndjson";

/// A message as an element of the answer's list, with the comma behind it.
pub(super) struct Element;

impl Format for Element {
    fn format(message: Message) -> Result<Bytes, Unsupported> {
        let Message::Text(text) = message else {
            return Err(Unsupported::new("longpoll carries text only, and this message is binary"));
        };
        let mut json = Vec::with_capacity(text.len() + text.len() / 8 + 3);
        serde_json::to_writer(&mut json, text.as_str())
            .map_err(|_| Unsupported::new("the message has no form in JSON"))?;
        json.push(b',');
        Ok(json.into())
    }
}

/// An answer that is its status alone.
pub(super) fn status(status: u16) -> Response<Body> {
    json(format!("{{\"status\":{status}}}").into())
}

/// The text of an answer with a token, and elements as [`Element`] writes them.
pub(super) fn answer(status: u16, token: &str, elements: &[u8]) -> Bytes {
    let mut text = Vec::with_capacity(token.len() + elements.len() + 48);
    text.extend_from_slice(b"{\"status\":");
    text.extend_from_slice(status.to_string().as_bytes());
    // Tokens are base64url and dots.
    text.extend_from_slice(b",\"token\":\"");
    text.extend_from_slice(token.as_bytes());
    text.extend_from_slice(b"\",\"messages\":[");
    text.extend_from_slice(elements.strip_suffix(b",").unwrap_or(elements));
    text.extend_from_slice(b"]}");
    text.into()
}

pub(super) fn json(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What is wrong with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    /// Text that is not UTF-8.
    NotUtf8,
    /// A line that is neither a JSON list nor base64.
    NotBase64,
    /// More lines than may be.
    TooMany,
}

/// The messages in a body: one a line if the type says so, else the whole of it.
///
/// All are read before the first is handled, so that a body is accepted as a whole or not at all.
pub(super) fn messages(headers: &HeaderMap, body: Bytes, most: usize) -> Result<Vec<Message>, Malformed> {
    if !header::is_of_type(headers, NDJSON) {
        return Ok(vec![Message::Text(text(body)?)]);
    }
    let mut messages = Vec::new();
    for line in body.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        if messages.len() == most {
            return Err(Malformed::TooMany);
        }
        messages.push(match line[0] {
            b'[' => Message::Text(text(body.slice_ref(line))?),
            _ => {
                let decoded = data_encoding::BASE64.decode(line).map_err(|_| Malformed::NotBase64)?;
                Message::Binary(decoded.into())
            }
        });
    }
    Ok(messages)
}

fn text(bytes: Bytes) -> Result<Text, Malformed> {
    Text::try_from(bytes).map_err(|_| Malformed::NotUtf8)
}

#[cfg(test)]
mod tests;
