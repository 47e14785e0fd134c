//! What is asked of the transport, and its answers.

use landfall_tests::{
    longpoll::{Answer, poll, post},
    wire::{Connection, Request, Response},
};
use serde_json::Value;
use tokio::time::Instant;

use super::site::{Harbour, WINDOW, start};

async fn ask(harbour: &Harbour, request: &Request) -> Response {
    Connection::through(&harbour.network)
        .await
        .request(request)
        .await
        .expect("an answer")
}

fn with_method(method: &str, request: Request) -> Request {
    Request {
        method: method.to_owned(),
        ..request
    }
}

/// The fields of an answer, by name.
fn fields(response: &Response) -> Vec<String> {
    let body: Value = serde_json::from_str(&response.body).expect("JSON");
    body.as_object()
        .expect("an object")
        .keys()
        .cloned()
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_session_is_opened_polled_and_published_to() {
    let harbour = start().await;
    let mut client = harbour.open("/talk/longpoll?vsn=2.0.0&").await;
    assert_eq!(client.say("say hello").await, 200);
    let answer = client.poll().await;
    assert_eq!(
        (answer.status, answer.messages),
        (200, vec!["hello".to_owned()])
    );
    assert_eq!(fields(&answer.response), ["messages", "status", "token"]);

    let began = Instant::now();
    let answer = client.poll().await;
    assert_eq!(
        (answer.status, answer.messages.len(), began.elapsed()),
        (204, 0, WINDOW)
    );
    assert_eq!(client.say("silent").await, 200);
    drop(client);
    harbour.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_poll_is_answered_as_soon_as_there_is_something() {
    let harbour = start().await;
    let mut client = harbour.open("/talk/longpoll").await;
    client.begin().await;
    assert!(client.waits(WINDOW / 2).await);
    let mut other = client.beside(Connection::through(&harbour.network).await);
    let began = Instant::now();
    assert_eq!(other.say("say now").await, 200);
    assert_eq!(client.answer().await.messages, ["now"]);
    harbour
        .site
        .broadcast("news", "headline", "ship sighted")
        .expect("room");
    assert_eq!(client.poll().await.messages, ["ship sighted"]);
    assert!(began.elapsed().is_zero(), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn messages_arrive_in_order_and_as_they_are() {
    let harbour = start().await;
    let mut client = harbour.open("/talk/longpoll").await;
    let texts = [
        "",
        "h\u{e9}llo \u{2603}",
        "\"quoted\" \\ \u{1}\n\u{7f}",
        "</script>",
        "\u{10ffff}\u{2028}",
    ];
    for text in texts {
        assert_eq!(client.say(&format!("say {text}")).await, 200);
    }
    assert_eq!(client.say("count 0 500").await, 200);
    let messages = client.messages(texts.len() + 500).await;
    let numbers = (0..500).map(|number: u32| number.to_string());
    assert_eq!(
        messages,
        texts
            .into_iter()
            .map(str::to_owned)
            .chain(numbers)
            .collect::<Vec<_>>()
    );
}

#[tokio::test(start_paused = true)]
async fn a_message_that_takes_longer_than_a_window_is_408_and_those_after_it_are_not_handled() {
    let harbour = start().await;
    let mut client = harbour.open("/talk/longpoll").await;
    // Each message may take a window.
    assert_eq!(
        client.say_all("[\"sleep 700\"]\n[\"sleep 700\"]\n").await,
        200
    );
    assert_eq!(client.messages(2).await, ["slept", "slept"]);
    let began = Instant::now();
    assert_eq!(
        client
            .say_all("[\"say first\"]\n[\"sleep 1100\"]\n[\"say third\"]")
            .await,
        408
    );
    assert_eq!(began.elapsed(), WINDOW);
    assert_eq!(client.messages(2).await, ["first", "slept"]);
    assert_eq!(client.say("say still here").await, 200);
    assert_eq!(client.messages(1).await, ["still here"]);
    let request = post("/talk/longpoll", &client.token, "hang");
    assert_eq!(fields(&client.ask(&request).await.response), ["status"]);
}

#[tokio::test(start_paused = true)]
async fn who_is_refused_is_told_403_in_200() {
    let harbour = start().await;
    let foreign = |request: Request| request.header("origin", "https://evil.example");
    let target = "/talk/longpoll";
    for request in [
        poll("/talk/longpoll?connect=refuse", ""),
        foreign(poll(target, "")),
        foreign(post(target, "", "[]")),
        foreign(with_method("OPTIONS", Request::get(target))),
        poll(target, "").header("origin", "null"),
        poll(target, "")
            .header("origin", "http://localhost")
            .header("origin", "http://localhost"),
    ] {
        let answer = Answer::of(ask(&harbour, &request).await);
        assert_eq!(
            (answer.status, fields(&answer.response)),
            (403, vec!["status".to_owned()]),
            "{request:?}"
        );
    }
    for origin in ["http://localhost", "https://localhost:4000"] {
        assert_eq!(
            Answer::of(ask(&harbour, &poll(target, "").header("origin", origin)).await).status,
            410
        );
    }
    assert_eq!(
        Answer::of(ask(&harbour, &foreign(poll("/any/longpoll", ""))).await).status,
        410
    );
    assert_eq!(
        harbour.site.stats().connections,
        3,
        "those that were let in"
    );
}

#[tokio::test(start_paused = true)]
async fn a_browser_may_ask_before() {
    let harbour = start().await;
    let preflight = with_method("OPTIONS", Request::get("/any/longpoll"))
        .header("origin", "https://elsewhere.example");
    let answer = ask(&harbour, &preflight).await;
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert_eq!(answer.header("access-control-allow-headers"), Some(""));
    assert_eq!(
        answer.header("access-control-allow-methods"),
        Some("get, post, options")
    );
    assert_eq!(answer.header("access-control-max-age"), Some("3600"));
    let preflight = preflight
        .header("access-control-request-headers", "x-phoenix-authtoken")
        .header("access-control-request-headers", "content-type, accept");
    let answer = ask(&harbour, &preflight).await;
    assert_eq!(
        answer.header("access-control-allow-headers"),
        Some("x-phoenix-authtoken, content-type, accept")
    );
}

#[tokio::test(start_paused = true)]
async fn other_methods_are_400() {
    let harbour = start().await;
    for method in ["HEAD", "PUT", "DELETE", "PATCH", "TRACE", "BREW"] {
        let answer = ask(
            &harbour,
            &with_method(method, Request::get("/talk/longpoll")),
        )
        .await;
        assert_eq!((answer.status, answer.body.as_str()), (400, ""), "{method}");
        // Neither the origin nor the query is checked.
        let foreign = with_method(method, Request::get("/talk/longpoll?a=%ff"));
        let answer = ask(&harbour, &foreign.header("origin", "https://evil.example")).await;
        assert_eq!((answer.status, answer.body.as_str()), (400, ""), "{method}");
    }
    assert_eq!(harbour.site.stats().connections, 0);
}

#[tokio::test(start_paused = true)]
async fn every_answer_is_for_pages_of_any_site_and_none_is_kept() {
    let harbour = start().await;
    let token = harbour.open("/talk/longpoll").await.token;
    let long = "x".repeat(1_000_001);
    for (request, status) in [
        (poll("/talk/longpoll", ""), 200),
        (poll("/talk/longpoll", &token), 200),
        (poll("/talk/longpoll?connect=refuse", ""), 200),
        (poll("/talk/longpoll?connect=panic", ""), 500),
        (
            poll("/talk/longpoll", "").header("origin", "http://evil.example"),
            200,
        ),
        (post("/talk/longpoll", &token, "silent"), 200),
        (post("/talk/longpoll", "", "silent"), 200),
        (
            post("/talk/longpoll", &token, "not base64")
                .header("content-type", "application/x-ndjson"),
            400,
        ),
        (with_method("OPTIONS", Request::get("/talk/longpoll")), 200),
        (with_method("PUT", Request::get("/talk/longpoll")), 400),
        (Request::get("/talk/longpoll?a=%ff"), 400),
        (post("/narrow/longpoll", "", &long), 200),
    ] {
        let answer = ask(&harbour, &request).await;
        assert_eq!(
            answer.status, status,
            "{} {}",
            request.method, request.target
        );
        assert_eq!(
            answer.header("access-control-allow-origin"),
            Some("*"),
            "{request:?}"
        );
        let json = answer.header("content-type") == Some("application/json; charset=utf-8");
        assert_eq!(
            json,
            !answer.body.is_empty() && answer.body.starts_with('{'),
            "{answer:?}"
        );
        if json {
            assert_eq!(
                answer.header("cache-control"),
                Some("no-store"),
                "{request:?}"
            );
        } else {
            assert!(
                answer
                    .header("cache-control")
                    .is_some_and(|value| value.contains("max-age=0")),
                "{answer:?}"
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn bytes_are_refused_with_an_error_and_the_session_goes_on() {
    let harbour = start().await;
    let mut client = harbour.open("/talk/longpoll").await;
    assert_eq!(client.say("try").await, 200);
    assert_eq!(client.say("bytes").await, 200);
    let messages = client.messages(2).await;
    assert_eq!(
        messages,
        [
            "longpoll carries text only, and this message is binary",
            "after"
        ]
    );
}
