//! What is compared in the answers of longpoll, and what a client of the player does.

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

use super::*;

/// The recorded answers of longpoll, except for a very long one.
fn answers() -> Vec<(Case, Value)> {
    let answer = |case: &Case| -> Option<Value> {
        let body = faithful(case).body.filter(|body| body.len() < 10_000)?;
        let json: Value = serde_json::from_str(&body).ok()?;
        json["status"].as_u64().map(|_| json)
    };
    golden()
        .into_iter()
        .filter_map(|case| answer(&case).map(|json| (case, json)))
        .collect()
}

fn with(case: &Case, body: &Value) -> Outcome {
    Outcome {
        body: Some(body.to_string()),
        ..faithful(case)
    }
}

/// The answer with its messages changed.
fn with_messages(case: &Case, answer: &Value, change: impl FnOnce(&mut Vec<Value>)) -> Outcome {
    let mut answer = answer.clone();
    change(answer["messages"].as_array_mut().expect("messages"));
    with(case, &answer)
}

#[test]
fn another_status_fails() {
    for (case, answer) in answers() {
        for status in [200, 204, 403, 408, 410, 500]
            .into_iter()
            .filter(|status| answer["status"] != *status)
        {
            let mut other = answer.clone();
            other["status"] = json!(status);
            // A session may live a little longer than was recorded.
            let sixth = Duration::from_millis(200);
            let alive = status == 200 && (3 * sixth..6 * sixth).contains(&case.since_poll);
            let got = Outcome {
                took: case.expected.took.map(|_| Duration::ZERO),
                ..with(&case, &other)
            };
            // The server may know that the session has ended.
            let ended = status == 410 && case.publications().next().is_some();
            // The session may be another mount's. A poll is then answered without messages.
            let foreign = status == 410 && case.foreign_token && case.request.method == "POST";
            assert_eq!(
                !fails(&case, &got),
                alive || ended || foreign,
                "{status} passes for `{}`",
                case.name
            );
        }
    }
}

#[test]
fn every_message_counts() {
    let mut seen = 0;
    for (case, answer) in answers() {
        let Some(messages) = answer["messages"].as_array() else {
            continue;
        };
        let more = with_messages(&case, &answer, |messages| messages.push(json!("surprise")));
        assert!(
            fails(&case, &more),
            "a message more passes for `{}`",
            case.name
        );
        for (at, message) in messages.iter().enumerate() {
            seen += 1;
            let blank = message == "" && messages.len() > 1;
            let lost = with_messages(&case, &answer, |messages| drop(messages.remove(at)));
            assert_eq!(
                !fails(&case, &lost),
                blank,
                "a lost message passes for `{}`",
                case.name
            );
            let doubled = with_messages(&case, &answer, |messages| {
                messages.insert(at, message.clone())
            });
            assert!(
                fails(&case, &doubled),
                "a message twice passes for `{}`",
                case.name
            );
            let altered = with_messages(&case, &answer, |messages| messages[at] = json!("{}"));
            assert!(
                fails(&case, &altered),
                "another message passes for `{}`",
                case.name
            );
            if at > 0 {
                let swapped = with_messages(&case, &answer, |messages| messages.swap(at - 1, at));
                assert!(
                    fails(&case, &swapped),
                    "another order passes for `{}`",
                    case.name
                );
            }
        }
    }
    assert!(seen > 20, "only {seen} messages were recorded");
}

#[test]
fn long_messages_are_compared_to_their_end() {
    let case = golden()
        .into_iter()
        .rfind(|case| case.name == "post of 7.9 MB")
        .expect("a case");
    let body = case.expected.body.clone().unwrap_or_default();
    assert_eq!(body.matches('x').count(), 7_900_000);
    let body = body.replace("<token>", SOME_TOKEN);
    let with = |body: String| Outcome {
        body: Some(body),
        ..faithful(&case)
    };
    assert!(!fails(&case, &with(body.clone())));
    assert!(fails(&case, &with(body.replacen("x\"", "\"", 1))));
    assert!(fails(&case, &with(body.replacen("x\"", "y\"", 1))));
}

#[test]
fn a_token_has_three_parts_and_comes_where_it_came() {
    for (case, answer) in answers() {
        let wrong: &[Value] = match answer.get("token") {
            Some(_) => &[
                json!(""),
                json!("SFMyNTY.g3Qx"),
                json!("SFMyNTY.g3Qx."),
                json!(7),
            ],
            None => &[json!(SOME_TOKEN)],
        };
        for token in wrong {
            let mut other = answer.clone();
            other["token"] = token.clone();
            assert!(
                fails(&case, &with(&case, &other)),
                "the token {token} passes for `{}`",
                case.name
            );
        }
        let mut without = answer.clone();
        let had = without
            .as_object_mut()
            .is_some_and(|answer| answer.remove("token").is_some());
        assert_eq!(
            fails(&case, &with(&case, &without)),
            had,
            "no token passes for `{}`",
            case.name
        );
    }
}

#[test]
fn times_count() {
    let (mut waits, mut ends) = (0, 0);
    for (case, answer) in answers() {
        let Some(took) = case.expected.took else {
            continue;
        };
        let late = Outcome {
            took: Some(took + Duration::from_millis(300)),
            ..faithful(&case)
        };
        assert!(fails(&case, &late), "late passes for `{}`", case.name);
        let soon = Outcome {
            took: Some(took.mul_f64(0.8)),
            ..faithful(&case)
        };
        let at_once = Outcome {
            took: Some(Duration::ZERO),
            ..faithful(&case)
        };
        match answer["status"].as_u64() {
            _ if took.is_zero() => assert!(!fails(&case, &at_once)),
            // In these two cases, the poll that waits is answered, and the next one waits.
            _ if case.was_disconnected || case.publications().next().is_some() => {
                assert!(fails(&case, &at_once), "{}", case.name);
            }
            Some(408 | 410) => {
                assert_eq!(
                    wanted_by(&case, &at_once),
                    ["end told at once"],
                    "{}",
                    case.name
                );
                ends += 1;
            }
            _ => {
                assert!(
                    fails(&case, &soon) && fails(&case, &at_once),
                    "early passes for `{}`",
                    case.name
                );
                waits += 1;
            }
        }
    }
    assert!(waits > 5 && ends > 8, "{waits} waits, {ends} ends");
}

#[test]
fn binary_messages_are_refused_and_others_arrive() {
    let recorded = |name: &str| {
        let mut steps = golden().into_iter();
        let poll = steps.rfind(|case| case.name == name && case.request.method == "GET");
        poll.unwrap_or_else(|| panic!("no case `{name}`"))
    };
    let answer = |status: u64, messages: &[&str], took: u64| {
        let headers = [
            ("cache-control", "no-store"),
            ("access-control-allow-origin", "*"),
            ("content-type", "application/json; charset=utf-8"),
        ];
        Outcome {
            status: 200,
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
            body: Some(
                json!({"status": status, "token": SOME_TOKEN, "messages": messages}).to_string(),
            ),
            took: Some(Duration::from_millis(took)),
            after: Some(End::Open),
            ..Outcome::nothing()
        }
    };
    let mixed = recorded("ndjson: text and binary mixed");
    assert_eq!(
        wanted_by(&mixed, &answer(200, &["[\"a\"]", "[\"c\"]"], 0)),
        ["binary refused", "never stored"]
    );
    assert!(fails(&mixed, &answer(200, &["[\"a\"]"], 0)));
    assert!(fails(&mixed, &answer(204, &[], 400)));
    let alone = recorded("binary reply with bytes that are not utf-8");
    assert_eq!(
        wanted_by(&alone, &answer(204, &[], 400)),
        ["binary refused", "never stored"]
    );
    assert!(fails(&alone, &answer(204, &[], 0)));
    assert!(fails(&alone, &answer(200, &["\u{0}\u{1}"], 0)));
    let text = recorded("unicode");
    assert!(fails(&text, &answer(204, &[], 400)));
}

#[test]
fn overlapping_steps_are_a_round() {
    let golden = json_of("longpoll");
    let find = |name: &str| {
        let mut cases = golden["cases"].as_array().expect("cases").iter();
        let case = cases.find(|case| case["name"] == name).expect("a case");
        Conversation::read("longpoll", case).expect("it can be played")
    };
    let rounds =
        |name: &str| -> Vec<usize> { find(name).rounds().map(<[Exchange]>::len).collect() };
    assert_eq!(rounds("two polls at once"), [1, 3]);
    assert_eq!(rounds("post while a poll waits"), [1, 2]);
    assert_eq!(rounds("polling keeps a session alive"), [1, 1, 1, 1, 1, 1]);
    let pauses: Vec<_> = find("two polls at once")
        .exchanges
        .iter()
        .map(|step| step.pause.as_millis())
        .collect();
    assert_eq!(pauses, [0, 200, 100, 0]);
    let forged: Vec<_> = find("post with one character of the token changed")
        .exchanges
        .iter()
        .map(|step| step.forged)
        .collect();
    assert_eq!(
        forged,
        [None, Some(TokenPart::Signature), Some(TokenPart::Payload)]
    );
}

/// Every answer has a new token, and the client sends the newest.
#[tokio::test]
async fn the_client_sends_the_token_of_the_latest_answer() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let server = tokio::spawn(async move {
        let mut asked = Vec::new();
        while asked.len() < 4 {
            let (mut stream, _) = listener.accept().await.expect("a client");
            let mut lines = BufReader::new(&mut stream).lines();
            asked.push(
                lines
                    .next_line()
                    .await
                    .expect("a request")
                    .unwrap_or_default(),
            );
            let token = match asked.len() {
                3 => String::new(),
                n => format!(",\"token\":\"SFMyNTY.{n}{n}{n}.AAA\""),
            };
            let body = format!("{{\"status\":200{token}}}");
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            stream
                .write_all(format!("{head}{body}").as_bytes())
                .await
                .expect("the client reads");
        }
        asked
    });
    let step = |target: &str| {
        json!({
            "request": {"method": "GET", "target": target, "headers": [["host", "localhost"]]},
            "response": {"status": 200, "headers": []},
        })
    };
    let steps = [
        "/lp",
        "/lp?token=<token>",
        "/lp?token=<token>",
        "/lp?token=<token>",
    ]
    .map(step);
    let case = json!({"name": "x", "mount": "/lp", "steps": steps});
    let mut conversation = Conversation::read("longpoll", &case).expect("it can be played");
    conversation.exchanges[3].forged = Some(TokenPart::Payload);
    play(&conversation, port).await.expect("the server listens");
    let asked = server.await.expect("four requests");
    assert_eq!(
        asked,
        [
            "GET /lp HTTP/1.1",
            "GET /lp?token=SFMyNTY.111.AAA HTTP/1.1",
            "GET /lp?token=SFMyNTY.222.AAA HTTP/1.1",
            "GET /lp?token=SFMyNTY.2A2.AAA HTTP/1.1",
        ]
    );
}

#[tokio::test]
async fn a_machine_that_is_blocked_is_noticed() {
    let (done, held_up) = pace::watch(async {
        tokio::task::yield_now().await;
        std::thread::sleep(pace::HELD_UP * 3);
        7
    })
    .await;
    assert_eq!(done, 7);
    assert!(held_up > pace::HELD_UP, "{held_up:?}");
}
