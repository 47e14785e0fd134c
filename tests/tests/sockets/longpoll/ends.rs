//! How sessions end, and how their clients learn it.

use std::time::Duration;

use landfall::socket::Reason;
use landfall_tests::{wait::until, wire::Connection};
use tokio::time::{Instant, sleep};

use super::site::{WINDOW, start};

/// A session without a poll lasts one and a half windows.
const SILENCE: Duration = Duration::from_millis(1500);

#[tokio::test(start_paused = true)]
async fn a_waiting_poll_learns_at_once_that_its_session_is_gone() {
    let harbour = start().await;
    let closed = Reason::ServerClosed {
        code: 4001,
        text: "as asked".into(),
    };
    for (how, reason) in [
        ("leave", Reason::Normal),
        ("close", closed),
        ("panic", Reason::Crash),
    ] {
        let mut client = harbour
            .open(&format!("/talk/longpoll?name=waiting-{how}"))
            .await;
        let old = client.token.clone();
        client.begin().await;
        assert!(client.waits(WINDOW / 2).await);
        let status = client
            .beside(Connection::through(&harbour.network).await)
            .say(how)
            .await;
        assert_eq!(status, if how == "panic" { 408 } else { 200 });
        let began = Instant::now();
        let answer = client.answer().await;
        assert_eq!((answer.status, answer.messages.len()), (410, 0));
        assert!(began.elapsed().is_zero());
        assert_ne!(client.token, old, "a session of its own");
        assert_eq!(harbour.ended(&format!("waiting-{how}")), Some(reason));
        assert_eq!(client.say("say new").await, 200);
        assert_eq!(client.poll().await.messages, ["new"]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_session_that_others_end_is_no_different() {
    let harbour = start().await;
    let mut client = harbour.open("/talk/longpoll?name=told").await;
    client.begin().await;
    assert!(client.waits(WINDOW / 2).await);
    harbour
        .site
        .broadcast("talker:told", "disconnect", "")
        .expect("room");
    assert_eq!(client.answer().await.status, 410);
    assert_eq!(harbour.ended("told"), Some(Reason::Normal));
}

#[tokio::test(start_paused = true)]
async fn what_was_said_before_the_end_arrives_before_it() {
    let harbour = start().await;
    // A poll waits already, or it comes later.
    for waits in [true, false] {
        let mut client = harbour.open("/talk/longpoll").await;
        let mut other = client.beside(Connection::through(&harbour.network).await);
        if waits {
            client.begin().await;
            assert!(client.waits(WINDOW / 2).await);
            assert_eq!(other.say("stop").await, 200);
            assert_eq!(client.answer().await.messages, ["last words"]);
        } else {
            assert_eq!(other.say("stop").await, 200);
            assert_eq!(client.poll().await.messages, ["last words"]);
        }
        let began = Instant::now();
        // Messages are not handled any more.
        assert!(matches!(other.say("say too late").await, 408 | 410));
        let old = client.token.clone();
        assert_eq!(client.poll().await.status, 410);
        assert_ne!(client.token, old);
        assert!(began.elapsed().is_zero());
    }
    until("both have ended", || harbour.site.stats().connections == 2).await;
}

#[tokio::test(start_paused = true)]
async fn last_words_that_nobody_fetches_are_kept_for_a_while_only() {
    let harbour = start().await;
    let mut client = harbour.open("/talk/longpoll").await;
    assert_eq!(client.say("stop").await, 200);
    sleep(SILENCE - Duration::from_millis(10)).await;
    assert_eq!(harbour.site.stats().connections, 1);
    sleep(Duration::from_millis(20)).await;
    let stats = harbour.site.stats();
    assert_eq!(stats.connections, 0);
    assert_eq!(client.poll().await.status, 410);
}

#[tokio::test(start_paused = true)]
async fn messages_behind_one_that_ends_the_session_are_not_handled() {
    let harbour = start().await;
    let mut client = harbour.open("/talk/longpoll").await;
    assert_eq!(
        client
            .say_all("[\"say first\"]\n[\"stop\"]\n[\"say third\"]")
            .await,
        408
    );
    assert_eq!(client.messages(2).await, ["first", "last words"]);
    assert_eq!(client.poll().await.status, 410);
    // A last message that ends the session counts as handled.
    assert_eq!(client.say_all("[\"say first\"]\n[\"stop\"]").await, 200);
}

#[tokio::test(start_paused = true)]
async fn threat_9_who_does_not_poll_is_gone_between_one_and_two_times_the_silence() {
    let harbour = start().await;
    for publishes in [false, true] {
        let name = format!("silent-{publishes}");
        let mut client = harbour.open(&format!("/talk/longpoll?name={name}")).await;
        assert_eq!(client.poll().await.status, 204);
        let polled = Instant::now();
        // The silence counts from the beginning of the last poll, a window ago.
        let least = SILENCE - WINDOW;
        while harbour.ended(&name).is_none() {
            sleep(Duration::from_millis(10)).await;
            if publishes && polled.elapsed() < least {
                assert_eq!(client.say("silent").await, 200, "it does not prolong");
            }
            assert!(polled.elapsed() < 2 * SILENCE - WINDOW, "{publishes}");
        }
        assert!(polled.elapsed() >= least, "{:?}", polled.elapsed());
        assert_eq!(harbour.ended(&name), Some(Reason::Inactive));
    }
    until("both are gone", || harbour.site.stats().connections == 0).await;
    assert_eq!(harbour.site.pubsub().subscribers("news"), 0);
}

/// A session that was opened and never polled ends in the same way.
#[tokio::test(start_paused = true)]
async fn a_session_that_is_only_opened_ends_too() {
    let harbour = start().await;
    let opened = Instant::now();
    let _client = harbour.open("/talk/longpoll?name=opened").await;
    until("it is gone", || harbour.site.stats().connections == 0).await;
    assert!(
        (SILENCE..=2 * SILENCE).contains(&opened.elapsed()),
        "{:?}",
        opened.elapsed()
    );
    assert_eq!(harbour.ended("opened"), Some(Reason::Inactive));
}

#[tokio::test(start_paused = true)]
async fn who_polls_stays() {
    let harbour = start().await;
    let mut client = harbour.open("/talk/longpoll?name=stays").await;
    for _ in 0..30 {
        assert_eq!(client.poll().await.status, 204);
        sleep(SILENCE - WINDOW - Duration::from_millis(1)).await;
    }
    assert_eq!(harbour.ended("stays"), None);
    assert_eq!(client.say("say still here").await, 200);
    assert_eq!(client.poll().await.messages, ["still here"]);
}

#[tokio::test(start_paused = true)]
async fn a_panic_ends_one_session_only() {
    let harbour = start().await;
    let mut other = harbour.open("/talk/longpoll").await;
    let mut client = harbour.open("/talk/longpoll?name=panics").await;
    let began = Instant::now();
    assert_eq!(
        client
            .say_all("[\"say before\"]\n[\"panic\"]\n[\"say after\"]")
            .await,
        408
    );
    assert!(
        began.elapsed().is_zero(),
        "nobody waits for what can't come"
    );
    assert_eq!(harbour.ended("panics"), Some(Reason::Crash));
    assert_eq!(client.messages(1).await, ["before"]);
    assert_eq!(client.poll().await.status, 410);
    assert_eq!(other.say("say unharmed").await, 200);
    assert_eq!(other.poll().await.messages, ["unharmed"]);
}
