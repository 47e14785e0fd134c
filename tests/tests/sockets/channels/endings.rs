//! How channels and connections end.

use std::{sync::Arc, time::Duration};

use landfall_tests::wire::Frame;
use serde_json::json;
use tokio::{
    task::JoinSet,
    time::{Instant, sleep, timeout},
};

use crate::channels::{
    client::{BOTH, Client, Heard, Via, end, ok},
    site,
};

#[tokio::test(start_paused = true)]
async fn a_channel_can_stop_and_others_go_on() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.client(via).await;
        client.join("room:2").await;
        for (event, replied, told, noted) in [
            ("stop", true, "phx_close", "Normal"),
            ("stop silently", false, "phx_close", "Normal"),
            ("fail", false, "phx_error", "Failed(\"as asked\")"),
            ("panic", false, "phx_error", "Crash"),
            ("panic late", false, "phx_error", "Crash"),
            ("inform badly", false, "phx_error", "Crash"),
            ("stop all", false, "phx_close", "Normal"),
        ] {
            client.join("room:1").await;
            client
                .say(json!(["j", "1", "room:1", event, {"n": 1}]))
                .await;
            if replied {
                client.expects(ok("1", "room:1", json!({"n": 1}))).await;
            }
            client.expects(end("j", "room:1", told)).await;
            assert_eq!(site.noted().await, format!("room:1 {noted}"), "{event}");
            assert_eq!(site.pubsub.subscribers("room:1"), 0);
            client
                .asks(
                    json!(["j", "2", "room:2", "echo", {}]),
                    ok("2", "room:2", json!({})),
                )
                .await;
        }
        client.is_quiet().await;
        site.nothing_noted();
    }
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_decoded_ends_the_connection() {
    for via in BOTH {
        for undecodable in ["[", "[]", "[1,2,3]", r#"{"topic":"room:1"}"#, "7"] {
            // On longpoll, a message that is not a list is base64.
            if via == Via::LongPoll && !undecodable.starts_with('[') {
                continue;
            }
            let mut site = site::start().await;
            let mut client = site.member(via, "room:1").await;
            client.text(undecodable).await;
            client.ends(1011).await;
            assert!(
                site.noted().await.starts_with("room:1 Protocol("),
                "{undecodable}"
            );
        }
        let site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        client.bytes(&[9, 1, 1, 1]).await;
        client.ends(1011).await;
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_not_understood_is_told_why() {
    let site = site::start().await;
    for (undecodable, text) in [
        (
            "[1,2,3]",
            "undecodable message: expected an array of at least 5 elements",
        ),
        (
            r#"["j","1","room:1","echo",{"secret":}]"#,
            "undecodable message: expected value at line 1 column 36",
        ),
    ] {
        let mut client =
            landfall_tests::client::Client::through(&site.network, "/socket/websocket?vsn=2.0.0")
                .await;
        client.text(undecodable).await;
        let close = client.hear_within(Duration::from_secs(1)).await;
        assert_eq!(close.close_code(), Some(1011));
        assert_eq!(String::from_utf8_lossy(&close.payload[2..]), text);
    }
}

#[tokio::test(start_paused = true)]
async fn the_application_can_disconnect_a_client_by_its_id() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.client_at(via, "/socket", "vsn=2.0.0&id=users:7").await;
        let mut other = site.client_at(via, "/socket", "vsn=2.0.0&id=users:8").await;
        client.join("room:1").await;
        other.join("room:1").await;
        site.running
            .broadcast("users:7", "something else", json!({}))
            .expect("room for a broadcast");
        client.is_quiet().await;
        site.running
            .broadcast("users:7", "disconnect", json!({}))
            .expect("room for a broadcast");
        client.ends(1001).await;
        assert_eq!(site.noted().await, "room:1 Disconnected");
        other.is_quiet().await;
        site.nothing_noted();
        drop((client, other));
        site.is_as_at_first(&["room:1", "users:7", "users:8"]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn clients_are_told_to_come_back_when_the_endpoint_stops() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        client.join("room:2").await;
        client.say(json!(["j", "1", "room:2", "hang", {}])).await;
        client.is_quiet().await;
        let began = Instant::now();
        let running = &site.running;
        let told = async {
            match &mut client {
                Client::WebSocket(_) => assert_eq!(client.hear_any().await, Heard::End(Some(1012))),
                // There is no message. The client polls again, and is not answered.
                Client::LongPoll(_) => {
                    assert!(
                        timeout(Duration::from_secs(9), client.hear_any())
                            .await
                            .is_err()
                    )
                }
            }
        };
        if via == Via::WebSocket {
            let (ended, ()) = tokio::join!(running.shutdown(), told);
            ended.expect("a clean end");
        } else {
            running.shutdown().await.expect("a clean end");
        }
        assert!(
            began.elapsed() < Duration::from_secs(8),
            "{:?}",
            began.elapsed()
        );
        // The channel whose callback hung was told, too.
        let mut told = [site.noted().await, site.noted().await];
        told.sort();
        assert_eq!(told, ["room:1 Shutdown", "room:2 Shutdown"]);
        site.nothing_noted();
        for topic in ["room:1", "room:2"] {
            assert_eq!(site.pubsub.subscribers(topic), 0);
        }
        assert_eq!(site.running.stats().connections, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_goes_ends_its_channels() {
    let mut site = site::start().await;
    let mut client = site.member(Via::WebSocket, "room:1").await;
    let Client::WebSocket(socket) = &mut client else {
        panic!("a WebSocket")
    };
    socket.send(Frame::close(4000, b"bye")).await;
    client.ends(4000).await;
    assert_eq!(
        site.noted().await,
        "room:1 Closed { code: 4000, text: \"bye\" }"
    );
    drop(client);

    drop(site.member(Via::WebSocket, "room:1").await);
    assert_eq!(
        site.noted().await,
        "room:1 Closed { code: 1006, text: \"\" }"
    );

    drop(site.member(Via::LongPoll, "room:1").await);
    assert_eq!(site.noted().await, "room:1 Inactive");
    site.is_as_at_first(&["room:1"]).await;
}

#[tokio::test(start_paused = true)]
async fn nothing_is_left_after_many_clients_have_come_and_gone() {
    let mut site = site::start().await;
    let topics: Vec<String> = (0..10).map(|number| format!("room:{number}")).collect();
    let topics: Vec<&str> = topics.iter().map(String::as_str).collect();
    for round in 0..30 {
        let mut clients = Vec::new();
        for via in BOTH {
            let mut client = site.client_at(via, "/socket", "vsn=2.0.0&id=users:7").await;
            for (number, topic) in topics.iter().enumerate() {
                let wish = json!({"silent": true, "listen": "news", "wait_ms": number % 3});
                client.say(json!(["j", "j", topic, "phx_join", wish])).await;
            }
            for (number, topic) in topics.iter().enumerate() {
                let event =
                    ["echo", "hang", "wait", "panic", "phx_leave", "stop"][(number + round) % 6];
                client.say(json!(["j", "1", topic, event, 20])).await;
            }
            clients.push(client);
        }
        if round % 3 == 0 {
            sleep(Duration::from_millis(100)).await;
        }
    }
    site.is_as_at_first(&topics).await;
    site.is_as_at_first(&["news", "users:7"]).await;
    // Callbacks that hung were dropped with their channels. The others noted that they waited.
    site.pubsub
        .broadcast("journal", "note", "the end")
        .expect("room for a broadcast");
    while site.noted().await != "the end" {}
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_channel_is_told_its_end_once_whatever_happens_at_the_same_time() {
    let site = Arc::new(site::start().await);
    let (pubsub, mut visits) = (site.pubsub.clone(), JoinSet::new());
    for visitor in 0..16 {
        let site = site.clone();
        visits.spawn(async move {
            for round in 0..12 {
                let mut client = site.client(BOTH[(visitor + round) % 2]).await;
                for number in 0..8 {
                    let (topic, wait) = (format!("room:{number}"), (round + number) % 3);
                    let wish = json!({"silent": true, "listen": "news", "wait_ms": wait});
                    client.say(json!(["j", "j", topic, "phx_join", wish])).await;
                    let event = [
                        "echo",
                        "wait",
                        "panic",
                        "phx_leave",
                        "stop",
                        "phx_join",
                        "panic late",
                        "whisper",
                        "hang",
                    ][(visitor + round + number) % 9];
                    let payload = if event == "phx_join" { wish } else { json!(3) };
                    client.say(json!(["k", "1", topic, event, payload])).await;
                    client.say(json!([null, "2", topic, event, payload])).await;
                }
                sleep(Duration::from_millis((round as u64 % 4) * 3)).await;
            }
        });
    }
    let speaker = tokio::spawn(async move {
        for number in (0..8).cycle() {
            pubsub
                .broadcast(&format!("room:{number}"), "secret", json!({}))
                .expect("room for a broadcast");
            pubsub
                .broadcast("news", "headline", json!({}))
                .expect("room for a broadcast");
            sleep(Duration::from_millis(1)).await;
        }
    });
    while let Some(visit) = visits.join_next().await {
        visit.expect("a visit as planned");
    }
    speaker.abort();
    let topics: Vec<String> = (0..8).map(|number| format!("room:{number}")).collect();
    site.is_as_at_first(&topics.iter().map(String::as_str).collect::<Vec<_>>())
        .await;
    site.is_as_at_first(&["news"]).await;
    let tally = site.running.state();
    let counts = (tally.joined(), tally.ended());
    assert!(
        counts.0 > 1000 && counts.0 == counts.1,
        "{counts:?} joined and ended"
    );
}
