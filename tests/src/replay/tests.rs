//! Tests that the comparison finds differences.

use std::{fs, path::Path, time::Duration};

use serde_json::{Value, json};

use super::*;
use crate::wire::Frame;

mod channels;
mod longpoll;

/// A token of a session.
const SOME_TOKEN: &str = "SFMyNTY.g3Qx_w.c2ln-A";

fn json_of(theme: &str) -> Value {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden");
    let bytes = fs::read(directory.join(theme).with_extension("json")).expect("a golden file");
    serde_json::from_slice(&bytes).expect("JSON")
}

fn cases_of(theme: &str) -> Vec<Case> {
    let golden = json_of(theme);
    let cases = golden["cases"].as_array().expect("cases");
    let read = cases
        .iter()
        .filter_map(|case| Conversation::read(theme, case).ok());
    read.flat_map(|conversation| conversation.exchanges)
        .map(|exchange| exchange.case)
        .collect()
}

fn golden() -> Vec<Case> {
    THEMES.iter().flat_map(|theme| cases_of(theme)).collect()
}

fn find(name: &str) -> Case {
    golden()
        .into_iter()
        .find(|case| case.name == name)
        .unwrap_or_else(|| panic!("no case `{name}`"))
}

/// A peer's answer that is as recorded.
fn faithful(case: &Case) -> Outcome {
    let mut got = case.expected.clone();
    got.client_port = 50_000;
    for frame in &mut got.frames {
        let text = String::from_utf8_lossy(&frame.payload).replace("\"<client-port>\"", "50000");
        if frame.opcode == 1 && frame.rsv == 0 {
            frame.payload = text.into_bytes();
        }
    }
    got.body = got.body.map(|body| body.replace("<token>", SOME_TOKEN));
    got
}

fn fails(case: &Case, got: &Outcome) -> bool {
    matches!(judge(case, got), Verdict::Different(_))
}

fn wanted_by(case: &Case, got: &Outcome) -> Vec<&'static str> {
    match judge(case, got) {
        Verdict::Wanted(rules) => rules.iter().map(|rule| rule.name).collect(),
        other => panic!("{}: {other:?}", case.name),
    }
}

fn unmasked(frame: Frame) -> Frame {
    Frame {
        masked: false,
        ..frame
    }
}

#[test]
fn every_case_agrees_with_itself() {
    let cases = golden();
    assert!(
        cases.len() > 600,
        "only {} cases can be played",
        cases.len()
    );
    for case in cases {
        let verdict = judge(&case, &faithful(&case));
        assert!(
            matches!(verdict, Verdict::Same),
            "{}: {verdict:?}",
            case.name
        );
    }
}

#[test]
fn no_wrong_answer_passes_in_any_case() {
    for case in golden() {
        let right = faithful(&case);
        let mut wrong: Vec<(&str, Outcome)> = vec![
            ("no answer", Outcome::nothing()),
            (
                "another status",
                Outcome {
                    status: 599,
                    ..right.clone()
                },
            ),
            (
                "a body",
                Outcome {
                    body: Some("surprise".to_owned()),
                    ..right.clone()
                },
            ),
        ];
        let mut header = right.clone();
        header
            .headers
            .push(("x-surprise".to_owned(), "1".to_owned()));
        wrong.push(("a header more", header));
        if right.status == 101 && right.end.is_some() {
            let mut more = right.clone();
            more.frames.push(unmasked(Frame::text("surprise")));
            wrong.push(("a frame more", more));
            let mut closed = right.clone();
            closed.close(4999, "failed");
            wrong.push(("an invented close code", closed));
            wrong.push((
                "silence",
                Outcome {
                    end: Some(End::Silent),
                    ..right.clone()
                },
            ));
        }
        if right.terminate.is_some() {
            let told = Some(vec!["overflow".to_owned()]);
            wrong.push((
                "another reason",
                Outcome {
                    terminate: told,
                    ..right.clone()
                },
            ));
        }
        for (what, got) in wrong {
            // The text of a page of the server's own is not compared.
            let page =
                what == "a body" && right.status >= 400 && right.header("content-type").is_some();
            let invented = what == "an invented close code"
                && right.close_code().is_some()
                && case.name.ends_with("4999");
            // Some requests got no answer when they were recorded.
            let silent = what == "no answer" && right.status == 0 && case.raw.is_some();
            assert!(
                page || invented || silent || fails(&case, &got),
                "{what} passes for `{}`",
                case.name
            );
        }
    }
}

#[test]
fn frames_are_compared_bit_by_bit() {
    let case = find("binary echo");
    let with = |frame: Frame| Outcome {
        frames: vec![frame],
        ..faithful(&case)
    };
    assert!(!fails(&case, &with(unmasked(Frame::binary(&[0, 1, 255])))));
    assert!(fails(&case, &with(unmasked(Frame::binary(&[0, 1, 254])))));
    assert!(fails(&case, &with(unmasked(Frame::new(1, [0, 1, 255])))));
    assert!(fails(&case, &with(Frame::binary(&[0, 1, 255]))));
    assert!(fails(
        &case,
        &with(unmasked(Frame::binary(&[0, 1, 255]).rsv(2)))
    ));
    assert!(fails(
        &case,
        &with(unmasked(Frame::binary(&[0, 1, 255]).unfinished()))
    ));
}

#[test]
fn compressed_frames_are_compared_by_what_they_say() {
    let case = find("deflate: compressed text");
    let with = |payload: Vec<u8>| Outcome {
        frames: vec![unmasked(Frame::new(1, payload).rsv(4))],
        ..faithful(&case)
    };
    let deflate = |text: &str| crate::wire::Deflater::default().deflate(text.as_bytes());
    assert!(!fails(&case, &with(deflate("hello hello hello hello"))));
    assert!(fails(&case, &with(deflate("hello hello hello hullo"))));
    assert!(fails(&case, &with(b"hello hello hello hello".to_vec())));
}

#[test]
fn json_is_compared_by_what_it_says() {
    let case = find("path params");
    let with = |json: Value| Outcome {
        frames: vec![unmasked(Frame::text(&json.to_string()))],
        ..faithful(&case)
    };
    assert!(!fails(
        &case,
        &with(json!({"user_id": "42", "project_id": "7"}))
    ));
    assert!(fails(&case, &with(json!({"user_id": "42"}))));
    assert!(fails(
        &case,
        &with(json!({"user_id": "42", "project_id": 7}))
    ));
    assert!(fails(
        &case,
        &with(json!({"user_id": "42", "project_id": "7", "more": ""}))
    ));
}

#[test]
fn a_rule_wants_its_own_better_answer_and_no_other() {
    let case = find("unmasked text");
    let mut strict = faithful(&case);
    strict.close(1002, "protocol: unmasked");
    assert_eq!(wanted_by(&case, &strict), ["broken frames"]);
    strict.close(1011, "crash");
    assert!(fails(&case, &strict));

    let case = find("client closes with 3999");
    let mut echoed = faithful(&case);
    echoed.close(3999, "closed 3999");
    assert_eq!(wanted_by(&case, &echoed), ["close code returned"]);
    echoed.close(4000, "closed 3999");
    assert!(fails(&case, &echoed));
    echoed.close(3999, "closed 4000");
    assert!(fails(&case, &echoed));

    let case = find("short key");
    let mut refused = faithful(&case);
    refused.refuse(400, Some("too short"));
    assert_eq!(wanted_by(&case, &refused), ["key of 16 bytes"]);
    refused.refuse(403, Some(""));
    assert!(fails(&case, &refused));

    let case = find("basic upgrade");
    refused.refuse(400, Some("too short"));
    assert!(fails(&case, &refused));
}

#[test]
fn announced_lengths_count_before_their_payload() {
    let request = json!({"method": "GET", "target": "/maxframe/websocket", "headers": []});
    let frames = json!([
        {"dir": "client", "raw_hex": "81fe03e900000000"},
        {"event": "case ends, connection still open"},
    ]);
    let case = json!({
        "name": "x", "mount": "/maxframe: max_frame_size 1000", "request": request,
        "response": {"status": 101}, "frames": frames, "terminate": "still open",
    });
    let case = Case::read("websocket_frames", &case).expect("a case");
    let mut got = faithful(&case);
    got.close(1009, "protocol: too large");
    assert_eq!(wanted_by(&case, &got), ["too large by its head"]);
    got.close(1002, "protocol: too large");
    assert!(fails(&case, &got));
}

#[test]
fn origin_rules_read_the_lists_of_the_mounts() {
    let accepted = faithful(&find("/co_list/websocket origin 'https://other.com'"));
    let refused = faithful(&find("/co_list/websocket origin 'https://evilexample.com'"));
    let cased = find("/co_list/websocket origin 'https://EXAMPLE.com'");
    assert_eq!(wanted_by(&cased, &accepted), ["host without case"]);
    let mut evil = cased;
    for (_, value) in evil
        .request
        .headers
        .iter_mut()
        .filter(|(name, _)| name == "origin")
    {
        *value = "https://EVIL.com".to_owned();
    }
    assert!(fails(&evil, &accepted));

    let clash = find("/clash_b/websocket origin 'http://a.com'");
    assert_eq!(wanted_by(&clash, &refused), ["origins of one's own mount"]);
    let own = find("/clash_a/websocket origin 'http://a.com'");
    assert!(fails(&own, &refused));
    let evil = find("/co_true/websocket origin 'http://evil.com'");
    assert!(fails(&evil, &accepted));
}

#[test]
fn value_rules_compute_what_they_want() {
    let case = find("path params percent-encoded");
    let with = |json: Value| Outcome {
        frames: vec![unmasked(Frame::text(&json.to_string()))],
        ..faithful(&case)
    };
    assert_eq!(
        wanted_by(&case, &with(json!({"user_id": "a b", "project_id": "é"}))),
        ["path params decoded"]
    );
    assert!(fails(
        &case,
        &with(json!({"user_id": "a+b", "project_id": "é"}))
    ));

    let case = find("user agent sent twice");
    let answer = |agent: &str| {
        let mut got = faithful(&case);
        let text = String::from_utf8(got.frames[0].payload.clone()).expect("text");
        got.frames[0].payload = text.replace("\"second\"", agent).into_bytes();
        got
    };
    assert_eq!(wanted_by(&case, &answer("\"first\"")), ["headers in order"]);
    assert!(fails(&case, &answer("null")));
}
