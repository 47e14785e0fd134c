//! Heartbeats, joins and leaves.

use std::time::Duration;

use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::channels::{
    client::{BOTH, end, ok, reply, unmatched},
    site,
};

#[tokio::test(start_paused = true)]
async fn heartbeats_are_answered_whatever_is_joined() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.client(via).await;
        let heartbeat = json!([null, "7", "phoenix", "heartbeat", {}]);
        let answer = reply(None, "7", "phoenix", "ok", json!({}));
        client.asks(heartbeat.clone(), answer.clone()).await;
        client.join("room:1").await;
        client.asks(heartbeat, answer).await;
        client
            .asks(
                json!([null, "8", "phoenix", "other", {}]),
                unmatched("8", "phoenix"),
            )
            .await;
        client
            .asks(
                json!([null, "9", "phoenix", "phx_join", {}]),
                unmatched("9", "phoenix"),
            )
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_leave_is_answered_and_the_channel_is_closed() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        assert_eq!(
            site.pubsub.subscribers("room:1"),
            2,
            "forwarded, and delivered what is intercepted"
        );
        client
            .asks(
                json!(["j", "2", "room:1", "phx_leave", {}]),
                ok("2", "room:1", json!({})),
            )
            .await;
        client.expects(end("j", "room:1", "phx_close")).await;
        assert_eq!(site.noted().await, "room:1 Left");
        assert_eq!(site.pubsub.subscribers("room:1"), 0);
        client
            .asks(
                json!(["j", "3", "room:1", "echo", {}]),
                unmatched("3", "room:1"),
            )
            .await;
        client
            .asks(
                json!(["j", "4", "room:1", "phx_leave", {}]),
                ok("4", "room:1", json!({})),
            )
            .await;
        client.join("room:1").await;
        client
            .asks(
                json!([null, "5", "room:1", "phx_leave", {}]),
                ok("5", "room:1", json!({})),
            )
            .await;
        client.expects(end("j", "room:1", "phx_close")).await;
        client.is_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn the_first_route_that_matches_serves_a_topic() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.client(via).await;
        let about =
            json!({"topic": "lobby", "rest": "", "assigns": null, "payload": {"name": "Ann"}});
        let join = json!(["1", "1", "lobby", "phx_join", {"name": "Ann"}]);
        client
            .asks(join, reply(Some("1"), "1", "lobby", "ok", about))
            .await;
        client.join("lobby two").await;
        client
            .asks(
                json!(["j", "2", "lobby two", "echo", {}]),
                ok("2", "lobby two", json!({})),
            )
            .await;
        client.join("room:").await;
        for topic in ["room", "Room:1", "", "other:1", "room\u{0}:1"] {
            client
                .asks(
                    json!(["1", "3", topic, "phx_join", {}]),
                    unmatched("3", topic),
                )
                .await;
        }
        client.is_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn joins_can_be_refused_and_may_crash() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.client(via).await;
        for (wish, reason) in [
            (json!({"refuse": true}), "not you"),
            (json!({"panic": true}), "join crashed"),
            (json!({"refuse": true, "wait_ms": 100}), "not you"),
            (json!({"panic": true, "wait_ms": 100}), "join crashed"),
            (json!({"refuse": "what?"}), "join refused"),
            (json!(null), "join refused"),
            (json!({"reply": "r", "wait_ms": -1}), "join refused"),
        ] {
            let refused = reply(Some("1"), "1", "room:1", "error", json!({"reason": reason}));
            client
                .asks(json!(["1", "1", "room:1", "phx_join", wish]), refused)
                .await;
            client
                .asks(
                    json!(["1", "2", "room:1", "echo", {}]),
                    unmatched("2", "room:1"),
                )
                .await;
            assert_eq!(site.pubsub.subscribers("room:1"), 0);
        }
        client.join("room:1").await;
        client.is_quiet().await;
        site.nothing_noted();
    }
}

#[tokio::test(start_paused = true)]
async fn a_join_is_answered_before_all_else_of_the_channel() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.client(via).await;
        for wait_ms in [0, 50] {
            let wish = json!({"inform": true, "reply": [1, 2], "wait_ms": wait_ms});
            client
                .asks(
                    json!(["j", "1", "room:1", "phx_join", wish]),
                    ok("1", "room:1", json!([1, 2])),
                )
                .await;
            client
                .expects(json!(["j", null, "room:1", "info", {"text": "just joined"}]))
                .await;
            client
                .asks(
                    json!(["j", "2", "room:1", "phx_leave", {}]),
                    ok("2", "room:1", json!({})),
                )
                .await;
            client.expects(end("j", "room:1", "phx_close")).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_has_so_many_channels_at_most() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.client_at(via, "/few", "vsn=2.0.0").await;
        client.join("one").await;
        client.join("two").await;
        let too_many = reply(
            Some("3"),
            "3",
            "three",
            "error",
            json!({"reason": "too many channels joined"}),
        );
        client
            .asks(json!(["3", "3", "three", "phx_join", {}]), too_many)
            .await;
        client
            .asks(
                json!(["4", "4", "two", "phx_join", {}]),
                reply(Some("4"), "4", "two", "ok", json!({})),
            )
            .await;
        client.expects(end("j", "two", "phx_close")).await;
        client
            .asks(
                json!(["j", "5", "one", "phx_leave", {}]),
                ok("5", "one", json!({})),
            )
            .await;
        client.expects(end("j", "one", "phx_close")).await;
        client.join("three").await;
        client.is_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_join_replaces_the_first() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        let joined = reply(Some("k"), "k", "room:1", "ok", json!({}));
        client
            .asks(json!(["k", "k", "room:1", "phx_join", {}]), joined)
            .await;
        client.expects(end("j", "room:1", "phx_close")).await;
        assert_eq!(site.noted().await, "room:1 Rejoined");
        assert_eq!(site.pubsub.subscribers("room:1"), 2);
        // Messages of the first join do not reach the second.
        client.say(json!(["j", "3", "room:1", "echo", {}])).await;
        client
            .say(json!(["j", "4", "room:1", "phx_leave", {}]))
            .await;
        client.is_quiet().await;
        for join_ref in [Some("k"), None] {
            let echo = reply(Some("k"), "5", "room:1", "ok", json!({}));
            client
                .asks(json!([join_ref, "5", "room:1", "echo", {}]), echo)
                .await;
        }
        // A second join that is refused ends the first, too.
        let refused = reply(
            Some("l"),
            "l",
            "room:1",
            "error",
            json!({"reason": "not you"}),
        );
        client
            .asks(
                json!(["l", "l", "room:1", "phx_join", {"refuse": true}]),
                refused,
            )
            .await;
        client.expects(end("k", "room:1", "phx_close")).await;
        assert_eq!(site.noted().await, "room:1 Rejoined");
        client
            .asks(
                json!(["k", "6", "room:1", "echo", {}]),
                unmatched("6", "room:1"),
            )
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_slow_join_holds_up_nobody_else() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.client(via).await;
        client
            .say(json!(["j", "j", "room:slow", "phx_join", {"wait_ms": 3000}]))
            .await;
        client
            .say(json!(["j", "1", "room:slow", "echo", {"n": 1}]))
            .await;
        client
            .say(json!(["j", "2", "room:slow", "echo", {"n": 2}]))
            .await;
        client.is_quiet().await;
        client.join("room:other").await;
        client
            .asks(
                json!(["j", "3", "room:other", "echo", {}]),
                ok("3", "room:other", json!({})),
            )
            .await;
        client.expects(ok("j", "room:slow", json!({}))).await;
        client.expects(ok("1", "room:slow", json!({"n": 1}))).await;
        client.expects(ok("2", "room:slow", json!({"n": 2}))).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_pending_join_that_is_refused_answers_what_waited() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.client(via).await;
        client
            .say(json!(["j", "j", "room:1", "phx_join", {"wait_ms": 1000, "refuse": true}]))
            .await;
        client.say(json!(["j", "1", "room:1", "echo", {}])).await;
        client
            .say(json!(["j", "2", "room:1", "phx_leave", {}]))
            .await;
        client
            .expects(reply(
                Some("j"),
                "j",
                "room:1",
                "error",
                json!({"reason": "not you"}),
            ))
            .await;
        client.expects(unmatched("1", "room:1")).await;
        client.expects(ok("2", "room:1", json!({}))).await;
        client.is_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn joins_that_overtake_each_other_are_all_answered() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        client
            .say(json!(["k", "k", "room:1", "phx_join", {"wait_ms": 1000}]))
            .await;
        client
            .say(json!(["l", "l", "room:1", "phx_join", {"wait_ms": 500}]))
            .await;
        client
            .expects(reply(
                Some("k"),
                "k",
                "room:1",
                "error",
                json!({"reason": "joined again"}),
            ))
            .await;
        client
            .expects(reply(Some("l"), "l", "room:1", "ok", json!({})))
            .await;
        client.expects(end("j", "room:1", "phx_close")).await;
        assert_eq!(site.noted().await, "room:1 Rejoined");
        assert_eq!(
            site.noted().await,
            "room:1 Rejoined",
            "the overtaken one, once it was done"
        );
        client.is_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_join_that_hangs_is_given_up_after_a_leave() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.client(via).await;
        client
            .say(json!(["j", "j", "room:1", "phx_join", {"hang": true}]))
            .await;
        sleep(Duration::from_millis(500)).await;
        let began = Instant::now();
        client
            .say(json!(["j", "2", "room:1", "phx_leave", {}]))
            .await;
        client
            .expects(reply(
                Some("j"),
                "j",
                "room:1",
                "error",
                json!({"reason": "join crashed"}),
            ))
            .await;
        assert_eq!(began.elapsed().as_secs(), 5);
        client.expects(ok("2", "room:1", json!({}))).await;
        client.join("room:1").await;
        client.is_quiet().await;
        site.nothing_noted();
        drop(client);
        site.is_as_at_first(&["room:1"]).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_leave_waits_for_a_slow_join() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.client(via).await;
        client
            .say(json!(["j", "j", "room:1", "phx_join", {"wait_ms": 1000}]))
            .await;
        client
            .say(json!(["j", "2", "room:1", "phx_leave", {}]))
            .await;
        client.expects(ok("j", "room:1", json!({}))).await;
        client.expects(ok("2", "room:1", json!({}))).await;
        client.expects(end("j", "room:1", "phx_close")).await;
        assert_eq!(site.noted().await, "room:1 Left");
        assert_eq!(site.pubsub.subscribers("room:1"), 0);
    }
}
