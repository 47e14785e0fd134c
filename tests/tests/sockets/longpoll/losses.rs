//! Polls that are abandoned, overlap or come again.

use std::time::Duration;

use landfall_tests::{
    longpoll::{Answer, poll},
    wait::until,
    wire::Connection,
};
use tokio::time::{Instant, sleep};

use super::site::{WINDOW, start};

const TARGET: &str = "/talk/longpoll";

/// The client is gone while its poll waits. Messages that come then are not for that poll.
#[tokio::test(start_paused = true)]
async fn an_abandoned_poll_takes_no_message() {
    let harbour = start().await;
    for renews in [true, false] {
        let mut client = harbour.open(TARGET).await;
        if renews {
            assert_eq!(client.poll().await.status, 204);
        }
        let mut abandoned = client.beside(Connection::through(&harbour.network).await);
        abandoned.begin().await;
        assert!(abandoned.waits(WINDOW / 4).await);
        drop(abandoned);
        sleep(Duration::from_millis(10)).await;
        assert_eq!(client.say("say hello").await, 200);
        let began = Instant::now();
        assert_eq!(client.poll().await.messages, ["hello"]);
        assert!(began.elapsed().is_zero());
    }
}

/// The server drops a request whose client is gone. It does not wait for the window's end.
#[tokio::test(start_paused = true)]
async fn an_abandoned_poll_leaves_nothing_behind() {
    let harbour = start().await;
    let client = harbour.open(TARGET).await;
    let resting = harbour.site.stats().tasks;
    let mut abandoned = Vec::new();
    for _ in 0..20 {
        let mut other = client.beside(Connection::through(&harbour.network).await);
        other.begin().await;
        assert!(other.waits(Duration::from_millis(1)).await);
        abandoned.push(other);
    }
    assert_eq!(harbour.site.stats().tasks, resting + 20);
    drop(abandoned);
    let began = Instant::now();
    until("their tasks have ended", || {
        harbour.site.stats().tasks == resting
    })
    .await;
    assert!(began.elapsed() < WINDOW / 4, "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn of_two_polls_the_later_one_gets_the_messages() {
    let harbour = start().await;
    let mut client = harbour.open(TARGET).await;
    let (mut first, mut second) = (
        client.beside(Connection::through(&harbour.network).await),
        client.beside(Connection::through(&harbour.network).await),
    );
    let began = Instant::now();
    first.begin().await;
    assert!(first.waits(WINDOW / 4).await);
    second.begin().await;
    assert!(second.waits(WINDOW / 4).await);
    assert_eq!(client.say("say hello").await, 200);
    assert_eq!(second.answer().await.messages, ["hello"]);
    assert_eq!(began.elapsed(), WINDOW / 2);
    let answer = first.answer().await;
    assert_eq!(
        (answer.status, answer.messages.len(), began.elapsed()),
        (204, 0, WINDOW)
    );
}

/// A client whose answer was lost polls again with the token that it has.
#[tokio::test(start_paused = true)]
async fn an_answer_that_was_lost_comes_again() {
    let harbour = start().await;
    let mut client = harbour.open(TARGET).await;
    assert_eq!(client.poll().await.status, 204);
    for round in 0..5 {
        assert_eq!(client.say(&format!("say {round}")).await, 200);
        let mut lost = client.beside(Connection::through(&harbour.network).await);
        assert_eq!(lost.poll().await.messages.len(), round + 1);
    }
    assert_eq!(client.poll().await.messages, ["0", "1", "2", "3", "4"]);
    assert_eq!(client.poll().await.status, 204);
}

/// The first answer comes again, too. The empty answer shows which kind of client it is.
#[tokio::test(start_paused = true)]
async fn the_first_answer_comes_again_too() {
    let harbour = start().await;
    let mut client = harbour.open(TARGET).await;
    assert_eq!(client.say("say hello").await, 200);
    let mut lost = client.beside(Connection::through(&harbour.network).await);
    assert_eq!(lost.poll().await.messages, ["hello"]);
    let began = Instant::now();
    assert_eq!(client.poll().await.status, 204);
    assert_eq!(client.poll().await.messages, ["hello"]);
    assert!(began.elapsed().is_zero());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_keeps_its_token_gets_everything_once() {
    let harbour = start().await;
    let mut client = harbour.open(TARGET).await;
    let first = client.token.clone();
    let (mut received, mut empty) = (Vec::new(), 0);
    for round in 0..20 {
        assert_eq!(
            client
                .say(&format!("count {} {}", round * 3, round * 3 + 3))
                .await,
            200
        );
        let mut arrived = 0;
        while arrived < 3 {
            client.token.clone_from(&first);
            let answer = client.poll().await;
            empty += usize::from(answer.messages.is_empty());
            arrived += answer.messages.len();
            received.extend(answer.messages);
        }
        client.token.clone_from(&first);
    }
    assert_eq!(
        received,
        (0..60)
            .map(|number: u32| number.to_string())
            .collect::<Vec<_>>()
    );
    assert!(
        empty <= 2,
        "it is asked twice what kind of client it is, and then believed"
    );
}

/// Messages are not kept once a post or a poll has acknowledged them.
#[tokio::test(start_paused = true)]
async fn old_tokens_bring_nothing_back_that_was_acknowledged() {
    let harbour = start().await;
    let mut client = harbour.open(TARGET).await;
    let first = client.token.clone();
    client.say("say one").await;
    assert_eq!(client.poll().await.messages, ["one"]);
    client.say("say two").await;
    let answer = Answer::of(
        Connection::through(&harbour.network)
            .await
            .request(&poll(TARGET, &first))
            .await
            .expect("an answer"),
    );
    assert_eq!(answer.messages, ["two"]);
    assert_eq!(client.poll().await.messages, ["two"]);
}
