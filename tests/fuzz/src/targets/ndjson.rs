//! Bodies of longpoll: all lines or none, no more than may be, and each what it says.

use bytes::Bytes;
use data_encoding::BASE64;
use http::{HeaderMap, HeaderValue, header::CONTENT_TYPE};
use landfall::{Message, fuzzing};

use crate::input::Input;

/// Those that mean one message a line, and others, in turn.
const TYPES: [&str; 4] = [
    "application/x-ndjson",
    "application/json",
    "Application/X-NDJSON; charset=utf-8",
    "text/plain; note=\"application/x-ndjson\"",
];

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let flags = input.byte();
    let kind = TYPES[usize::from(flags & 3)];
    let most = usize::from(flags >> 2);
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(kind))]);
    let body = Bytes::copy_from_slice(input.0);
    let found = fuzzing::messages(&headers, body.clone(), most);
    let expected = match flags & 1 {
        0 => lines(&body, most),
        _ => str::from_utf8(&body)
            .ok()
            .map(|text| vec![Message::from(text)]),
    };
    assert_eq!(found, expected);
    let messages = found.unwrap_or_default();
    let length: usize = messages
        .iter()
        .map(|message| message.as_bytes().len())
        .sum();
    assert!(length <= body.len());
    round_trip(&messages);
}

/// The plainest reading.
fn lines(body: &[u8], most: usize) -> Option<Vec<Message>> {
    let mut messages = Vec::new();
    for line in body.split(|byte| *byte == b'\n') {
        let line = if line.ends_with(b"\r") {
            &line[..line.len() - 1]
        } else {
            line
        };
        if line.is_empty() {
            continue;
        }
        messages.push(match line.starts_with(b"[") {
            true => Message::from(str::from_utf8(line).ok()?),
            false => Message::from(BASE64.decode(line).ok()?),
        });
    }
    (messages.len() <= most).then_some(messages)
}

/// What was read, written by a client again.
fn round_trip(messages: &[Message]) {
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(TYPES[0]))]);
    let mut body = String::new();
    let mut expected = Vec::new();
    for message in messages {
        match message {
            Message::Text(text) if text.starts_with('[') && !text.contains(['\n', '\r']) => {
                body.push_str(text);
            }
            other if other.as_bytes().is_empty() => continue,
            other => {
                body.push_str(&BASE64.encode(other.as_bytes()));
                expected.push(Message::from(other.as_bytes().to_vec()));
                body.push('\n');
                continue;
            }
        }
        expected.push(message.clone());
        body.push('\n');
    }
    let read = fuzzing::messages(&headers, body.into(), messages.len());
    assert_eq!(read, Some(expected));
}
