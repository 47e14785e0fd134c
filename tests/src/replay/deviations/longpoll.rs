//! Longpoll: sessions that lose nothing, and answers that say what is the matter.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Case, Outcome, Rule, protocol::number_after};
use crate::{
    replay::{
        conversation::TOKEN,
        message::{Message, Version},
        outcome::{End, NOT_CACHED},
    },
    wire::Frame,
};

/// Bytes that a request may bring.
const LONGEST_BODY: usize = 8_000_000;
/// The default time that a mount waits for messages, in milliseconds.
const DEFAULT_WINDOW: usize = 10_000;

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "end told at once",
        reason: "the end of a session is known here: Phoenix waits for an answer that cannot come before it says so",
        want: end_told_at_once,
    },
    Rule {
        name: "binary refused",
        reason: "an answer is JSON text, in which binary messages have no form: sending one is an error, and the others \
                 arrive. Phoenix fails with 500, or pretends that the bytes are text",
        want: binary_refused,
    },
    Rule {
        name: "a list is not a token",
        reason: "a token is a text: who sends something else has none, and gets a new session instead of a 500",
        want: list_is_no_token,
    },
    Rule {
        name: "a token of its mount",
        reason: "a token is a credential of the mount that gave it, whose rules about origins and sizes its session goes by: \
                 elsewhere it is as good as none. Phoenix serves it at every mount of every endpoint that shares the secret. \
                 Clients poll and post where they opened",
        want: token_of_its_mount,
    },
    Rule {
        name: "a type by its grammar",
        reason: "RFC 9110 §8.3.1: a media type has no case and may have parameters, and named twice it is still the same. \
                 Phoenix knows one spelling, and takes a batch that has another for one message",
        want: type_by_its_grammar,
    },
    Rule {
        name: "too large is 413",
        reason: "RFC 9110 §15.5.14 has a status for a body that is too large, and lets the connection end instead of \
                 reading on",
        want: too_large_is_413,
    },
    Rule {
        name: "malformed line is 400",
        reason: "a line that is neither a JSON list nor base64 is the client's mistake, not ours: 400 instead of 500",
        want: malformed_line_is_400,
    },
    Rule {
        name: "no message in a blank line",
        reason: "a line that is empty, such as the one behind a last line break, is not a message",
        want: blank_lines,
    },
    Rule {
        name: "headers asked for in order",
        reason: "Bandit presents repeated headers in reverse; here they keep the order of the request",
        want: headers_asked_for_in_order,
    },
    Rule {
        name: "inactive by the clock",
        reason: "a session without polls ends between 1.5 and 3 windows after the last; when exactly nobody was promised",
        want: inactive_by_the_clock,
    },
    Rule {
        name: "pages may read errors",
        reason: "a page of another origin that may use the transport sees why it cannot, where Phoenix leaves \
                 `access-control-allow-origin` out of its error pages",
        want: pages_may_read_errors,
    },
    Rule {
        name: "never stored",
        reason: "an answer is for one request of one client: `no-store`, as in newer versions of Phoenix",
        want: never_stored,
    },
];

pub(super) fn is_longpoll(case: &Case) -> bool {
    let path = case.request.target.split('?').next().unwrap_or_default();
    case.theme == "longpoll" || path.ends_with("/longpoll")
}

fn set(wanted: &mut Outcome, name: &str, value: &str) -> bool {
    let differs = wanted.header(name) != Some(value);
    wanted
        .headers
        .retain(|(key, _)| !key.eq_ignore_ascii_case(name));
    wanted.headers.push((name.to_owned(), value.to_owned()));
    differs
}

/// The status in an answer, and the answer.
pub(super) fn answer(outcome: &Outcome) -> Option<(u64, Value)> {
    let json: Value = serde_json::from_str(outcome.body.as_deref()?).ok()?;
    Some((json["status"].as_u64()?, json))
}

/// An answer with a token.
pub(super) fn answer_with(wanted: &mut Outcome, status: u64, messages: &[Value]) {
    let cors = ("access-control-allow-origin", "*");
    let json = ("content-type", "application/json; charset=utf-8");
    *wanted = Outcome {
        status: 200,
        headers: [NOT_CACHED, cors, json]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec(),
        body: Some(json!({ "status": status, "token": TOKEN, "messages": messages }).to_string()),
        took: wanted.took,
        after: Some(End::Open),
        terminate: wanted.terminate.take(),
        ..Outcome::nothing()
    };
}

pub(super) fn window(case: &Case) -> Duration {
    let millis = number_after(&case.mount, "window_ms ").unwrap_or(DEFAULT_WINDOW);
    Duration::from_millis(millis as u64)
}

fn end_told_at_once(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let ends = |frame: &Frame| {
        let word = frame
            .payload
            .split(|byte| *byte == b':')
            .next()
            .unwrap_or_default();
        [&b"stop"[..], b"crash", b"badreturn"].contains(&word)
    };
    if wanted.took.is_none_or(|took| took.is_zero()) {
        return false;
    }
    wanted.took = Some(Duration::ZERO);
    match answer(wanted) {
        Some((410, _)) => !case.was_disconnected,
        Some((408, _)) => case
            .sent
            .iter()
            .any(|frame| ends(frame) || is_undecodable(case, frame)),
        _ => false,
    }
}

/// True if it is not a message of the version that the client asked for.
fn is_undecodable(case: &Case, frame: &Frame) -> bool {
    let version = if case.request.target.contains("vsn=2") {
        Version::V2
    } else {
        Version::V1
    };
    case.theme.starts_with("channels_")
        && Message::read(frame).is_none_or(|message| message.version != version)
}

/// Lists are text, and come back as they are.
fn binary_refused(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let is_list = |frame: &&Frame| frame.opcode == 1 && frame.payload.starts_with(b"[");
    let is_binary =
        |frame: &Frame| frame.payload == b"bin" || frame.opcode == 2 && !frame.payload.is_empty();
    if !is_longpoll(case) || case.request.method != "GET" || !case.sent.iter().any(is_binary) {
        return false;
    }
    let lists = case.sent.iter().filter(is_list).filter_map(Frame::as_text);
    let messages: Vec<Value> = lists.map(Value::from).collect();
    match messages.is_empty() {
        true => {
            answer_with(wanted, 204, &[]);
            wanted.took = Some(window(case));
        }
        false => answer_with(wanted, 200, &messages),
    }
    true
}

fn list_is_no_token(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let given = is_longpoll(case) && case.request.target.contains("token[") && wanted.status == 500;
    if given {
        answer_with(wanted, 410, &[]);
    }
    given
}

fn token_of_its_mount(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let served = case.foreign_token && answer(wanted).is_some_and(|(status, _)| status != 410);
    match case.request.method.as_str() {
        _ if !served => {}
        "POST" => wanted.body = Some(json!({ "status": 410 }).to_string()),
        _ => answer_with(wanted, 410, &[]),
    }
    served
}

fn type_by_its_grammar(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let lines: Vec<&str> = case.sent.iter().filter_map(Frame::as_text).collect();
    let Some((200, json)) = answer(wanted).filter(|_| is_longpoll(case) && lines.len() > 1) else {
        return false;
    };
    let as_one = json["messages"] == json!([lines.join("\n")]);
    if as_one {
        let lines: Vec<Value> = lines.into_iter().map(Value::from).collect();
        answer_with(wanted, 200, &lines);
    }
    as_one
}

fn too_large_is_413(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let too_large =
        is_longpoll(case) && case.request.body.len() > LONGEST_BODY && wanted.status == 400;
    if too_large {
        wanted.status = 413;
        wanted.after = got
            .after
            .filter(|after| *after != End::Silent)
            .or(wanted.after);
    }
    too_large
}

fn malformed_line_is_400(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let lines = case
        .request
        .values("content-type")
        .eq(["application/x-ndjson"]);
    let malformed = |frame: &Frame| frame.opcode == 1 && !frame.payload.starts_with(b"[");
    if !is_longpoll(case) || !lines || wanted.status != 500 || !case.sent.iter().any(malformed) {
        return false;
    }
    (wanted.status, wanted.after) = (400, Some(End::Open));
    true
}

fn blank_lines(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    if !is_longpoll(case) || case.sent.len() < 2 {
        return false;
    }
    let Some((200, mut json)) = answer(wanted) else {
        return false;
    };
    let Some(messages) = json["messages"].as_array_mut() else {
        return false;
    };
    let before = messages.len();
    messages.retain(|message| message != "");
    let fewer = messages.len() < before;
    wanted.body = Some(json.to_string());
    fewer
}

fn headers_asked_for_in_order(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let asked: Vec<&str> = case
        .request
        .values("access-control-request-headers")
        .collect();
    let preflight = case.request.method == "OPTIONS" && asked.len() > 1;
    preflight && set(wanted, "access-control-allow-headers", &asked.join(", "))
}

fn inactive_by_the_clock(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let (least, most) = (window(case).mul_f64(1.5), window(case) * 3);
    let either = case.request.method == "POST"
        && (least..most).contains(&case.since_poll)
        && answer(wanted).is_some_and(|(status, _)| status == 410);
    if either {
        wanted.body = Some(json!({ "status": 200 }).to_string());
        wanted.took = Some(Duration::ZERO);
    }
    either
}

fn pages_may_read_errors(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    is_longpoll(case)
        && matches!(wanted.status, 400 | 413 | 500)
        && set(wanted, "access-control-allow-origin", "*")
}

fn never_stored(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    is_longpoll(case) && answer(wanted).is_some() && set(wanted, "cache-control", "no-store")
}
