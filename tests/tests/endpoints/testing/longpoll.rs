//! The longpoll client of `testing`, against a scripted server: its requests, and how it reads
//! responses.

use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::{Request, Response};
use http_body_util::BodyExt;
use landfall::{
    Body,
    testing::{self, Raw, Site},
};
use serde_json::{Value, json};

use crate::testing::chat::Chat;

/// A request as the server saw it: method, target, content type, body.
type Seen = (String, String, String, String);

/// What the server is to answer, and what it was asked.
#[derive(Clone, Default)]
struct Script(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    polls: VecDeque<(u16, Value)>,
    posts: VecDeque<(u16, Value)>,
    seen: Vec<Seen>,
    /// POSTs that are being answered, and the maximum at a time.
    busy: (usize, usize),
}

impl Script {
    fn polls(self, answers: impl IntoIterator<Item = Value>) -> Self {
        self.with(|state| {
            state
                .polls
                .extend(answers.into_iter().map(|answer| (200, answer)))
        });
        self
    }

    fn posts(self, answers: impl IntoIterator<Item = Value>) -> Self {
        self.with(|state| {
            state
                .posts
                .extend(answers.into_iter().map(|answer| (200, answer)))
        });
        self
    }

    fn poll_fails(self, status: u16) -> Self {
        self.with(|state| state.polls.push_back((status, json!("no"))));
        self
    }

    fn with<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Polls without an answer in the script wait for ever. POSTs take a while.
    async fn answer(self, request: Request<Body>) -> Result<Response<Body>, Infallible> {
        let (parts, body) = request.into_parts();
        let body = body.collect().await.expect("a body").to_bytes();
        let content_type = parts
            .headers
            .get("content-type")
            .map(|value| value.to_str().expect("text"));
        let seen = (
            parts.method.to_string(),
            parts.uri.to_string(),
            content_type.unwrap_or_default().to_owned(),
            String::from_utf8(body.to_vec()).expect("text"),
        );
        let is_post = seen.0 == "POST";
        let answer = self.with(|state| {
            state.seen.push(seen);
            if is_post {
                state.busy.0 += 1;
                state.busy.1 = state.busy.1.max(state.busy.0);
            }
            if is_post {
                state.posts.pop_front()
            } else {
                state.polls.pop_front()
            }
        });
        if is_post {
            tokio::time::sleep(Duration::from_millis(10)).await;
            self.with(|state| state.busy.0 -= 1);
        }
        match (answer, is_post) {
            (Some((status, answer)), _) => {
                let response = Response::builder()
                    .status(status)
                    .body(Body::from(answer.to_string()));
                Ok(response.expect("a response"))
            }
            (None, true) => Ok(Response::new(Body::from(r#"{"status":200}"#))),
            (None, false) => std::future::pending().await,
        }
    }

    async fn start(&self) -> Site<Chat> {
        let script = self.clone();
        let service = tower::service_fn(move |request| script.clone().answer(request));
        testing::start::<Chat>()
            .patience(Duration::from_secs(30))
            .inside(|_| service)
            .await
    }

    /// The requests of a method, since the last look.
    fn take_seen(&self, method: &str) -> Vec<Seen> {
        self.with(|state| {
            state
                .seen
                .extract_if(.., |(other, ..)| other == method)
                .collect()
        })
    }
}

fn opened() -> Value {
    json!({"status": 410, "token": "t0", "messages": []})
}

async fn connect(site: &Site<Chat>) -> Raw {
    site.raw("/socket")
        .longpoll()
        .param("a", "b")
        .await
        .expect("a connection")
}

fn targets(seen: &[Seen]) -> Vec<&str> {
    seen.iter()
        .map(|(_, target, ..)| target.strip_prefix("/socket/longpoll?").expect("the path"))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn every_request_bears_the_latest_token() {
    let script = Script::default().polls([
        opened(),
        json!({"status": 204, "token": "t1", "messages": []}),
        json!({"status": 200, "token": "t2", "messages": ["x", "y"]}),
    ]);
    let site = script.start().await;
    let mut client = connect(&site).await;
    client.expect("x").await;
    client.expect("y").await;
    client.send("[1]");
    client.expect_nothing().await;
    assert_eq!(
        targets(&script.take_seen("GET")),
        ["a=b&", "a=b&token=t0", "a=b&token=t1", "a=b&token=t2"]
    );
    assert_eq!(targets(&script.take_seen("POST")), ["a=b&token=t2"]);
}

#[tokio::test(start_paused = true)]
async fn one_post_at_a_time_carries_what_has_gathered() {
    let script = Script::default().polls([opened()]);
    let site = script.start().await;
    let mut client = connect(&site).await;
    for number in 0..150 {
        client.send(format!("[{number}]"));
    }
    client.send(vec![0, 0xff]);
    client.send("text\n");
    client.send("[150]");
    client.expect_nothing().await;
    let posts = script.take_seen("POST");
    let lines = |from: usize, to: usize| {
        (from..to)
            .map(|number| format!("[{number}]"))
            .collect::<Vec<_>>()
    };
    let ndjson = "application/x-ndjson";
    let expected = [
        (ndjson, lines(0, 100).join("\n")),
        (ndjson, lines(100, 150).join("\n") + "\nAP8="),
        ("text/plain", "text\n".to_owned()),
        (ndjson, "[150]".to_owned()),
    ];
    let sent: Vec<_> = posts
        .iter()
        .map(|(_, _, kind, body)| (kind.as_str(), body.clone()))
        .collect();
    assert_eq!(sent, expected);
    assert_eq!(script.with(|state| state.busy), (0, 1));
}

#[tokio::test(start_paused = true)]
async fn ends() {
    let cases = [
        (
            Script::default().polls([
                opened(),
                json!({"status": 410, "token": "t", "messages": []}),
            ]),
            3410,
        ),
        (
            Script::default().polls([opened(), json!({"status": 403})]),
            1008,
        ),
        (
            Script::default().polls([opened(), json!({"status": 999})]),
            1011,
        ),
        (Script::default().polls([opened(), json!("nonsense")]), 1011),
        (Script::default().polls([opened()]).poll_fails(500), 1011),
        // No answer for 20 s.
        (Script::default().polls([opened()]), 1005),
    ];
    for (script, code) in cases {
        let site = script.start().await;
        connect(&site).await.expect_close(code).await;
    }
    for status in [408, 410] {
        let script = Script::default()
            .polls([opened()])
            .posts([json!({ "status": status })]);
        let site = script.start().await;
        let mut client = connect(&site).await;
        client.send("[1]");
        client.expect_close(1011).await;
    }
}

#[tokio::test(start_paused = true)]
async fn connections_that_are_refused() {
    for (script, status) in [
        (Script::default().polls([json!({"status": 403})]), 403),
        (Script::default().polls([json!({"status": 410})]), 410),
        (Script::default().poll_fails(503), 503),
    ] {
        let site = script.start().await;
        let refused = site
            .raw("/socket")
            .longpoll()
            .await
            .expect_err("no connection");
        assert_eq!(refused.status(), status);
    }
}
