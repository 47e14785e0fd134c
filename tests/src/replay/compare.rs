//! Differences between two outcomes, in words.

use std::{collections::BTreeSet, time::Duration};

use serde_json::{Map, Value};

use super::{
    conversation::{AT_ONCE, TOKEN},
    outcome::{End, Outcome},
    reason,
    visitor::ETAG,
};
use crate::wire::{Frame, Inflater};

/// Headers of the server's own. They say nothing about the endpoint behind it.
const NOT_COMPARED: [&str; 5] = ["date", "server", "vary", "connection", "content-length"];

/// What stands for the identity of a request.
const REQUEST_ID: &str = "<request-id>";

/// The differences. Empty if the outcome is as expected.
pub fn differences(expected: &Outcome, got: &Outcome) -> Vec<String> {
    let mut found = Vec::new();
    let mut differ = |what: &str, expected: String, got: String| {
        if expected != got {
            found.push(format!("{what}: expected {expected}, got {got}"));
        }
    };
    differ(
        "status",
        expected.status.to_string(),
        got.status.to_string(),
    );
    for (name, wanted, came) in headers(expected, got) {
        differ(
            &format!("header `{name}`"),
            format!("{wanted:?}"),
            format!("{came:?}"),
        );
    }
    if let (Some(took), Some(came)) = (expected.took, got.took)
        && !same_time(took, came)
    {
        differ("time", format!("{took:?}"), format!("{came:?}"));
    }
    if let Some(after) = expected.after {
        differ(
            "connection after the response",
            format!("{after:?}"),
            after_of(got),
        );
    }
    if let Some(body) = &expected.body {
        let came = got.body.as_deref().unwrap_or_default();
        found.extend(payloads(
            "body",
            body.as_bytes(),
            came.as_bytes(),
            got.client_port,
        ));
    }
    found.extend(frames(expected, got));
    let mut differ = |what: &str, expected: String, got: String| {
        if expected != got {
            found.push(format!("{what}: expected {expected}, got {got}"));
        }
    };
    if let Some(wanted) = expected.lasted
        && !got.lasted.is_some_and(|came| same_time(wanted, came))
    {
        differ(
            "time until the end",
            format!("{wanted:?}"),
            format!("{:?}", got.lasted),
        );
    }
    if let Some(end) = expected.end {
        differ(
            "websocket at the end",
            format!("{end:?}"),
            format!("{:?}", got.end.unwrap_or(End::Closed)),
        );
    }
    if let Some(reasons) = &expected.terminate {
        let came = got.terminate.clone().unwrap_or_default();
        let same = reasons.len() == came.len()
            && reasons
                .iter()
                .zip(&came)
                .all(|(ours, got)| reason::same(ours, got));
        if !same {
            differ("terminate", format!("{reasons:?}"), format!("{came:?}"));
        }
    }
    found
}

fn after_of(got: &Outcome) -> String {
    got.after.map_or_else(
        || "no answer to ask after".to_owned(),
        |after| format!("{after:?}"),
    )
}

/// The headers that differ, with both values.
fn headers(expected: &Outcome, got: &Outcome) -> Vec<(String, Vec<String>, Vec<String>)> {
    let mut names: Vec<String> = expected
        .headers
        .iter()
        .chain(&got.headers)
        .map(|(name, _)| name.to_ascii_lowercase())
        .collect();
    names.sort();
    names.dedup();
    names.retain(|name| !NOT_COMPARED.contains(&name.as_str()));
    let values = |outcome: &Outcome, name: &str| {
        let lines = outcome
            .headers
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name));
        let mut values: Vec<String> = lines.map(|(key, value)| in_any_order(key, value)).collect();
        values.sort();
        values
    };
    let both = names.into_iter().map(|name| {
        let (wanted, came) = (values(expected, &name), values(got, &name));
        (name, wanted, came)
    });
    both.collect()
}

/// Sorts the parameters of an extension, whose order means nothing (RFC 6455 §9.1). Replaces a tag
/// and a request's identity by placeholders.
fn in_any_order(name: &str, value: &str) -> String {
    if name.eq_ignore_ascii_case("etag")
        && value.len() > 2
        && value.starts_with('"')
        && value.ends_with('"')
    {
        return ETAG.to_owned();
    }
    if name.eq_ignore_ascii_case("x-request-id") && !value.is_empty() {
        return REQUEST_ID.to_owned();
    }
    if !name.eq_ignore_ascii_case("sec-websocket-extensions") {
        return value.to_owned();
    }
    let mut parts: Vec<&str> = value.split(';').map(str::trim).collect();
    parts.sort_unstable();
    parts.join(";")
}

fn frames(expected: &Outcome, got: &Outcome) -> Vec<String> {
    let (mut theirs, mut ours) = (Reader::new(expected), Reader::new(got));
    let mut found = Vec::new();
    for index in 0..expected.frames.len().max(got.frames.len()) {
        let place = format!("frame {}", index + 1);
        match (theirs.frame(index), ours.frame(index)) {
            (Some(wanted), Some(came)) if same_head(&wanted, &came) => {
                found.extend(payloads(
                    &place,
                    &wanted.payload,
                    &came.payload,
                    got.client_port,
                ));
            }
            (wanted, came) => {
                let say = |frame: Option<Frame>| {
                    frame.map_or_else(|| "none".to_owned(), |f| format!("{f:?}"))
                };
                found.push(format!(
                    "{place}: expected {}, got {}",
                    say(wanted),
                    say(came)
                ));
            }
        }
    }
    found
}

/// Reads the frames of one side, inflated where they are compressed.
struct Reader<'a> {
    frames: &'a [Frame],
    inflater: Option<Inflater>,
}

impl<'a> Reader<'a> {
    fn new(outcome: &'a Outcome) -> Self {
        let agreed = outcome
            .header("sec-websocket-extensions")
            .filter(|e| e.contains("permessage-deflate"));
        let inflater =
            agreed.map(|agreed| Inflater::new(!agreed.contains("server_no_context_takeover")));
        Reader {
            frames: &outcome.frames,
            inflater,
        }
    }

    fn frame(&mut self, index: usize) -> Option<Frame> {
        let mut frame = self.frames.get(index)?.clone();
        if let (4, 1 | 2, Some(inflater)) = (frame.rsv, frame.opcode, &mut self.inflater) {
            frame.payload = inflater
                .inflate(&frame.payload)
                .unwrap_or_else(|| b"(does not inflate)".to_vec());
        }
        Some(frame)
    }
}

fn same_head(wanted: &Frame, came: &Frame) -> bool {
    (wanted.fin, wanted.rsv, wanted.opcode, false) == (came.fin, came.rsv, came.opcode, came.masked)
}

/// JSON is compared by value, objects key by key.
fn payloads(place: &str, wanted: &[u8], came: &[u8], client_port: u16) -> Vec<String> {
    let object = |bytes: &[u8]| serde_json::from_slice::<Map<String, Value>>(bytes).ok();
    match (object(wanted), object(came)) {
        _ if wanted == came => Vec::new(),
        (Some(wanted), Some(came)) => {
            let keys: BTreeSet<&String> = wanted.keys().chain(came.keys()).collect();
            let differ = |key: &&String| match (wanted.get(*key), came.get(*key)) {
                (Some(wanted), Some(came)) => !same_value(wanted, came, client_port),
                _ => true,
            };
            let say = |value: Option<&Value>| {
                value.map_or_else(|| "nothing".to_owned(), |v| short(v.to_string()))
            };
            let line = |key: &String| {
                format!(
                    "{place}, `{key}`: expected {}, got {}",
                    say(wanted.get(key)),
                    say(came.get(key))
                )
            };
            keys.into_iter().filter(differ).map(line).collect()
        }
        _ if same_list(wanted, came, client_port) => Vec::new(),
        _ => {
            let say = |bytes: &[u8]| short(format!("{:?}", String::from_utf8_lossy(bytes)));
            vec![format!(
                "{place}: expected {}, got {}",
                say(wanted),
                say(came)
            )]
        }
    }
}

/// True for JSON lists that say the same.
fn same_list(wanted: &[u8], came: &[u8], client_port: u16) -> bool {
    let list = |bytes: &[u8]| {
        serde_json::from_slice::<Vec<Value>>(bytes)
            .ok()
            .map(Value::from)
    };
    let same = |(wanted, came)| same_value(&wanted, &came, client_port);
    list(wanted).zip(list(came)).is_some_and(same)
}

/// Cuts long texts. The start is enough to tell them apart.
fn short(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(300) {
        text.replace_range(end.., &format!(".. ({} bytes)", text.len()));
    }
    text
}

/// True if `came` is not much earlier than `wanted`, and later by at most [`AT_ONCE`].
fn same_time(wanted: Duration, came: Duration) -> bool {
    came >= wanted.mul_f64(0.9) && came <= wanted + AT_ONCE
}

fn same_value(wanted: &Value, came: &Value, client_port: u16) -> bool {
    match (wanted, came) {
        (Value::String(placeholder), Value::Number(port)) if placeholder == "<client-port>" => {
            port.as_u64() == Some(client_port.into())
        }
        (Value::String(placeholder), Value::String(text)) if placeholder == "<24 characters>" => {
            text.chars().count() == 24
        }
        (Value::String(placeholder), Value::String(token)) if placeholder == TOKEN => {
            is_token(token)
        }
        (Value::String(wanted), Value::String(came)) if wanted != came => {
            match (serde_json::from_str(wanted), serde_json::from_str(came)) {
                (Ok(wanted @ (Value::Object(_) | Value::Array(_))), Ok(came)) => {
                    same_value(&wanted, &came, client_port)
                }
                _ => false,
            }
        }
        (Value::Object(wanted), Value::Object(came)) => {
            let same = |(key, value)| {
                came.get(key)
                    .is_some_and(|came| same_value(value, came, client_port))
            };
            wanted.len() == came.len() && wanted.iter().all(same)
        }
        (Value::Array(wanted), Value::Array(came)) => {
            let same = |(wanted, came)| same_value(wanted, came, client_port);
            wanted.len() == came.len() && wanted.iter().zip(came).all(same)
        }
        _ => wanted == came,
    }
}

/// True for three parts in base64url, the first of which names the algorithm.
fn is_token(text: &str) -> bool {
    let alphabet = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let parts: Vec<&str> = text.split('.').collect();
    matches!(parts[..], ["SFMyNTY", payload, signature]
        if [payload, signature].iter().all(|part| !part.is_empty() && part.chars().all(alphabet)))
}
