//! What channels push and broadcast, and what reaches them from outside.

use std::time::Duration;

use landfall::pubsub::PubSub;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::channels::{
    client::{BOTH, Client, Via, end, ok},
    site::{self, Started},
};

fn broadcast(event: &str, payload: Value) -> Value {
    json!([null, null, "room:1", event, payload])
}

fn push(event: &str, payload: Value) -> Value {
    json!(["j", null, "room:1", event, payload])
}

/// A client of each transport, both joined.
async fn two(site: &Started, via: Via) -> (Client, Client) {
    let other = if via == Via::WebSocket {
        Via::LongPoll
    } else {
        Via::WebSocket
    };
    (
        site.member(via, "room:1").await,
        site.member(other, "room:1").await,
    )
}

#[tokio::test(start_paused = true)]
async fn a_push_reaches_its_client_a_broadcast_all_and_broadcast_from_the_others() {
    for via in BOTH {
        let site = site::start().await;
        let (mut speaker, mut listener) = two(&site, via).await;
        let mut stranger = site.member(via, "room:2").await;
        speaker
            .asks(
                json!(["j", "1", "room:1", "say", {"n": 1}]),
                push("said", json!({"n": 1})),
            )
            .await;
        speaker
            .asks(
                json!(["j", "2", "room:1", "shout", {"n": 2}]),
                broadcast("shouted", json!({"n": 2})),
            )
            .await;
        speaker
            .say(json!(["j", "3", "room:1", "tell", {"n": 3}]))
            .await;
        listener
            .expects(broadcast("shouted", json!({"n": 2})))
            .await;
        listener.expects(broadcast("told", json!({"n": 3}))).await;
        for client in [&mut speaker, &mut listener, &mut stranger] {
            client.is_quiet().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn pushes_and_ones_own_broadcasts_keep_their_order() {
    for via in BOTH {
        let site = site::start().await;
        let (mut speaker, mut listener) = two(&site, via).await;
        for reference in ["1", "2", "3"] {
            speaker
                .say(json!(["j", reference, "room:1", "around", {}]))
                .await;
            speaker.expects(push("said", json!({"n": 1}))).await;
            speaker.expects(broadcast("shouted", json!({"n": 2}))).await;
            speaker.expects(push("said", json!({"n": 3}))).await;
            speaker.expects(broadcast("shouted", json!({"n": 4}))).await;
            speaker
                .expects(ok(reference, "room:1", json!({"n": 5})))
                .await;
            listener
                .expects(broadcast("shouted", json!({"n": 2})))
                .await;
            listener
                .expects(broadcast("shouted", json!({"n": 4})))
                .await;
        }
        speaker.is_quiet().await;
        listener.is_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn intercepted_broadcasts_go_through_the_channel() {
    for via in BOTH {
        let site = site::start().await;
        let (mut speaker, mut listener) = two(&site, via).await;
        speaker
            .say(json!(["j", "1", "room:1", "whisper", {"n": 1}]))
            .await;
        speaker
            .say(json!(["j", "2", "room:1", "whisper", {"drop": true}]))
            .await;
        site.running
            .broadcast("room:1", "secret", json!({"n": 2}))
            .expect("room for a broadcast");
        site.running
            .broadcast("room:1", "open", json!({"n": 3}))
            .expect("room for a broadcast");
        for client in [&mut speaker, &mut listener] {
            client
                .expects_all(vec![
                    push("overheard", json!({"n": 1})),
                    push("overheard", json!({"n": 2})),
                    broadcast("open", json!({"n": 3})),
                ])
                .await;
            client.is_quiet().await;
        }
        // A channel may end because of a broadcast.
        site.running
            .broadcast("room:1", "stop all", json!({}))
            .expect("room for a broadcast");
        for client in [&mut speaker, &mut listener] {
            client.expects(end("j", "room:1", "phx_close")).await;
            client.is_quiet().await;
        }
        assert_eq!(site.pubsub.subscribers("room:1"), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn the_functions_of_the_handle_reach_channels() {
    for via in BOTH {
        let site = site::start().await;
        let (mut one, mut two) = two(&site, via).await;
        let handle = site.running.handle().clone();
        let mut heard = handle.subscribe("room:1");
        handle
            .broadcast("room:1", "news", json!({"n": 1}))
            .expect("room for a broadcast");
        handle
            .local_broadcast("room:1", "news", json!({"n": 2}))
            .expect("room for a broadcast");
        handle
            .broadcast_from(heard.id(), "room:1", "news", json!({"n": 3}))
            .expect("room for a broadcast");
        handle
            .local_broadcast_from(heard.id(), "room:1", "news", json!({"n": 4}))
            .expect("room for a broadcast");
        handle
            .broadcast("room:2", "news", json!({"n": 5}))
            .expect("room for a broadcast");
        for client in [&mut one, &mut two] {
            for n in 1..=4 {
                client.expects(broadcast("news", json!({"n": n}))).await;
            }
            client.is_quiet().await;
        }
        for n in 1..=2 {
            let news = heard.recv().await.expect("a broadcast");
            assert_eq!(news.payload().as_text(), Some(&*format!("{{\"n\":{n}}}")));
        }
        assert!(heard.try_recv().is_none());
    }
}

#[tokio::test(start_paused = true)]
async fn a_thousand_broadcasts_arrive_in_order() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        for n in 0..1000 {
            site.running
                .broadcast("room:1", "news", json!({"n": n}))
                .expect("room for a broadcast");
        }
        for n in 0..1000 {
            client.expects(broadcast("news", json!({"n": n}))).await;
        }
        client.is_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn endpoints_can_share_their_topics() {
    for via in BOTH {
        let pubsub = PubSub::new();
        let (here, there) = (
            site::start_with(pubsub.clone()).await,
            site::start_with(pubsub.clone()).await,
        );
        let (mut speaker, mut listener) = (
            here.member(via, "room:1").await,
            there.member(via, "room:1").await,
        );
        speaker
            .asks(
                json!(["j", "1", "room:1", "shout", {"n": 1}]),
                broadcast("shouted", json!({"n": 1})),
            )
            .await;
        speaker
            .say(json!(["j", "2", "room:1", "tell", {"n": 2}]))
            .await;
        speaker
            .say(json!(["j", "3", "room:1", "whisper", {"n": 3}]))
            .await;
        speaker.expects(push("overheard", json!({"n": 3}))).await;
        listener
            .expects(broadcast("shouted", json!({"n": 1})))
            .await;
        listener.expects(broadcast("told", json!({"n": 2}))).await;
        listener.expects(push("overheard", json!({"n": 3}))).await;
        here.running.shutdown().await.expect("a clean end");
        pubsub
            .broadcast("room:1", "news", json!({"n": 4}))
            .expect("room for a broadcast");
        listener.expects(broadcast("news", json!({"n": 4}))).await;
        assert_eq!(pubsub.subscribers("room:1"), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn a_channel_can_listen_to_other_topics() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.client(via).await;
        let joined = ok("j", "room:1", json!({}));
        client
            .asks(
                json!(["j", "j", "room:1", "phx_join", {"listen": "news"}]),
                joined.clone(),
            )
            .await;
        let heard = push("heard", json!({"topic": "news", "event": "headline"}));
        site.running
            .broadcast("news", "headline", "ship sighted")
            .expect("room for a broadcast");
        client.expects(heard.clone()).await;
        client.say(json!(["j", "1", "room:1", "deaf", {}])).await;
        client.is_quiet().await;
        assert_eq!(site.pubsub.subscribers("news"), 0);
        client
            .asks(
                json!(["j", "j", "room:1", "phx_join", {"listen": "news"}]),
                joined,
            )
            .await;
        client.expects(end("j", "room:1", "phx_close")).await;
        assert_eq!(site.pubsub.subscribers("news"), 1);
        client
            .asks(
                json!(["j", "2", "room:1", "phx_leave", {}]),
                ok("2", "room:1", json!({})),
            )
            .await;
        client.expects(end("j", "room:1", "phx_close")).await;
        assert_eq!(site.pubsub.subscribers("news"), 0);
        // A join that fails subscribes to nothing.
        client
            .say(json!(["j", "j", "room:1", "phx_join", {"listen": "news", "wait_ms": 500}]))
            .await;
        sleep(Duration::from_millis(100)).await;
        client.text("[no JSON").await;
        client.ends(1011).await;
        drop(client);
        site.is_as_at_first(&["news", "room:1"]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_channel_is_told_what_other_tasks_send() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        client.say(json!(["j", "1", "room:1", "inform", {}])).await;
        client
            .expects(push("info", json!({"text": "informed"})))
            .await;
        client.say(json!(["j", "2", "room:1", "inform", {}])).await;
        client
            .say(json!(["j", "3", "room:1", "phx_leave", {}]))
            .await;
        // The leave may come before or after the messages to the channel.
        loop {
            let heard = client.hear().await;
            if heard == end("j", "room:1", "phx_close") {
                break;
            }
            assert!(
                heard == push("info", json!({"text": "informed"}))
                    || heard == ok("3", "room:1", json!({})),
                "{heard}"
            );
        }
        client.is_quiet().await;
    }
}
