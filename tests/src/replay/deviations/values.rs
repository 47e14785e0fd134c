//! What `connect` is told: parameters and connect_info.

use serde_json::{Map, Value, json};

use super::{Case, Outcome, Rule};
use crate::wire::Request;

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "headers in order",
        reason: "Bandit presents headers in reverse; here they keep the order of the request, repeated ones together, and \
                 of those the first counts",
        want: headers_in_order,
    },
    Rule {
        name: "path params decoded",
        reason: "a path parameter is a value like any other: percent-decoded once, so that `a%20b` reads `a b`. A `+` \
                 stays, paths are no forms",
        want: path_params_decoded,
    },
    Rule {
        name: "path params in UTF-8",
        reason: "a path parameter that is not UTF-8 once decoded is refused with 400, as in a query",
        want: path_params_in_utf8,
    },
    Rule {
        name: "options are constants",
        reason: "a mount's options are constants of the declaration, which `connect` is not told; the endpoint goes by \
                 the name of its Rust type",
        want: options_are_constants,
    },
];

/// Edits the JSON objects that the server sent, if the edit is about any of them.
fn edit(wanted: &mut Outcome, change: impl Fn(&mut Map<String, Value>) -> bool) -> bool {
    let changed = |text: &[u8]| {
        let mut object = serde_json::from_slice(text).ok()?;
        change(&mut object).then(|| Value::Object(object).to_string())
    };
    let mut any = false;
    for frame in wanted.frames.iter_mut().filter(|frame| frame.opcode == 1) {
        if let Some(text) = changed(&frame.payload) {
            (frame.payload, any) = (text.into_bytes(), true);
        }
    }
    any | edit_messages(wanted, changed)
}

/// Edits the messages in an answer of longpoll.
fn edit_messages(wanted: &mut Outcome, changed: impl Fn(&[u8]) -> Option<String>) -> bool {
    let body = wanted.body.as_deref().unwrap_or_default();
    let Ok(Value::Object(mut answer)) = serde_json::from_str(body) else {
        return false;
    };
    let mut any = false;
    for message in answer
        .get_mut("messages")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        if let Some(text) = message.as_str().and_then(|text| changed(text.as_bytes())) {
            (*message, any) = (text.into(), true);
        }
    }
    if any {
        wanted.body = Some(Value::Object(answer).to_string());
    }
    any
}

/// The first JSON object that the server sent.
fn first_object(outcome: &Outcome) -> Option<Value> {
    let body = || serde_json::from_str::<Value>(outcome.body.as_deref()?).ok();
    let message = || serde_json::from_str(body()?["messages"][0].as_str()?).ok();
    outcome
        .frames
        .first()
        .map_or_else(message, |frame| serde_json::from_slice(&frame.payload).ok())
}

fn headers_in_order(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let request = &case.request;
    edit(wanted, |object| {
        let mut changed = false;
        let mut set = |key: &str, value: Value| {
            if let Some(recorded) = object.get_mut(key) {
                changed |= *recorded != value;
                *recorded = value;
            }
        };
        set("user_agent", json!(request.values("user-agent").next()));
        set("x_headers", lines(request, |name| name.starts_with("x-")));
        set(
            "sec_websocket_headers",
            lines(request, |name| name.starts_with("sec-websocket-")),
        );
        set(
            "trace_context_headers",
            lines(request, |name| matches!(name, "traceparent" | "tracestate")),
        );
        changed
    })
}

/// Names in the order of the request, each with all of its values. Only the order of the values
/// of one name has a meaning (RFC 9110 §5.3).
fn lines(request: &Request, which: fn(&str) -> bool) -> Value {
    let mut names: Vec<String> = Vec::new();
    for name in request
        .headers
        .iter()
        .map(|(name, _)| name.to_ascii_lowercase())
        .filter(|name| which(name))
    {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let values = |name: &String| {
        request
            .values(name)
            .map(|value| json!([name, value]))
            .collect::<Vec<_>>()
    };
    names.iter().flat_map(values).collect()
}

fn path_params_decoded(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let names = path_params(&case.mount);
    edit(wanted, |object| {
        let mut changed = false;
        for (_, value) in object
            .iter_mut()
            .filter(|(name, _)| names.contains(&name.as_str()))
        {
            let values: &mut [Value] = match value {
                Value::Array(values) => values,
                single => std::slice::from_mut(single),
            };
            for value in values {
                let decoded = value
                    .as_str()
                    .filter(|text| text.contains('%'))
                    .and_then(decode);
                changed |= decoded.is_some();
                *value = decoded.map_or_else(|| value.take(), Value::from);
            }
        }
        changed
    })
}

fn path_params_in_utf8(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let path = case.request.target.split('?').next().unwrap_or_default();
    if wanted.status != 101 || path_params(&case.mount).is_empty() || decode(path).is_some() {
        return false;
    }
    wanted.refuse(400, None);
    true
}

/// The names in `/ws/:user_id: websocket [path: "/project/:project_id"]`.
fn path_params(mount: &str) -> Vec<&str> {
    let starts = mount
        .match_indices([':', '*'])
        .map(|(at, _)| &mount[at + 1..]);
    let names = starts.map(|rest| {
        rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .next()
    });
    names.flatten().filter(|name| !name.is_empty()).collect()
}

/// Decodes `%20` once; `None` if the result is not UTF-8. What is not an escape stays as it is.
fn decode(text: &str) -> Option<String> {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let [first, tail @ ..] = rest {
        let escape = tail
            .get(..2)
            .filter(|_| *first == b'%')
            .and_then(|digits| std::str::from_utf8(digits).ok());
        match escape.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).ok()
}

fn options_are_constants(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let object = first_object(got).unwrap_or_default();
    let Some(name) = object["endpoint"].as_str() else {
        return false;
    };
    case.sent.iter().any(|frame| frame.payload == b"config")
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && edit(wanted, |object| {
            object.insert("endpoint".to_owned(), json!(name));
            if let Some(Value::Array(keys)) = object.get_mut("keys") {
                keys.retain(|key| key != "options");
            }
            object.remove("options").is_some()
        })
}
