//! What is compared in the messages of channels, and what the rules about them want.

use super::*;
use crate::replay::{
    case::Step,
    message::Message,
    reason::{NO_CLAUSE, of_channel},
};

const THEMES_OF_CHANNELS: [&str; 3] = ["channels_v1", "channels_v2", "channels_longpoll"];

fn channels() -> impl Iterator<Item = Case> {
    THEMES_OF_CHANNELS.into_iter().flat_map(cases_of)
}

fn find_in(theme: &str, name: &str) -> Case {
    let found = cases_of(theme).into_iter().find(|case| case.name == name);
    found.unwrap_or_else(|| panic!("no case `{name}` in {theme}"))
}

fn read(theme: &str, name: &str) -> Conversation {
    let golden = json_of(theme);
    let mut cases = golden["cases"].as_array().expect("cases").iter();
    let case = cases
        .find(|case| case["name"] == name)
        .unwrap_or_else(|| panic!("no case `{name}`"));
    Conversation::read(theme, case).expect("it can be played")
}

/// An outcome in which the server sends these messages after its reply to the join.
fn after_join(case: &Case, messages: &[Value]) -> Outcome {
    let mut got = faithful(case);
    got.frames.truncate(1);
    got.frames.extend(
        messages
            .iter()
            .map(|message| unmasked(Frame::text(&message.to_string()))),
    );
    got
}

#[test]
fn every_case_can_be_played() {
    for (theme, count) in THEMES_OF_CHANNELS.into_iter().zip([89, 75, 17]) {
        let golden = json_of(theme);
        let cases = golden["cases"].as_array().expect("cases");
        assert_eq!(cases.len(), count, "{theme}");
        for case in cases {
            Conversation::read(theme, case).unwrap_or_else(|left_out| panic!("{left_out:?}"));
        }
    }
}

#[test]
fn every_part_of_a_message_counts() {
    let mut seen = 0;
    for case in channels() {
        let right = faithful(&case);
        for (at, frame) in right.frames.iter().enumerate() {
            let Some(told) = Message::read(frame) else {
                continue;
            };
            seen += 1;
            let other = || json!("surprise");
            let altered = [
                Message {
                    join_ref: other(),
                    ..told.clone()
                },
                Message {
                    reference: other(),
                    ..told.clone()
                },
                Message {
                    topic: other(),
                    ..told.clone()
                },
                Message {
                    event: other(),
                    ..told.clone()
                },
                Message {
                    payload: other(),
                    ..told.clone()
                },
                Message {
                    payload: json!({ "status": "ok", "response": { "more": 1 } }),
                    ..told.clone()
                },
            ];
            // In the first version the text does not contain the join.
            for message in altered
                .iter()
                .filter(|message| message.text() != told.text())
            {
                let mut wrong = right.clone();
                wrong.frames[at] = message.frame();
                assert!(
                    fails(&case, &wrong),
                    "{} passes for `{}`",
                    message.text(),
                    case.name
                );
            }
            let mut doubled = right.clone();
            doubled.frames.insert(at, frame.clone());
            assert!(
                fails(&case, &doubled),
                "a message twice passes for `{}`",
                case.name
            );
            let mut lost = right.clone();
            lost.frames.remove(at);
            let stale = case.name == "message with the join_ref of a replaced join" && at == 3;
            assert_eq!(
                !fails(&case, &lost),
                stale,
                "a lost message passes for `{}`",
                case.name
            );
            if at > 0 && right.frames[at - 1] != *frame {
                let mut swapped = right.clone();
                swapped.frames.swap(at - 1, at);
                assert!(
                    fails(&case, &swapped),
                    "another order passes for `{}`",
                    case.name
                );
            }
        }
    }
    assert!(seen > 240, "only {seen} messages were recorded");
}

#[test]
fn messages_are_compared_by_what_they_say() {
    let case = find_in("channels_v2", "join");
    let with = |text: &str| Outcome {
        frames: vec![unmasked(Frame::text(text))],
        ..faithful(&case)
    };
    assert!(!fails(
        &case,
        &with(r#"["1","1","room:lobby","phx_reply",{"status":"ok","response":{}}]"#)
    ));
    assert!(!fails(
        &case,
        &with(r#"[ "1","1","room:lobby","phx_reply",{"response": {},"status":"ok"} ]"#)
    ));
    assert!(fails(
        &case,
        &with(r#"["1",1,"room:lobby","phx_reply",{"status":"ok","response":{}}]"#)
    ));
    assert!(fails(
        &case,
        &with(r#"["1","1","room:lobby","phx_reply",{"status":"ok","response":[]}]"#)
    ));
    assert!(fails(
        &case,
        &with(r#"["1","1","room:lobby","phx_reply",{"status":"ok"}]"#)
    ));
    assert!(fails(
        &case,
        &with(r#"["1","1","room:lobby","phx_reply",{"status":"ok","response":{}},0]"#)
    ));
    let as_bytes =
        Frame::binary(br#"["1","1","room:lobby","phx_reply",{"response":{},"status":"ok"}]"#);
    assert!(fails(
        &case,
        &Outcome {
            frames: vec![unmasked(as_bytes)],
            ..faithful(&case)
        }
    ));
}

#[test]
fn times_until_the_end_count() {
    let case = find_in("channels_v1", "heartbeats keep a 500ms timeout away");
    let lasted = |millis: u64| Outcome {
        lasted: Some(Duration::from_millis(millis)),
        ..faithful(&case)
    };
    assert!(!fails(&case, &lasted(500)) && !fails(&case, &lasted(700)));
    assert!(fails(&case, &lasted(400)) && fails(&case, &lasted(800)));
    assert!(fails(
        &case,
        &Outcome {
            lasted: None,
            ..faithful(&case)
        }
    ));
    let waits = case
        .steps
        .iter()
        .filter(|step| **step == Step::Wait(Duration::from_millis(300)));
    assert_eq!(waits.count(), 2);
}

#[test]
fn an_unknown_event_is_answered_and_no_channel_ends() {
    let refusal = json!(["1", "2", "room:lobby", "phx_reply",
        {"status": "error", "response": {"reason": "unknown event"}}]);
    let echo = json!(["1", "3", "room:lobby", "phx_reply", {"status": "ok", "response": {}}]);
    for name in [
        "channel no_such_event",
        "client sends phx_close",
        "client sends phx_error",
    ] {
        let case = find_in("channels_v2", name);
        let told = |terminate: &[&str], messages: &[&Value]| Outcome {
            terminate: Some(terminate.iter().map(ToString::to_string).collect()),
            ..after_join(
                &case,
                &messages.iter().copied().cloned().collect::<Vec<_>>(),
            )
        };
        assert_eq!(
            wanted_by(&case, &told(&[], &[&refusal, &echo])),
            ["unknown event answered"]
        );
        assert!(fails(&case, &told(&["channel crash"], &[&refusal, &echo])));
        assert!(fails(&case, &told(&[], &[&refusal])));
        assert!(fails(&case, &told(&[], &[&echo, &echo])));
        assert!(fails(&case, &told(&[], &[])));
    }
    let crash = find_in("channels_v2", "channel crash");
    assert!(fails(&crash, &after_join(&crash, &[refusal, echo])));
}

#[test]
fn a_channel_that_crashes_says_so() {
    for (theme, name) in [
        ("channels_v1", "other channels survive a crash"),
        ("channels_v2", "channel crash"),
    ] {
        let case = find_in(theme, name);
        let with = |reason: &str| {
            let mut got = faithful(&case);
            for frame in &mut got.frames {
                let told = String::from_utf8_lossy(&frame.payload).into_owned();
                if told.contains("phx_error") {
                    let payload = json!({ "reason": reason }).to_string();
                    *frame = unmasked(Frame::text(&told.replace("{}", &payload)));
                }
            }
            got
        };
        assert_eq!(
            wanted_by(&case, &with("channel_crash")),
            ["phx_error with a reason"]
        );
        assert!(fails(&case, &with("another")));
    }
}

#[test]
fn leaving_is_answered_in_full() {
    let leave = json!(["1", "2", "room:lobby", "phx_reply", {"status": "ok", "response": {}}]);
    let close = json!(["1", "1", "room:lobby", "phx_close", {}]);
    let case = find_in("channels_v2", "leave with null join_ref");
    let got = after_join(&case, &[leave.clone(), close.clone()]);
    assert_eq!(wanted_by(&case, &got), ["a leave without a join"]);
    assert!(fails(
        &case,
        &after_join(&case, std::slice::from_ref(&leave))
    ));
    assert!(fails(
        &case,
        &after_join(&case, &[close.clone(), leave.clone()])
    ));

    let case = find_in("channels_v2", "leave and a message in one go");
    let unmatched = |join_ref: Value| {
        json!([join_ref, "3", "room:lobby", "phx_reply",
            {"status": "error", "response": {"reason": "unmatched topic"}}])
    };
    let with = |last: Value| after_join(&case, &[leave.clone(), close.clone(), last]);
    assert_eq!(
        wanted_by(&case, &with(unmatched(Value::Null))),
        ["told after leaving"]
    );
    assert!(fails(&case, &with(unmatched("1".into()))));
}

#[test]
fn a_join_fails_alone() {
    let case = find_in("channels_v2", "binary join");
    let refusal = |reason: &str| {
        let message = json!(["1", "1", "room:reply", "phx_reply",
            {"status": "error", "response": {"reason": reason}}]);
        let mut got = faithful(&case);
        got.frames = vec![unmasked(Frame::text(&message.to_string()))];
        (got.end, got.terminate) = (Some(End::Open), Some(Vec::new()));
        got
    };
    assert_eq!(
        wanted_by(&case, &refusal("join crashed")),
        ["a join fails alone"]
    );
    assert!(fails(&case, &refusal("unmatched topic")));
    assert!(fails(
        &case,
        &Outcome {
            end: Some(End::Closed),
            ..refusal("join crashed")
        }
    ));
}

#[test]
fn who_is_disconnected_is_to_come_back() {
    let case = find_in("channels_v1", "server sends disconnect to the socket id");
    let closed = |code: u16, told: &str| {
        let mut got = faithful(&case);
        got.close(code, told);
        got
    };
    assert_eq!(
        wanted_by(&case, &closed(1001, "channel disconnected")),
        ["disconnected is 1001"]
    );
    assert!(fails(&case, &closed(1000, "channel disconnected")));
    assert!(fails(&case, &closed(1001, "channel normal")));

    let polls: Vec<Case> = cases_of("channels_longpoll")
        .into_iter()
        .filter(|case| case.name == "disconnect broadcast while a poll waits")
        .collect();
    let [.., waiting, next] = &polls[..] else {
        panic!("no polls")
    };
    let answer = |case: &Case, status: u64, millis: u64| Outcome {
        body: Some(json!({"status": status, "token": SOME_TOKEN, "messages": []}).to_string()),
        took: Some(Duration::from_millis(millis)),
        ..faithful(case)
    };
    assert_eq!(
        wanted_by(waiting, &answer(waiting, 410, 110)),
        ["disconnected at once"]
    );
    assert!(fails(waiting, &answer(waiting, 410, 1000)));
    assert!(fails(waiting, &answer(waiting, 204, 110)));
    assert_eq!(
        wanted_by(next, &answer(next, 204, 1000)),
        ["disconnected at once"]
    );
    assert!(fails(next, &answer(next, 204, 0)));
    assert!(fails(next, &answer(next, 410, 0)));
}

#[test]
fn bytes_do_not_go_over_longpoll() {
    let polls = cases_of("channels_longpoll");
    let poll = |name: &str| {
        polls
            .iter()
            .rfind(|case| case.name == name)
            .expect("a case")
    };
    let answer = |case: &Case, status: u64, messages: &[Value], took: u64| Outcome {
        body: Some(
            json!({"status": status, "token": SOME_TOKEN, "messages": messages}).to_string(),
        ),
        took: Some(Duration::from_millis(took)),
        ..faithful(case)
    };
    let refusal = |reason: &str| {
        let reply = json!(["1", "2", "room:lobby", "phx_reply",
            {"status": "error", "response": {"reason": reason}}]);
        Value::from(reply.to_string())
    };
    let echo = poll("binary push over longpoll, ascii body");
    let refused = answer(echo, 200, &[refusal("internal error")], 0);
    assert_eq!(wanted_by(echo, &refused), ["bytes of channels refused"]);
    assert!(fails(echo, &answer(echo, 200, &[refusal("nope")], 0)));
    assert!(fails(echo, &answer(echo, 200, &[], 0)));
    let push = poll("binary push from the channel");
    let told = json!(["1", "1", "room:lobby", "phx_error", {"reason": "channel_crash"}]);
    assert_eq!(
        wanted_by(push, &answer(push, 200, &[told.to_string().into()], 0)),
        ["bytes of channels refused"]
    );
    assert!(fails(push, &answer(push, 204, &[], 1000)));
    assert!(fails(push, &answer(push, 200, &["\u{0}".into()], 0)));
}

#[test]
fn serializers_of_a_socket_refuse_other_versions() {
    let case = find_in(
        "channels_v1",
        "socket_v1: list with only {V1, \"~> 1.0.0\"}, vsn 2.0.0",
    );
    let mut refused = faithful(&case);
    refused.refuse(403, Some(""));
    assert_eq!(wanted_by(&case, &refused), ["serializers of the socket"]);
    refused.refuse(400, Some(""));
    assert!(fails(&case, &refused));
    let default = find_in("channels_v2", "join");
    refused.refuse(403, Some(""));
    assert!(fails(&default, &refused));
}

#[test]
fn channels_are_told_reasons_in_our_words() {
    let left = |frames: &[Frame], phoenix: &str| of_channel(&format!("channel {phoenix}"), frames);
    let text = Frame::text(r#"["1","2","room:lobby","hello",{}]"#);
    assert_eq!(left(&[], ":normal"), "channel normal");
    assert_eq!(left(&[], "{:shutdown, :left}"), "channel left");
    assert_eq!(left(&[], "{:shutdown, :x}"), "channel shutdown");
    assert_eq!(
        left(&[Frame::close(3001, b"")], "{:shutdown, :local_closed}"),
        "channel closed 3001"
    );
    assert_eq!(
        left(&[], "{:shutdown, :peer_closed}"),
        "channel closed 1006"
    );
    assert_eq!(left(&[], ":boom"), "channel failed");
    assert_eq!(
        left(&[], "{%RuntimeError{message: \"x\"}, <stacktrace>}}"),
        "channel crash"
    );
    assert_eq!(
        left(
            std::slice::from_ref(&text),
            "{:function_clause, <stacktrace>}}"
        ),
        NO_CLAUSE
    );
    let nameless = Frame::text(r#"["1","2","room:lobby",5,{}]"#);
    assert_eq!(
        left(
            &[text.clone(), nameless],
            "{:function_clause, <stacktrace>}}"
        ),
        "channel protocol"
    );
    let garbage = Frame::binary(b"\x05abc");
    assert_eq!(
        left(&[text, garbage], "{:function_clause, <stacktrace>}}"),
        "channel protocol"
    );
}

#[test]
fn two_sockets_wait_for_each_other() {
    let name = "two sockets in one room: broadcast, broadcast_from, intercepted, dropped";
    let conversation = read("channels_v2", name);
    let rounds: Vec<usize> = conversation.rounds().map(<[Exchange]>::len).collect();
    assert_eq!(rounds, [2]);
    assert!(conversation.is_public());
    for exchange in &conversation.exchanges {
        let steps = &exchange.case.steps;
        assert!(
            matches!(&steps[..3], [Step::Write(_), Step::Hear, Step::Meet]),
            "{steps:?}"
        );
        assert_eq!(
            steps.iter().filter(|step| **step == Step::Meet).count(),
            2,
            "{steps:?}"
        );
    }
}

#[test]
fn what_the_application_publishes_is_read() {
    let conversation = read("channels_v2", "broadcast from the endpoint");
    let [exchange] = &conversation.exchanges[..] else {
        panic!("one exchange")
    };
    let published: Vec<_> = exchange.case.publications().collect();
    assert_eq!(
        published,
        [&Publication {
            topic: "room:lobby".to_owned(),
            event: "hey".to_owned()
        }]
    );
    assert!(conversation.is_public());
    assert!(!read("channels_v2", "join").is_public());
    assert!(read("channels_v2", "binary broadcast").is_public());
}

#[test]
fn long_messages_are_made_again() {
    for (theme, sent, told) in [
        ("channels_v1", 100_081, 100_098),
        ("channels_v2", 100_038, 100_070),
    ] {
        let case = find_in(theme, "payload of 100000 bytes");
        assert_eq!(case.sent[1].payload.len(), sent);
        assert_eq!(case.expected.frames[1].payload.len(), told);
        let message = Message::read(&case.sent[1]).expect("a message");
        assert_eq!(message.payload["x"].as_str().map(str::len), Some(100_000));
    }
}
