//! How broadcasts become messages: once for each form, and as each socket type wants it.

use std::sync::atomic::Ordering;

use bytes::Bytes;
use landfall::pubsub::Payload;
use serde_json::json;

use crate::broadcast::site::{self, ENCODED};

/// One test for all counts, because they share the counter.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_broadcast_is_encoded_once_for_all_its_subscribers() {
    let site = site::start().await;
    let mut readers = Vec::new();
    for _ in 0..40 {
        readers.push(site.reader("counted", "room").await);
    }
    for round in 1..=20 {
        let said = format!("round {round}");
        if round % 2 == 0 {
            site.say("room", said.as_str());
        } else {
            readers[round].text(&said).await;
        }
        for reader in &mut readers {
            assert_eq!(reader.hear_text().await, said);
        }
        assert_eq!(ENCODED.load(Ordering::SeqCst), round);
    }
    drop(readers);
    site.subscribers("room", 0).await;
    site.say("room", "to nobody");
    let mut plain = site.reader("plain", "room").await;
    site.say("room", "to another form");
    assert_eq!(plain.hear_text().await, "to another form");
    assert_eq!(
        ENCODED.load(Ordering::SeqCst),
        20,
        "nobody wanted that form"
    );
}

#[tokio::test]
async fn each_socket_type_has_its_own_form() {
    let site = site::start().await;
    let mut plain = site.reader("plain", "room").await;
    let mut loud = site.reader("loud", "room").await;
    site.say("room", "hello");
    assert_eq!(plain.hear_text().await, "hello");
    assert_eq!(loud.hear_text().await, r#"["room","said","hello"]"#);
}

#[tokio::test]
async fn payloads_are_text_json_or_bytes() {
    let site = site::start().await;
    let mut reader = site.reader("plain", "room").await;
    site.say("room", Payload::from_json(&[1, 2]).expect("JSON"));
    assert_eq!(reader.hear_text().await, "[1,2]");
    site.say("room", json!({ "a": null }));
    assert_eq!(reader.hear_text().await, r#"{"a":null}"#);
    site.say("room", Bytes::from_static(b"\x00\xff"));
    let frame = reader.hear().await;
    assert_eq!((frame.opcode, frame.payload), (2, b"\x00\xff".to_vec()));
    site.say("room", "");
    assert_eq!(
        reader.hear_text().await,
        "",
        "an empty broadcast is a message too"
    );
}

#[tokio::test]
async fn none_sends_nothing() {
    let site = site::start().await;
    let mut picky = site.reader("picky", "room").await;
    let mut plain = site.reader("plain", "room").await;
    site.say("room", "nothing");
    site.say("room", "something");
    assert_eq!(picky.hear_text().await, "something");
    assert_eq!(plain.hear_text().await, "nothing");
    assert_eq!(plain.hear_text().await, "something");
    picky.text("nothing").await;
    assert_eq!(picky.hear_text().await, "before");
    assert_eq!(picky.hear_text().await, "after");
    assert_eq!(plain.hear_text().await, "nothing");
}

#[tokio::test]
async fn a_panic_costs_its_own_broadcast_in_its_own_form() {
    let site = site::start().await;
    let mut picky = site.reader("picky", "room").await;
    let mut plain = site.reader("plain", "room").await;
    // All three are delivered in one batch.
    for said in ["one", "panic", "two"] {
        site.say("room", said);
    }
    assert_eq!(picky.hear_text().await, "one");
    assert_eq!(picky.hear_text().await, "two");
    for said in ["one", "panic", "two"] {
        assert_eq!(plain.hear_text().await, said);
    }
}

#[tokio::test]
async fn a_panic_over_ones_own_broadcast_still_reaches_other_forms() {
    let site = site::start().await;
    let mut picky = site.reader("picky", "room").await;
    let mut plain = site.reader("plain", "room").await;
    picky.text("panic").await;
    assert_eq!(plain.hear_text().await, "panic");
    assert_eq!(picky.hear_text().await, "before");
    assert_eq!(picky.hear_text().await, "after");
}
