//! Topics as streams, for tasks that are not sockets.

use futures_util::StreamExt;
use landfall::{
    Endpoint,
    pubsub::{BroadcastError, PubSub, RecvError},
};

use crate::broadcast::site::{self, Site};

#[tokio::test]
async fn broadcasts_come_in_order() {
    let site = site::start().await;
    let mut news = site.running.subscribe("news");
    for number in 0..1_000 {
        site.say("news", number.to_string());
    }
    for number in 0..1_000 {
        let broadcast = news.recv().await.expect("a broadcast");
        assert_eq!((broadcast.topic(), broadcast.event()), ("news", "said"));
        assert_eq!(
            broadcast.payload().as_text(),
            Some(number.to_string().as_str())
        );
    }
    assert!(news.try_recv().is_none());
}

#[tokio::test]
async fn a_slow_receiver_is_told_how_much_it_missed() {
    let pubsub = PubSub::new();
    let mut news = pubsub.subscribe("news");
    let mut last = pubsub.subscribe("last");
    for number in 0..1_500 {
        pubsub
            .broadcast("news", "said", number.to_string())
            .expect("room for a broadcast");
    }
    // One worker has one shard, and its queue keeps the order: this one is delivered last.
    pubsub
        .broadcast("last", "said", "")
        .expect("room for a broadcast");
    last.recv().await.expect("a broadcast");

    assert_eq!(
        news.recv().await.expect_err("lag"),
        RecvError::Lagged(1_500 - 1_024)
    );
    for number in 1_500 - 1_024..1_500 {
        let broadcast = news.recv().await.expect("a broadcast");
        assert_eq!(
            broadcast.payload().as_text(),
            Some(number.to_string().as_str())
        );
    }
    pubsub
        .broadcast("news", "said", "and on")
        .expect("room for a broadcast");
    assert_eq!(
        news.recv().await.expect("a broadcast").payload().as_text(),
        Some("and on")
    );
}

#[tokio::test]
async fn a_dropped_subscription_is_gone_and_one_of_two_is_one() {
    let site = site::start().await;
    let first = site.running.subscribe("news");
    let mut second = site.running.subscribe("news");
    assert_eq!(site.running.pubsub().subscribers("news"), 2);
    site.running
        .broadcast_from(first.id(), "news", "said", "not for the first")
        .expect("room");
    assert_eq!(
        second
            .recv()
            .await
            .expect("a broadcast")
            .payload()
            .as_text(),
        Some("not for the first")
    );
    site.running.unsubscribe(first);
    assert_eq!(site.running.pubsub().subscribers("news"), 1);
    drop(second);
    assert_eq!(site.running.pubsub().subscribers("news"), 0);
}

#[tokio::test]
async fn after_shutdown_what_was_accepted_comes_and_then_closed() {
    let running = Site::start().await.expect("the site starts");
    let mut news = running.subscribe("news");
    for number in 0..200 {
        running
            .broadcast("news", "said", number.to_string())
            .expect("room for a broadcast");
    }
    running.shutdown().await.expect("a clean end");
    for number in 0..200 {
        let broadcast = news.recv().await.expect("a broadcast");
        assert_eq!(
            broadcast.payload().as_text(),
            Some(number.to_string().as_str())
        );
    }
    assert_eq!(news.recv().await.expect_err("the end"), RecvError::Closed);
    assert_eq!(news.recv().await.expect_err("the end"), RecvError::Closed);
    assert_eq!(
        running.broadcast("news", "said", "late"),
        Err(BroadcastError::Closed)
    );
    drop(news);
    assert_eq!(
        running.broadcast("news", "said", "to nobody"),
        Err(BroadcastError::Closed)
    );
}

#[tokio::test]
async fn it_is_a_stream_that_ends() {
    let running = Site::start().await.expect("the site starts");
    let mut news = running.subscribe("news");
    let reader = tokio::spawn(async move {
        let mut heard = Vec::new();
        while let Some(broadcast) = news.next().await {
            let broadcast = broadcast.expect("no lag");
            heard.push(broadcast.payload().as_text().map(str::to_owned));
        }
        assert!(news.next().await.is_none(), "the end stays");
        heard
    });
    // One at a time, so that the stream waits in between.
    for number in 0..3 {
        running
            .broadcast("news", "said", number.to_string())
            .expect("room for a broadcast");
        tokio::task::yield_now().await;
    }
    running.shutdown().await.expect("a clean end");
    let heard = reader.await.expect("no panic");
    assert_eq!(heard, ["0", "1", "2"].map(|text| Some(text.to_owned())));
}

#[tokio::test]
async fn a_stream_says_what_was_lost() {
    let pubsub = PubSub::new();
    let mut news = pubsub.subscribe("news");
    let mut last = pubsub.subscribe("last");
    for number in 0..1_025 {
        pubsub
            .broadcast("news", "said", number.to_string())
            .expect("room for a broadcast");
    }
    pubsub
        .broadcast("last", "said", "")
        .expect("room for a broadcast");
    last.next().await.expect("open").expect("a broadcast");
    let lost = news.next().await.expect("open");
    assert_eq!(lost.expect_err("lag"), RecvError::Lagged(1));
    news.next().await.expect("open").expect("the next one");
}
