//! Sessions when the endpoint stops.

use std::time::Duration;

use landfall::socket::Reason;
use landfall_tests::longpoll::{poll, post};
use landfall_tests::wire::Connection;
use tokio::time::{Instant, sleep};
use tower::Service;

use super::site::{WINDOW, start};

#[tokio::test(start_paused = true)]
async fn waiting_polls_are_answered_at_once() {
    let harbour = start().await;
    let mut clients = Vec::new();
    for number in 0..10 {
        let mut client = harbour
            .open(&format!("/talk/longpoll?name=waits-{number}"))
            .await;
        // Half of the sessions have another poll, which is superseded.
        if number % 2 == 0 {
            let mut superseded = client.beside(Connection::through(&harbour.network).await);
            superseded.begin().await;
            assert!(superseded.waits(Duration::from_millis(1)).await);
            clients.push(superseded);
        }
        client.begin().await;
        assert!(client.waits(Duration::from_millis(1)).await);
        clients.push(client);
    }
    let began = Instant::now();
    let answers = async {
        for client in &mut clients {
            let answer = client.answer().await;
            assert_eq!((answer.status, answer.messages.len()), (204, 0));
            assert!(began.elapsed() < WINDOW / 4, "{:?}", began.elapsed());
        }
    };
    tokio::join!(harbour.stop(), answers);
    assert!(began.elapsed() < WINDOW, "{:?}", began.elapsed());
    (0..10).for_each(|number| {
        assert_eq!(
            harbour.ended(&format!("waits-{number}")),
            Some(Reason::Shutdown)
        )
    });
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_before_arrives() {
    let harbour = start().await;
    let mut client = harbour.open("/talk/longpoll").await;
    client.begin().await;
    assert!(client.waits(Duration::from_millis(1)).await);
    harbour
        .site
        .broadcast("talker:", "say", "hurry")
        .expect("room");
    let (answer, ()) = tokio::join!(client.answer(), harbour.stop());
    assert_eq!(answer.messages, ["hurry"]);
}

/// Once the listener is closed, nobody can fetch the message.
#[tokio::test(start_paused = true)]
async fn what_nobody_fetches_is_not_waited_for() {
    let harbour = start().await;
    let mut client = harbour.open("/talk/longpoll").await;
    assert_eq!(client.say("say something").await, 200);
    drop(client);
    let began = Instant::now();
    harbour.stop().await;
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn a_session_that_waits_for_its_client_to_fetch_its_last_words_does_not_delay_the_end() {
    let harbour = start().await;
    let mut client = harbour.open("/wide/longpoll").await;
    assert_eq!(client.say("stop").await, 200);
    drop(client);
    let began = Instant::now();
    harbour.stop().await;
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn messages_that_are_handled_meanwhile_are_answered() {
    let harbour = start().await;
    let mut client = harbour.open("/talk/longpoll").await;
    let mut other = client.beside(Connection::through(&harbour.network).await);
    let stop = async {
        sleep(Duration::from_millis(100)).await;
        harbour.stop().await;
    };
    let (handled, unhandled, ()) = tokio::join!(
        client.say("sleep 300"),
        async {
            sleep(Duration::from_millis(50)).await;
            other.say("say too late").await
        },
        stop
    );
    assert_eq!(
        (handled, unhandled),
        (200, 408),
        "the callback under way was finished"
    );
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_hangs_is_cut_off_when_the_drainers_time_is_over() {
    let harbour = start().await;
    let mut client = harbour.open("/batches/longpoll?name=hangs").await;
    let began = Instant::now();
    let (status, error) = tokio::join!(client.say("hang"), async {
        sleep(Duration::from_millis(10)).await;
        harbour.site.shutdown().await.expect_err("it was cut off")
    });
    assert_eq!(status, 408);
    assert!(error.is_drain(), "{error}");
    assert_eq!(began.elapsed().as_secs(), 10);
    assert_eq!(harbour.ended("hangs"), Some(Reason::Shutdown));
    let stats = harbour.site.stats();
    assert_eq!((stats.connections, stats.tasks), (0, 0));
}

/// Sessions of a later batch go on. Other nodes serve their clients, and find the sessions here.
#[tokio::test(start_paused = true)]
async fn polls_are_answered_though_their_sessions_are_not_told_yet() {
    let harbour = start().await;
    let mut clients = Vec::new();
    for number in 0..3 {
        let mut client = harbour
            .open(&format!("/batches/longpoll?name=batch-{number}"))
            .await;
        client.begin().await;
        assert!(client.waits(Duration::from_millis(1)).await);
        clients.push(client);
    }
    let began = Instant::now();
    let answers = async {
        for client in &mut clients {
            assert_eq!(client.answer().await.status, 204);
        }
        assert!(
            began.elapsed() <= Duration::from_secs(1),
            "{:?}",
            began.elapsed()
        );
        assert_eq!(harbour.ended("batch-2"), None);
    };
    tokio::join!(harbour.stop(), answers);
    assert_eq!(began.elapsed().as_secs(), 6);
}

/// Behind another server, requests may still come then.
#[tokio::test(start_paused = true)]
async fn afterwards_sessions_are_gone_and_none_are_opened() {
    let harbour = start().await;
    let client = harbour.open("/talk/longpoll").await;
    harbour.stop().await;
    let mut service = harbour.site.service();
    for (request, status, body) in [
        (
            post("/talk/longpoll", &client.token, "silent"),
            200,
            "{\"status\":410}",
        ),
        (
            poll("/talk/longpoll", &client.token),
            503,
            "Service Unavailable",
        ),
        (poll("/talk/longpoll", ""), 503, "Service Unavailable"),
    ] {
        let request = http::Request::builder()
            .method(request.method.as_str())
            .uri(&request.target);
        let request = request.body(landfall::Body::empty()).expect("a request");
        let answer = service.call(request).await.expect("an answer");
        assert_eq!(answer.status(), status);
        let bytes = http_body_util::BodyExt::collect(answer.into_body())
            .await
            .expect("a body")
            .to_bytes();
        assert_eq!(bytes, body);
    }
}
