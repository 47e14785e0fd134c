//! RFC 6455 and RFC 7692 before Bandit's leniency, and the client's close code returned.

use super::{Case, Outcome, Rule};
use crate::{
    replay::{case::Step, outcome::End},
    wire::Frame,
};

pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "a broken protocol named",
        reason: "a client that broke the protocol is told in the close frame how, in words that quote nothing of it: Bandit \
                 closes without a text, and clients do not look at it",
        want: named,
    },
    Rule {
        name: "broken frames",
        reason: "RFC 6455 §5 wants the connection failed with 1002: unmasked frames, reserved bits and opcodes, control \
                 frames in pieces or over 125 bytes; Bandit lets some wait or pass",
        want: broken_frames,
    },
    Rule {
        name: "close code returned",
        reason: "RFC 6455 §5.5.1: the answer to a close frame typically repeats its code; Bandit answers 1000 to every \
                 one, and takes 1012 to 1014 for invalid though they are registered since",
        want: close_code_returned,
    },
    Rule {
        name: "whole message bounded",
        reason: "a limit on frames alone lets a client fill memory by fragments: `max_frame_size` bounds the message too",
        want: message_bounded,
    },
    Rule {
        name: "too large by its head",
        reason: "a frame that announces more than `max_frame_size` is refused before its payload is read, so that nothing \
                 is kept for it",
        want: too_large_by_head,
    },
    Rule {
        name: "restart is 1012",
        reason: "RFC 6455's registry has 1012 for a service restart: clients come back after it, and not after 1000",
        want: restart_is_1012,
    },
    Rule {
        name: "invalid text at once",
        reason: "RFC 6455 §8.1 allows to fail as soon as a fragment cannot become UTF-8 any more, before the rest is read",
        want: invalid_text_at_once,
    },
    Rule {
        name: "frames with the handshake",
        reason: "a client may send frames before it has read our 101; they wait for `init` and are answered then, where \
                 Bandit loses them",
        want: with_the_handshake,
    },
];

/// What a client that broke the protocol is told, with the close code.
const NAMED: &[(u16, &str)] = &[
    (1002, "a control frame is fragmented"),
    (1002, "a control frame is too long"),
    (1002, "a message begins before the last one has ended"),
    (1002, "nothing to continue"),
    (1002, "reserved bits are set"),
    (1002, "reserved opcode"),
    (1002, "the close code may not be sent"),
    (1002, "the close frame has half a code"),
    (1002, "the close text is not UTF-8"),
    (1002, "the frame is not masked"),
    (1002, "the frame says it is compressed where it must not be"),
    (1007, "the message cannot be inflated"),
    (1007, "the text is not UTF-8"),
    (1008, "the message has too many fragments"),
    (1009, "the frame is too large"),
    (1009, "the inflated message is too large"),
    (1009, "the message is too large"),
];

fn named(_: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    name(got, wanted)
}

/// Gives a close frame without a text the text that came, if it is one of [`NAMED`] for its code.
fn name(got: &Outcome, wanted: &mut Outcome) -> bool {
    let Some(close) = wanted.frames.iter_mut().find(|frame| frame.opcode == 8) else {
        return false;
    };
    let Some(came) = got.frames.iter().find(|frame| frame.opcode == 8) else {
        return false;
    };
    let is_told = |(code, text): &(u16, &str)| {
        close.payload == code.to_be_bytes()
            && came.close_code() == Some(*code)
            && came.payload[2..] == *text.as_bytes()
    };
    let told = NAMED.iter().any(is_told);
    if told {
        close.payload.clone_from(&came.payload);
    }
    told
}

/// Expects a close frame that tells the client how it broke the protocol.
fn fail(wanted: &mut Outcome, code: u16, got: &Outcome) {
    wanted.close(code, "protocol");
    name(got, wanted);
}

fn broken_frames(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let deflate = wanted.header("sec-websocket-extensions").is_some();
    let Some(place) = case.sent.iter().position(|frame| is_broken(frame, deflate)) else {
        return false;
    };
    if wanted.status != 101 || case.sent[..place].iter().any(|frame| frame.opcode == 8) {
        return false;
    }
    if place == 0 {
        wanted.frames.clear();
    }
    fail(wanted, 1002, got);
    true
}

fn is_broken(frame: &Frame, deflate: bool) -> bool {
    let control = frame.opcode >= 8;
    let allowed_bits = if deflate && matches!(frame.opcode, 1 | 2) {
        4
    } else {
        0
    };
    !frame.masked
        || frame.rsv & !allowed_bits != 0
        || !matches!(frame.opcode, 0..=2 | 8..=10)
        || control && (!frame.fin || frame.payload.len() > 125)
}

fn close_code_returned(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let Some(close) = case.sent.iter().find(|frame| frame.opcode == 8) else {
        return false;
    };
    let Some(code @ (1000..=1003 | 1007..=1014 | 3000..=4999)) = close.close_code() else {
        return false;
    };
    let answered = match code {
        1012..=1014 => Some(1002),
        _ => Some(1000),
    };
    let well_formed = !is_broken(close, false) && std::str::from_utf8(&close.payload[2..]).is_ok();
    if !well_formed || wanted.close_code() != answered {
        return false;
    }
    wanted.close(code, &format!("closed {code}"));
    true
}

fn message_bounded(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let Some(limit) = number_after(&case.mount, "max_frame_size ") else {
        return false;
    };
    let data = case.sent.iter().filter(|frame| frame.opcode < 8);
    let fragmented = case.sent.iter().any(|frame| !frame.fin);
    if !fragmented || data.map(|frame| frame.payload.len()).sum::<usize>() <= limit {
        return false;
    }
    wanted.frames.clear();
    fail(wanted, 1009, got);
    true
}

/// The default of `max_frame_size`.
const DEFAULT_LIMIT: usize = 8 << 20;

fn too_large_by_head(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let limit = number_after(&case.mount, "max_frame_size ").unwrap_or(DEFAULT_LIMIT);
    let too_large = wanted.status == 101 && case.announced > limit as u64;
    if too_large {
        fail(wanted, 1009, got);
    }
    too_large
}

fn restart_is_1012(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let restarts =
        case.sent.contains(&Frame::text("stop:restart")) || case.steps.contains(&Step::Restart);
    let asked = restarts && wanted.end == Some(End::Closed);
    if asked {
        wanted.close(1012, "shutdown");
    }
    asked
}

pub(super) fn number_after(text: &str, label: &str) -> Option<usize> {
    let (_, rest) = text.split_once(label)?;
    rest.split(|c: char| !c.is_ascii_digit())
        .next()?
        .parse()
        .ok()
}

fn invalid_text_at_once(case: &Case, got: &Outcome, wanted: &mut Outcome) -> bool {
    let beyond_repair = |frame: &Frame| {
        let error = std::str::from_utf8(&frame.payload).err();
        frame.opcode == 1 && !frame.fin && error.is_some_and(|error| error.error_len().is_some())
    };
    if !case.sent.iter().any(beyond_repair) {
        return false;
    }
    fail(wanted, 1007, got);
    true
}

fn with_the_handshake(case: &Case, _: &Outcome, wanted: &mut Outcome) -> bool {
    let pings = case
        .together
        .iter()
        .filter(|frame| **frame == Frame::text("ping"))
        .count();
    if pings == 0 || pings < case.together.len() || !wanted.frames.is_empty() {
        return false;
    }
    wanted.frames = vec![
        Frame {
            masked: false,
            ..Frame::text("pong")
        };
        pings
    ];
    true
}
