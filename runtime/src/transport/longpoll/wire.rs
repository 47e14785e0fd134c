//! Answers as JSON, bodies as messages.

use bytes::{Buf, Bytes};
use data_encoding::BASE64;
use http::{
    HeaderMap, HeaderValue, Response,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};

use crate::{
    body::Body,
    header,
    message::{Message, Text, Unsupported},
    transport::Format,
};

/// The type of a body that holds one message a line.
const NDJSON: &str = "application/x-ndjson";

/// The length of texts from this size on is computed before they are written.
const LARGE: usize = 16 * 1024;

/// A message as an element of the answer's list, with a trailing comma.
pub(super) struct Element;

impl Format for Element {
    fn format(message: Message) -> Result<Bytes, Unsupported> {
        let Message::Text(text) = message else {
            return Err(Unsupported::new(
                "longpoll carries text only, and this message is binary",
            ));
        };
        // Exact capacity for a large text, so that it is not moved while it grows.
        let length = if text.len() > LARGE {
            escaped(&text)
        } else {
            text.len() + text.len() / 8
        };
        let mut json = Vec::with_capacity(length + 3);
        serde_json::to_writer(&mut json, text.as_str())
            .map_err(|_| Unsupported::new("the message has no form in JSON"))?;
        json.push(b',');
        Ok(json.into())
    }
}

/// The length of a text between the quotes of a JSON string.
fn escaped(text: &str) -> usize {
    let length = |byte: u8| match byte {
        b'"' | b'\\' | b'\n' | b'\r' | b'\t' | 0x08 | 0x0c => 2,
        0..0x20 => 6,
        _ => 1,
    };
    text.bytes().map(length).sum()
}

/// An answer with only a status.
pub(super) fn status(status: u16) -> Response<Body> {
    json(format!("{{\"status\":{status}}}").into())
}

/// The text of an answer with a token, and elements as [`Element`] writes them.
pub(super) fn answer(status: u16, token: &str, elements: &[Bytes]) -> Bytes {
    let length: usize = elements.iter().map(Bytes::len).sum();
    let mut text = Vec::with_capacity(token.len() + length + 48);
    text.extend_from_slice(b"{\"status\":");
    text.extend_from_slice(status.to_string().as_bytes());
    // Tokens need no escaping: they are base64url and dots.
    text.extend_from_slice(b",\"token\":\"");
    text.extend_from_slice(token.as_bytes());
    text.extend_from_slice(b"\",\"messages\":[");
    elements
        .iter()
        .for_each(|element| text.extend_from_slice(element));
    if length > 0 {
        // Removes the trailing comma.
        text.pop();
    }
    text.extend_from_slice(b"]}");
    text.into()
}

pub(super) fn json(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    let json = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What is wrong with a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Malformed {
    /// Text that is not UTF-8.
    NotUtf8,
    /// A line that is neither a JSON list nor base64.
    NotBase64,
    /// More lines than allowed.
    TooMany,
}

/// The messages in a body, in order: one a line, or the whole body as one. Each is made when its
/// turn comes, so that only the body itself has to wait in memory.
#[derive(Debug)]
pub(super) struct Messages {
    body: Bytes,
    lines: bool,
    left: usize,
}

impl Messages {
    /// One a line if the type says so.
    pub(super) fn read(headers: &HeaderMap, body: Bytes, most: usize) -> Result<Self, Malformed> {
        Messages::new(body, header::is_of_type(headers, NDJSON), most)
    }

    /// Checks all messages before the first is handled, so that a body is accepted as a whole or
    /// not at all.
    pub(super) fn new(body: Bytes, lines: bool, most: usize) -> Result<Self, Malformed> {
        let left = if lines {
            check_lines(&body, most)?
        } else {
            std::str::from_utf8(&body).map_err(|_| Malformed::NotUtf8)?;
            1
        };
        Ok(Messages { body, lines, left })
    }

    /// The number of messages left.
    pub(super) fn len(&self) -> usize {
        self.left
    }

    /// Bytes that they hold.
    pub(super) fn bytes(&self) -> usize {
        self.body.len()
    }

    /// The rest of the body, and whether it has one message a line.
    pub(super) fn into_body(self) -> (Bytes, bool) {
        (self.body, self.lines)
    }

    /// Removes the next line from the body, without its line end.
    fn line(&mut self) -> Bytes {
        let end = self
            .body
            .iter()
            .position(|byte| *byte == b'\n')
            .unwrap_or(self.body.len());
        let mut line = self.body.split_to(end);
        self.body.advance(self.body.len().min(1));
        line.truncate(bare(&line).len());
        line
    }
}

impl Iterator for Messages {
    type Item = Message;

    fn next(&mut self) -> Option<Message> {
        self.left = self.left.checked_sub(1)?;
        if !self.lines {
            return text(std::mem::take(&mut self.body)).ok().map(Message::Text);
        }
        let mut line = self.line();
        while line.is_empty() {
            line = self.line();
        }
        if self.left == 0 {
            self.body = Bytes::new();
        }
        match line[0] {
            b'[' => text(line).ok().map(Message::Text),
            _ => BASE64
                .decode(&line)
                .ok()
                .map(|bytes| Message::Binary(bytes.into())),
        }
    }
}

/// How many messages there are, one a line.
fn check_lines(body: &[u8], most: usize) -> Result<usize, Malformed> {
    let mut count = 0;
    for line in body
        .split(|byte| *byte == b'\n')
        .map(bare)
        .filter(|line| !line.is_empty())
    {
        if count == most {
            return Err(Malformed::TooMany);
        }
        count += 1;
        if line[0] == b'[' {
            std::str::from_utf8(line).map_err(|_| Malformed::NotUtf8)?;
        } else if !is_base64(line) {
            return Err(Malformed::NotBase64);
        }
    }
    Ok(count)
}

/// A line without a trailing carriage return.
fn bare(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// Decodes in small chunks, and keeps nothing.
fn is_base64(line: &[u8]) -> bool {
    const AT_ONCE: usize = 1024;

    let mut scratch = [0; AT_ONCE / 4 * 3];
    line.chunks(AT_ONCE).all(|part| {
        let out = BASE64
            .decode_len(part.len())
            .ok()
            .and_then(|length| scratch.get_mut(..length));
        out.is_some_and(|out| BASE64.decode_mut(part, out).is_ok())
    })
}

fn text(bytes: Bytes) -> Result<Text, Malformed> {
    Text::try_from(bytes).map_err(|_| Malformed::NotUtf8)
}

#[cfg(test)]
mod tests;
