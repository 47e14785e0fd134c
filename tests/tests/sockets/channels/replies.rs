//! Replies, at once or later.

use serde_json::json;

use crate::channels::{
    client::{BOTH, end, ok, reply},
    site,
};

#[tokio::test(start_paused = true)]
async fn replies_have_any_status() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        for (event, status) in [("echo", "ok"), ("no", "error"), ("maybe", "maybe")] {
            let answer = reply(Some("j"), "1", "room:1", status, json!({"n": 1}));
            client
                .asks(json!(["j", "1", "room:1", event, {"n": 1}]), answer)
                .await;
        }
        let unknown = json!({"reason": "unknown event nonsense"});
        client
            .asks(
                json!(["j", "2", "room:1", "nonsense", {}]),
                reply(Some("j"), "2", "room:1", "error", unknown),
            )
            .await;
        // A client that names no reference still gets the reply.
        let answer = json!(["j", null, "room:1", "phx_reply", {"status": "ok", "response": {}}]);
        client
            .asks(json!(["j", null, "room:1", "echo", {}]), answer)
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn replies_come_in_the_order_of_the_questions() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        client.join("room:2").await;
        for number in 0..200 {
            let topic = if number % 2 == 0 { "room:1" } else { "room:2" };
            client
                .say(json!(["j", number.to_string(), topic, "echo", {"n": number}]))
                .await;
        }
        for number in 0..200 {
            let topic = if number % 2 == 0 { "room:1" } else { "room:2" };
            client
                .expects(ok(&number.to_string(), topic, json!({"n": number})))
                .await;
        }
        client.is_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_can_be_given_later_from_any_task() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        client.say(json!(["j", "1", "room:1", "later", 1000])).await;
        client
            .asks(
                json!(["j", "2", "room:1", "echo", {}]),
                ok("2", "room:1", json!({})),
            )
            .await;
        client
            .expects(ok("1", "room:1", json!({"late": true})))
            .await;
        assert_eq!(site.noted().await, "replied Ok(())");

        client.say(json!(["j", "3", "room:1", "keep", {}])).await;
        client.say(json!(["j", "4", "room:1", "echo", {}])).await;
        client
            .say(json!(["j", "5", "room:1", "answer kept", {"n": 1}]))
            .await;
        client.expects(ok("4", "room:1", json!({}))).await;
        client.expects(ok("3", "room:1", json!({"n": 1}))).await;
        client.is_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_reply_to_who_has_left_is_an_error() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        client.say(json!(["j", "1", "room:1", "later", 1000])).await;
        client
            .asks(
                json!(["j", "2", "room:1", "phx_leave", {}]),
                ok("2", "room:1", json!({})),
            )
            .await;
        client.expects(end("j", "room:1", "phx_close")).await;
        assert_eq!(site.noted().await, "room:1 Left");
        // The next join does not get it, either.
        client.join("room:1").await;
        assert_eq!(site.noted().await, "replied Err(Left)");
        client.is_quiet().await;
        drop(client);
        site.is_as_at_first(&["room:1"]).await;
    }
}
