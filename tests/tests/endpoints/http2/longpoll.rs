//! Longpoll on streams.

use http::Response;
use landfall_tests::longpoll::Answer;
use landfall_tests::wire;
use tokio::time::{Duration, Instant, sleep};

use crate::http2::{
    browser::{Browser, read, request},
    site::Started,
};

const TARGET: &str = "/talk/longpoll";

fn answer(response: Response<String>) -> Answer {
    Answer::of(wire::Response {
        status: response.status().as_u16(),
        headers: Vec::new(),
        body: response.into_body(),
    })
}

fn target(token: &str) -> String {
    format!("{TARGET}?token={token}")
}

async fn open(browser: &mut Browser) -> String {
    let opened = answer(browser.get(&target("")).await);
    assert_eq!(opened.status, 410);
    opened.token.expect("a token")
}

async fn post(browser: &mut Browser, token: &str, text: &str) {
    let posted = browser.ask(request("POST", &target(token)), Some(text));
    assert_eq!(answer(posted.await.expect("a response")).status, 200);
}

#[tokio::test(start_paused = true)]
async fn a_poll_waits_while_messages_are_posted_beside_it() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let mut token = open(&mut browser).await;
    for n in 0..3 {
        let started = Instant::now();
        let (poll, _) = browser
            .begin(request("GET", &target(&token)), false)
            .await
            .expect("a stream");
        sleep(Duration::from_millis(300)).await;
        post(&mut browser, &token, &format!("message {n}")).await;
        let heard = answer(read(poll).await.expect("a response"));
        assert_eq!(heard.messages, [format!("message {n}")]);
        assert!(started.elapsed() < Duration::from_secs(2));
        token = heard.token.expect("a token");
    }
    let nothing = answer(browser.get(&target(&token)).await);
    assert_eq!(nothing.status, 204, "the window ends");
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_is_reset_takes_nothing_along() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let token = open(&mut browser).await;
    let (poll, mut stream) = browser
        .begin(request("GET", &target(&token)), false)
        .await
        .expect("a stream");
    sleep(Duration::from_millis(300)).await;
    stream.send_reset(h2::Reason::CANCEL);
    drop(poll);
    sleep(Duration::from_millis(300)).await;
    post(&mut browser, &token, "not lost").await;
    let heard = answer(browser.get(&target(&token)).await);
    assert_eq!(heard.messages, ["not lost"]);
}
