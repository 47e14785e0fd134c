//! What clients get of topics, and in which order.

use landfall::pubsub::PubSub;
use landfall_tests::{client::Client, wire::Frame};
use tokio::task::JoinSet;

use crate::broadcast::site;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ones_own_broadcast_keeps_its_place_between_pushes() {
    let site = site::start().await;
    let mut speaker = site.reader("plain", "room").await;
    let mut listener = site.reader("plain", "room").await;
    for round in 0..50 {
        speaker.text(&format!("around round {round}")).await;
        let said = format!("round {round}");
        for expected in ["before", &said, "after"] {
            assert_eq!(speaker.hear_text().await, expected);
        }
        assert_eq!(listener.hear_text().await, said);
    }
    speaker.is_quiet().await;
}

#[tokio::test]
async fn ones_own_broadcast_elsewhere_is_not_ones_own() {
    let site = site::start().await;
    let mut speaker = site.reader("plain", "room").await;
    let mut listener = site.reader("plain", "room").await;
    speaker.text("unsubscribe room").await;
    speaker.text("around to others").await;
    assert_eq!(listener.hear_text().await, "to others");
    assert_eq!(speaker.hear_text().await, "before");
    assert_eq!(speaker.hear_text().await, "after");
    speaker.is_quiet().await;
}

#[tokio::test]
async fn broadcast_from_leaves_out_its_sender() {
    let site = site::start().await;
    let mut speaker = site.reader("plain", "room").await;
    let mut listener = site.reader("plain", "room").await;
    speaker.text("others hello").await;
    assert_eq!(listener.hear_text().await, "hello");
    assert_eq!(speaker.hear_text().await, "told the others");
    site.say("room", "for all");
    assert_eq!(listener.hear_text().await, "for all");
    assert_eq!(speaker.hear_text().await, "for all");
}

#[tokio::test]
async fn the_handle_reaches_every_mount_and_one_topic_only() {
    let site = site::start().await;
    let mut elsewhere = site.reader("plain", "other").await;
    let mut readers = Vec::new();
    for mount in ["plain", "second", "packed", "picky"] {
        readers.push(site.reader(mount, "room").await);
    }
    site.say("room", "hello");
    for reader in &mut readers {
        assert_eq!(reader.hear_text().await, "hello");
    }
    elsewhere.is_quiet().await;
}

/// A client of many topics finds each, and leaves those that it leaves.
#[tokio::test]
async fn a_client_of_many_topics_gets_each_broadcast_once() {
    let site = site::start().await;
    let mut reader = site.reader("plain", "0").await;
    for topic in 1..40 {
        reader.text(&format!("subscribe {topic}")).await;
    }
    for topic in [0, 15, 16, 39] {
        reader.text(&format!("subscribe {topic}")).await;
    }
    for topic in [1, 16, 38] {
        reader.text(&format!("unsubscribe {topic}")).await;
    }
    reader.is_quiet().await;
    let kept = (0..40).filter(|topic| ![1, 16, 38].contains(topic));
    for topic in kept {
        site.subscribers(&topic.to_string(), 1).await;
        site.say(&topic.to_string(), format!("of {topic}"));
        assert_eq!(reader.hear_text().await, format!("of {topic}"));
    }
    reader.is_quiet().await;
    drop(reader);
    for topic in 0..40 {
        site.subscribers(&topic.to_string(), 0).await;
    }
}

#[tokio::test]
async fn unsubscribing_stops_and_subscribing_twice_delivers_once() {
    let site = site::start().await;
    let mut reader = site.reader("plain", "room").await;
    let mut witness = site.reader("plain", "room").await;
    reader.text("subscribe room").await;
    reader.text("subscribe hall").await;
    reader.is_quiet().await;
    site.say("room", "once");
    assert_eq!(reader.hear_text().await, "once");
    assert_eq!(witness.hear_text().await, "once");

    reader.text("unsubscribe room").await;
    reader.text("unsubscribe nowhere").await;
    reader.is_quiet().await;
    site.say("room", "not for all");
    site.say("hall", "in the hall");
    assert_eq!(witness.hear_text().await, "not for all");
    assert_eq!(reader.hear_text().await, "in the hall");
    reader.is_quiet().await;
}

#[tokio::test]
async fn subscriptions_end_with_the_connection() {
    let site = site::start().await;
    let mut readers = Vec::new();
    for _ in 0..4 {
        readers.push(site.reader("plain", "room").await);
    }
    readers[0].text("subscribe hall").await;
    site.subscribers("hall", 1).await;
    site.subscribers("room", 4).await;
    let mut readers = readers.into_iter();
    let mut next = || readers.next().expect("a reader");

    let mut closing = next();
    closing.send(Frame::close(1000, b"")).await;
    site.subscribers("room", 3).await;
    site.subscribers("hall", 0).await;
    next().shutdown().await;
    site.subscribers("room", 2).await;
    next().reset();
    site.subscribers("room", 1).await;
    drop(next());
    site.subscribers("room", 0).await;
}

#[tokio::test]
async fn compressed_and_plain_subscribers_get_the_same() {
    let site = site::start().await;
    let mut plain = site.reader("plain", "room").await;
    let mut packed = site.packed_reader("room").await;
    let long = "all work and no play ".repeat(5_000);
    for said in ["short", "", &long, "ünïcödé ☂", &long] {
        site.say("room", said);
        assert_eq!(plain.hear_text().await, said);
        assert_eq!(packed.hear_text().await, said);
    }
    packed.text(&format!("around {long}")).await;
    for expected in ["before", &long, "after"] {
        assert_eq!(packed.hear_text().await, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_broadcasts_arrive_in_order_at_fast_and_slow_readers() {
    const BROADCASTS: usize = 1_000;
    let site = site::start().await;
    let mut readers = JoinSet::new();
    let mut slow = Vec::new();
    for number in 0..50 {
        let packed = number % 3 == 0;
        let reader = if packed {
            site.packed_reader("room").await
        } else {
            site.reader("plain", "room").await
        };
        if number % 5 == 0 {
            slow.push(reader);
        } else {
            readers.spawn(hear_all(reader, BROADCASTS));
        }
    }
    for number in 0..BROADCASTS {
        site.say("room", number.to_string());
        if number % 100 == 0 {
            tokio::task::yield_now().await;
        }
    }
    // Slow readers read after the others are done.
    while let Some(heard) = readers.join_next().await {
        heard.expect("everything in order");
    }
    for reader in slow {
        hear_all(reader, BROADCASTS).await;
    }
}

async fn hear_all(mut reader: Client, broadcasts: usize) {
    for number in 0..broadcasts {
        assert_eq!(reader.hear_text().await, number.to_string());
    }
    reader.is_quiet().await;
}

#[tokio::test]
async fn endpoints_can_share_their_topics() {
    let pubsub = PubSub::new();
    let (one, two) = (
        site::start_with(pubsub.clone()).await,
        site::start_with(pubsub.clone()).await,
    );
    let mut at_one = one.reader("plain", "room").await;
    let mut at_two = two.reader("plain", "room").await;
    two.subscribers("room", 2).await;
    at_one.text("others from one").await;
    assert_eq!(at_two.hear_text().await, "from one");
    assert_eq!(at_one.hear_text().await, "told the others");

    drop(at_one);
    one.running.shutdown().await.expect("a clean end");
    one.subscribers("room", 1).await;
    pubsub
        .broadcast("room", "said", "goes on")
        .expect("room for a broadcast");
    assert_eq!(at_two.hear_text().await, "goes on");
}
