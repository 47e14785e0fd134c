//! Channels: a client is told what is wrong, and a failure ends nothing else.

use std::time::Duration;

use serde_json::{Value, json};

use super::{
    Case, Outcome, Rule,
    longpoll::{answer, answer_with, is_longpoll, window},
};
use crate::{
    replay::{message::Message, outcome::End, reason::NO_CLAUSE},
    wire::Frame,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "unknown event answered",
        reason: "a message that no handler is for is answered with `unknown event`, and the channel goes on: Phoenix's \
                 crashes for want of a clause, so that any client can end it",
        want: unknown_event_answered,
    },
    Rule {
        name: "nothing for an earlier join",
        reason: "a message that names a join which another has replaced is not for the new one: dropped, as in newer \
                 versions of Phoenix",
        want: nothing_for_an_earlier_join,
    },
    Rule {
        name: "a leave without a join",
        reason: "a leave that names no join means the one there is, as in newer versions of Phoenix",
        want: leave_without_a_join,
    },
    Rule {
        name: "told after leaving",
        reason: "who has left is told so when it goes on: Phoenix says nothing while the channel's process is ending",
        want: told_after_leaving,
    },
    Rule {
        name: "a join fails alone",
        reason: "what cannot be said in a join's reply fails this join: Phoenix ends the connection with all its channels",
        want: join_fails_alone,
    },
    Rule {
        name: "disconnected is 1001",
        reason: "a client that the application disconnects is to come back and be asked again who it is: 1001, as in newer \
                 versions of Phoenix. 1011 tells of a failure that there was not",
        want: disconnected_is_1001,
    },
    Rule {
        name: "disconnected at once",
        reason: "a poll that waits is told at once that the application has ended its session, and the client has its new \
                 one when Phoenix's still asks after the old",
        want: disconnected_at_once,
    },
    Rule {
        name: "serializers of the socket",
        reason: "a list of serializers at the socket says what it speaks, where Phoenix ignores it",
        want: serializers_of_the_socket,
    },
    Rule {
        name: "not understood, and why",
        reason: "a client that is not understood is told in the close frame what is wrong with its message, in words that \
                 quote nothing of it: Phoenix closes without a text, and clients do not look at it",
        want: told_why_not_understood,
    },
    Rule {
        name: "bytes of channels refused",
        reason: "an answer of longpoll is JSON text, in which bytes have no form: a reply of bytes becomes an error, a push \
                 of bytes an error for the channel",
        want: bytes_refused,
    },
    Rule {
        name: "phx_error with a reason",
        reason: "`phx_error` carries a reason, as in newer versions of Phoenix: older clients do not look at its payload",
        want: error_with_reason,
    },
];

fn is_channel(case: &Case) -> bool {
    case.theme.starts_with("channels_")
}

fn sent(case: &Case) -> Vec<Message> {
    if is_channel(case) {
        case.sent.iter().filter_map(Message::read).collect()
    } else {
        Vec::new()
    }
}

/// The index of the reply to a message.
fn reply_to(message: &Message, frames: &[Frame]) -> Option<usize> {
    frames
        .iter()
        .position(|frame| Message::read(frame).is_some_and(|told| told.answers(message)))
}

/// The latest join before a message that has the same topic.
fn join_before(place: usize, sent: &[Message]) -> Option<&Message> {
    sent[..place]
        .iter()
        .rfind(|join| join.event == "phx_join" && join.topic == sent[place].topic)
}

fn unknown_event_answered(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    if wanted.terminate.as_deref() != Some(&[NO_CLAUSE.to_owned()]) {
        return false;
    }
    let sent = sent(case);
    let unanswered = |message: &Message| reply_to(message, &wanted.frames).is_none();
    let Some(place) = sent.iter().position(unanswered) else {
        return false;
    };
    for frame in &mut wanted.frames {
        let Some(told) = Message::read(frame) else {
            continue;
        };
        let later = sent[place + 1..]
            .iter()
            .find(|message| told.answers(message));
        match later {
            Some(echo) if echo.event == "echo" => {
                *frame = echo.reply("ok", echo.payload.clone()).frame()
            }
            _ if told.event == "phx_error" => *frame = sent[place].refusal("unknown event").frame(),
            _ => {}
        }
    }
    wanted.terminate = Some(Vec::new());
    true
}

fn nothing_for_an_earlier_join(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let sent = sent(case);
    let is_stale = |place: usize| {
        let message = &sent[place];
        let named = |message: &Message| !message.join_ref.is_null();
        message.event != "phx_join"
            && join_before(place, &sent).is_some_and(|join| {
                join.join_ref != message.join_ref && named(join) && named(message)
            })
    };
    let mut found = false;
    for place in (0..sent.len()).filter(|place| is_stale(*place)) {
        if let Some(reply) = reply_to(&sent[place], &wanted.frames) {
            wanted.frames.remove(reply);
            found = true;
        }
    }
    found
}

fn leave_without_a_join(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let sent = sent(case);
    let leaves =
        |place: &usize| sent[*place].event == "phx_leave" && sent[*place].join_ref.is_null();
    let Some(place) = (0..sent.len()).find(leaves) else {
        return false;
    };
    let Some(join) = join_before(place, &sent) else {
        return false;
    };
    if reply_to(&sent[place], &wanted.frames).is_some() {
        return false;
    }
    let leave = Message {
        join_ref: join.join_ref.clone(),
        ..sent[place].clone()
    };
    wanted
        .frames
        .extend([leave.reply("ok", json!({})).frame(), join.close().frame()]);
    true
}

fn told_after_leaving(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let sent = sent(case);
    let Some(left) = sent.iter().position(|message| message.event == "phx_leave") else {
        return false;
    };
    let is_lost = |message: &&Message| {
        message.topic == sent[left].topic
            && message.event != "phx_join"
            && reply_to(message, &wanted.frames).is_none()
    };
    let lost: Vec<Frame> = sent[left + 1..]
        .iter()
        .filter(is_lost)
        .map(unmatched)
        .collect();
    let found = !lost.is_empty();
    wanted.frames.extend(lost);
    found
}

fn unmatched(message: &Message) -> Frame {
    Message {
        join_ref: Value::Null,
        ..message.clone()
    }
    .refusal("unmatched topic")
    .frame()
}

fn join_fails_alone(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let ([join], [frame]) = (&sent(case)[..], &case.sent[..]) else {
        return false;
    };
    if frame.opcode != 2 || join.event != "phx_join" || wanted.close_code() != Some(1011) {
        return false;
    }
    wanted.frames = vec![join.refusal("join crashed").frame()];
    wanted.end = Some(End::Open);
    wanted.terminate = wanted.terminate.is_some().then(Vec::new);
    true
}

fn is_disconnected(case: &Case) -> bool {
    case.publications()
        .any(|publication| publication.event == "disconnect")
}

fn disconnected_is_1001(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let ended = is_disconnected(case) && wanted.close_code() == Some(1011);
    if ended {
        wanted.close(1001, "channel disconnected");
    }
    ended
}

fn told_why_not_understood(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let told =
        |frame: &Frame| frame.opcode == 8 && frame.payload.get(2..).is_some_and(is_understandable);
    let Some(close) = got.frames.iter().find(|frame| told(frame)) else {
        return false;
    };
    let Some(place) = wanted
        .frames
        .iter()
        .position(|frame| frame.opcode == 8 && frame.payload.len() == 2)
    else {
        return false;
    };
    if !is_channel(case) || wanted.close_code() != Some(1011) || close.close_code() != Some(1011) {
        return false;
    }
    wanted.frames[place].payload.clone_from(&close.payload);
    true
}

fn is_understandable(text: &[u8]) -> bool {
    text.starts_with(b"undecodable message: ") && text.len() <= 123
}

fn disconnected_at_once(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let status = answer(wanted).map(|(status, _)| status);
    match status {
        Some(204) if is_disconnected(case) => {
            answer_with(wanted, 410, &[]);
            wanted.took = Some(Duration::ZERO);
        }
        Some(410) if case.was_disconnected => {
            answer_with(wanted, 204, &[]);
            wanted.took = Some(window(case));
        }
        _ => return false,
    }
    true
}

fn serializers_of_the_socket(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let at_the_socket = case
        .mount
        .contains("serializer list given to `use Phoenix.Socket`");
    if !at_the_socket || !case.request.target.contains("vsn=2") {
        return false;
    }
    match is_longpoll(case) {
        true => wanted.body = Some(json!({ "status": 403 }).to_string()),
        false => wanted.refuse(403, Some("")),
    }
    true
}

fn bytes_refused(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let [frame] = &case.sent[..] else {
        return false;
    };
    let Some(message) = Message::read(frame).filter(|_| is_channel(case) && is_longpoll(case))
    else {
        return false;
    };
    match frame.opcode {
        2 if message.event == "echo" => {
            answer_with(
                wanted,
                200,
                &[message.refusal("internal error").text().into()],
            );
        }
        1 if message.event == "push_bin" => {
            answer_with(wanted, 200, &[message.error().text().into()]);
        }
        _ => return false,
    }
    true
}

fn error_with_reason(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let ended = |frame: &Frame| Message::read(frame).filter(|told| told.event == "phx_error");
    let mut found = false;
    if !is_channel(case) {
        return found;
    }
    for frame in &mut wanted.frames {
        if let Some(told) = ended(frame) {
            *frame = told.crashed().frame();
            found = true;
        }
    }
    found | polled_errors(wanted)
}

/// The same in the messages of a longpoll answer.
fn polled_errors(wanted: &mut Outcome) -> bool {
    let Some((_, mut json)) = answer(wanted) else {
        return false;
    };
    let mut found = false;
    for message in json["messages"].as_array_mut().into_iter().flatten() {
        let frame = message.as_str().map(Frame::text);
        let told = frame.as_ref().and_then(Message::read);
        if let Some(told) = told.filter(|told| told.event == "phx_error") {
            *message = told.crashed().text().into();
            found = true;
        }
    }
    if found {
        wanted.body = Some(json.to_string());
    }
    found
}
