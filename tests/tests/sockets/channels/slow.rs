//! Callbacks that take their time.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::channels::{
    client::{BOTH, Client, end, ok, reply, unmatched},
    site,
};

async fn say(client: &mut Client, reference: &str, event: &str, payload: Value) {
    client
        .say(json!(["j", reference, "room:1", event, payload]))
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_slow_handler_holds_up_its_own_channel_only() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        client.join("room:2").await;
        say(&mut client, "1", "wait", json!(3000)).await;
        say(&mut client, "2", "echo", json!({"n": 2})).await;
        say(&mut client, "3", "inform", json!({})).await;
        say(&mut client, "4", "whisper", json!({"n": 4})).await;
        client.is_quiet().await;
        client
            .asks(
                json!(["j", "5", "room:2", "echo", {}]),
                ok("5", "room:2", json!({})),
            )
            .await;
        // A broadcast is delivered without a callback.
        site.running
            .broadcast("room:1", "news", json!({"n": 6}))
            .expect("room for a broadcast");
        client
            .expects(json!([null, null, "room:1", "news", {"n": 6}]))
            .await;
        client.expects(ok("1", "room:1", json!(3000))).await;
        client.expects(ok("2", "room:1", json!({"n": 2}))).await;
        client
            .expects_all(vec![
                json!(["j", null, "room:1", "info", {"text": "informed"}]),
                json!(["j", null, "room:1", "overheard", {"n": 4}]),
            ])
            .await;
        client.is_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_sent_before_a_leave_is_handled_before_it() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        say(&mut client, "1", "wait", json!(2000)).await;
        say(&mut client, "2", "echo", json!({})).await;
        say(&mut client, "3", "phx_leave", json!({})).await;
        say(&mut client, "4", "echo", json!({})).await;
        client.expects(ok("1", "room:1", json!(2000))).await;
        client.expects(ok("2", "room:1", json!({}))).await;
        client.expects(ok("3", "room:1", json!({}))).await;
        client.expects(unmatched("4", "room:1")).await;
        client.expects(end("j", "room:1", "phx_close")).await;
        assert_eq!(site.noted().await, "room:1 waited");
        assert_eq!(site.noted().await, "room:1 Left");
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_hangs_is_given_up_five_seconds_after_the_leave() {
    for via in BOTH {
        for hang in ["hang", "hang late", "hang badly"] {
            let mut site = site::start().await;
            let mut client = site.member(via, "room:1").await;
            say(&mut client, "1", hang, json!({})).await;
            sleep(Duration::from_millis(500)).await;
            let began = Instant::now();
            say(&mut client, "2", "phx_leave", json!({})).await;
            client.is_quiet().await;
            client.expects(ok("2", "room:1", json!({}))).await;
            client.expects(end("j", "room:1", "phx_close")).await;
            assert_eq!(began.elapsed().as_secs(), 5);
            client.is_quiet().await;
            // The callback was dropped, and the channel that it owned was told.
            assert_eq!(site.noted().await, "room:1 Left", "{hang}");
            site.nothing_noted();
            drop(client);
            site.is_as_at_first(&["room:1"]).await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_new_join_does_not_wait_for_a_handler_that_hangs() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        say(&mut client, "1", "wait", json!(1000)).await;
        say(&mut client, "2", "echo", json!({})).await;
        client
            .say(json!(["k", "k", "room:1", "phx_join", {}]))
            .await;
        client.expects(unmatched("2", "room:1")).await;
        client
            .expects(reply(Some("k"), "k", "room:1", "ok", json!({})))
            .await;
        client.expects(end("j", "room:1", "phx_close")).await;
        let echo = reply(Some("k"), "3", "room:1", "ok", json!({}));
        client
            .asks(json!(["k", "3", "room:1", "echo", {}]), echo)
            .await;
        // The reply of the first join's callback is not sent.
        assert_eq!(site.noted().await, "room:1 waited");
        assert_eq!(site.noted().await, "room:1 Rejoined");
        client.is_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_ends_takes_its_callbacks_along() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        client.join("room:2").await;
        say(&mut client, "1", "wait", json!(4000)).await;
        client.say(json!(["j", "2", "room:2", "hang", {}])).await;
        client
            .say(json!(["j", "3", "room:3", "phx_join", {"hang": true}]))
            .await;
        client.is_quiet().await;
        // This ends the connection.
        client.text("[no JSON").await;
        client.ends(1011).await;
        drop(client);
        assert_eq!(site.noted().await, "room:1 waited");
        for topic in ["room:1", "room:2"] {
            let noted = site.noted().await;
            assert!(
                noted.starts_with(&format!("{topic} Protocol(")),
                "told why the connection ended: {noted}"
            );
        }
        site.is_as_at_first(&["room:1", "room:2", "room:3"]).await;
        // The third channel had not joined yet.
        site.nothing_noted();
    }
}

#[tokio::test(start_paused = true)]
async fn what_comes_back_as_the_connection_ends_is_told() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        // The callback is done when the connection ends, and its result was not handled yet.
        client.text(r#"["j","1","room:1","wait",1]"#).await;
        std::thread::sleep(Duration::from_millis(2));
        client.text("[no JSON").await;
        client.ends(1011).await;
        assert_eq!(site.noted().await, "room:1 waited");
        assert!(site.noted().await.starts_with("room:1 Protocol("));
    }
}
