//! What one client can make the server hold.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::channels::{
    client::{BOTH, Client, Heard, Via, end, ok, reply},
    site,
};

/// The default of `max_waiting_size`.
const WAITING: usize = 1024 * 1024;

/// A payload of 100 KB.
fn large() -> Value {
    json!({"x": "x".repeat(100_000)})
}

async fn say(client: &mut Client, reference: &str, event: &str, payload: Value) {
    client
        .say(json!(["j", reference, "room:1", event, payload]))
        .await;
}

#[tokio::test(start_paused = true)]
async fn reading_stops_while_too_much_waits_for_callbacks_and_nothing_is_lost() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        let began = Instant::now();
        say(&mut client, "w", "wait", json!(3000)).await;
        for number in 0..10 {
            say(&mut client, &number.to_string(), "size", large()).await;
        }
        client.is_quiet().await;
        assert!(
            began.elapsed() < Duration::from_secs(1),
            "less than 1 MiB waits"
        );
        for number in 10..30 {
            say(&mut client, &number.to_string(), "size", large()).await;
        }
        assert!(
            began.elapsed() >= Duration::from_secs(3),
            "more than 1 MiB does not wait"
        );
        client.expects(ok("w", "room:1", json!(3000))).await;
        for number in 0..30 {
            client
                .expects(ok(
                    &number.to_string(),
                    "room:1",
                    json!(large().to_string().len()),
                ))
                .await;
        }
        client.is_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn what_waited_is_handled_no_faster_than_its_client_reads() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        say(&mut client, "w", "wait", json!(3000)).await;
        for number in 0..10 {
            say(&mut client, &number.to_string(), "twice", large()).await;
        }
        sleep(Duration::from_millis(3500)).await;
        client.expects(ok("w", "room:1", json!(3000))).await;
        for number in 0..10 {
            client
                .expects(json!(["j", null, "room:1", "said", large()]))
                .await;
            client
                .expects(ok(&number.to_string(), "room:1", large()))
                .await;
        }
        client.is_quiet().await;
    }
}

#[tokio::test(start_paused = true)]
async fn small_messages_count_for_what_they_need() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        let began = Instant::now();
        say(&mut client, "w", "wait", json!(3000)).await;
        let most = WAITING / 512;
        for number in 0..=most {
            say(&mut client, &number.to_string(), "echo", json!({})).await;
        }
        if via == Via::LongPoll {
            assert!(
                began.elapsed() >= Duration::from_secs(3),
                "{:?}",
                began.elapsed()
            );
        }
        client.expects(ok("w", "room:1", json!(3000))).await;
        for number in 0..=most {
            client
                .expects(ok(&number.to_string(), "room:1", json!({})))
                .await;
        }
    }
}

/// Fills a connection whose second channel hangs.
async fn fill(client: &mut Client) {
    client
        .say(json!(["j", "w", "room:2", "hang", {"x": "x".repeat(WAITING + 1)}]))
        .await;
}

#[tokio::test(start_paused = true)]
async fn other_tasks_reach_the_channels_of_a_client_that_is_not_read_from() {
    let mut site = site::start().await;
    let mut client = site
        .client_at(Via::WebSocket, "/socket", "vsn=2.0.0&id=users:7")
        .await;
    client.join("room:2").await;
    let joined = ok("j", "room:1", json!({}));
    client
        .asks(
            json!(["j", "j", "room:1", "phx_join", {"listen": "news"}]),
            joined,
        )
        .await;
    fill(&mut client).await;
    say(&mut client, "1", "echo", json!({})).await;
    for _ in 0..3 {
        site.running
            .broadcast("news", "headline", json!({}))
            .expect("room for a broadcast");
        client
            .expects(json!(["j", null, "room:1", "heard", {"topic": "news", "event": "headline"}]))
            .await;
        site.running
            .broadcast("room:1", "hello", json!({}))
            .expect("room for a broadcast");
        client
            .expects(json!([null, null, "room:1", "hello", {}]))
            .await;
    }
    // While nothing is read, the connection can still be ended.
    site.running
        .broadcast("users:7", "disconnect", json!({}))
        .expect("room for a broadcast");
    client.ends(1001).await;
    let mut told = [site.noted().await, site.noted().await];
    told.sort();
    assert_eq!(told, ["room:1 Disconnected", "room:2 Disconnected"]);
    drop(client);
    site.is_as_at_first(&["room:1", "room:2", "news"]).await;
    site.nothing_noted();
}

#[tokio::test(start_paused = true)]
async fn a_stop_is_not_held_up_by_a_client_that_is_not_read_from() {
    for via in BOTH {
        let mut site = site::start().await;
        let mut client = site.member(via, "room:2").await;
        fill(&mut client).await;
        if via == Via::WebSocket {
            say(&mut client, "1", "echo", json!({})).await;
        }
        sleep(Duration::from_millis(50)).await;
        let began = Instant::now();
        let (running, told) = (&site.running, async {
            match via {
                Via::WebSocket => client.ends(1012).await,
                Via::LongPoll => sleep(Duration::ZERO).await,
            }
        });
        let (ended, ()) = tokio::join!(running.shutdown(), told);
        ended.expect("a clean end");
        assert!(
            began.elapsed() < Duration::from_secs(8),
            "{:?}",
            began.elapsed()
        );
        assert_eq!(site.noted().await, "room:2 Shutdown");
        site.nothing_noted();
    }
}

/// Hears until the heartbeat that is sent now is answered.
async fn hears(client: &mut Client) -> Vec<Value> {
    client
        .say(json!([null, "done", "phoenix", "heartbeat", {}]))
        .await;
    let mut heard = Vec::new();
    loop {
        let message = client.hear().await;
        if message[1] == "done" {
            return heard;
        }
        heard.push(message);
    }
}

#[tokio::test(start_paused = true)]
async fn joins_that_do_not_return_are_bounded_however_often_a_topic_is_joined() {
    let mut site = site::start().await;
    let mut client = site.client(Via::WebSocket).await;
    let idle = site.running.stats().tasks;
    for number in 0..2000 {
        client
            .say(json!(["j", number.to_string(), "room:1", "phx_join", {"hang": true}]))
            .await;
    }
    let heard = hears(&mut client).await;
    let again = |number: &str| {
        reply(
            Some("j"),
            number,
            "room:1",
            "error",
            json!({"reason": "joined again"}),
        )
    };
    let expected: Vec<_> = (0..1999).map(|number| again(&number.to_string())).collect();
    assert_eq!(heard, expected);
    let tasks = site.running.stats().tasks - idle;
    assert!(tasks <= 100, "{tasks} callbacks");
    // Meanwhile, other topics find no room.
    let full = reply(
        Some("k"),
        "k",
        "room:2",
        "error",
        json!({"reason": "too many channels joined"}),
    );
    client
        .asks(json!(["k", "k", "room:2", "phx_join", {}]), full)
        .await;
    sleep(Duration::from_secs(6)).await;
    assert_eq!(
        site.running.stats().tasks - idle,
        1,
        "the last join waits on"
    );
    client
        .asks(
            json!(["k", "k", "room:2", "phx_join", {}]),
            reply(Some("k"), "k", "room:2", "ok", json!({})),
        )
        .await;
    drop(client);
    assert!(site.noted().await.starts_with("room:2 Closed"));
    site.is_as_at_first(&["room:1", "room:2"]).await;
    site.nothing_noted();
}

#[tokio::test(start_paused = true)]
async fn channels_that_hang_are_bounded_and_told_once_however_often_a_topic_is_joined() {
    const TIMES: usize = 1000;
    let site = site::start().await;
    let mut client = site.client(Via::WebSocket).await;
    let (idle, tally) = (site.running.stats().tasks, site.running.state());
    for number in 0..TIMES {
        let join_ref = number.to_string();
        let wish = json!({"silent": true});
        client
            .say(json!([join_ref, "1", "room:1", "phx_join", wish]))
            .await;
        client
            .say(json!([join_ref, "2", "room:1", "hang", {}]))
            .await;
        assert!(tally.alive() <= 100, "{} channels", tally.alive());
    }
    hears(&mut client).await;
    assert_eq!(tally.joined(), TIMES);
    assert!(tally.alive() <= 100, "{} channels", tally.alive());
    assert!(site.running.stats().tasks - idle <= 100);
    drop(client);
    site.is_as_at_first(&["room:1"]).await;
    assert_eq!(
        (tally.alive(), tally.ended()),
        (0, TIMES),
        "each is told its end, and once"
    );
}

#[tokio::test(start_paused = true)]
async fn an_envelope_has_1024_bytes_at_most() {
    let parts = |join_ref: usize, reference: usize, topic: usize, event: usize| {
        let of = |count: usize| "x".repeat(count);
        json!([
            of(join_ref),
            of(reference),
            format!("room:{}", of(topic - 5)),
            of(event),
            {}
        ])
        .to_string()
    };
    for via in BOTH {
        for (fits, message) in [
            (true, parts(1, 1, 1000, 22)),
            (true, parts(500, 500, 10, 14)),
            (false, parts(1, 1, 1000, 23)),
            (false, parts(1, 1, 1_000_000, 8)),
            (false, parts(1, 1_000_000, 10, 8)),
            (false, parts(1_000_000, 1, 10, 8)),
            (false, parts(1, 1, 10, 1_000_000)),
            (
                false,
                format!(r#"[{{"x":"{}"}},1,"room:1","echo",{{}}]"#, "x".repeat(2000)),
            ),
        ] {
            let site = site::start().await;
            let mut client = site.client(via).await;
            client.text(&message).await;
            if fits {
                assert!(client.hear_text().await.contains("unmatched topic"));
            } else {
                client.ends(1011).await;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn too_many_broadcasts_for_a_callback_end_its_channel() {
    for via in BOTH {
        for (count, payload) in [(257, json!({})), (3, json!({"x": "x".repeat(700_000)}))] {
            let mut site = site::start().await;
            let mut client = site.member(via, "room:1").await;
            client.join("room:2").await;
            say(&mut client, "w", "hang", json!({})).await;
            sleep(Duration::from_millis(50)).await;
            for _ in 0..count {
                site.running
                    .broadcast("room:1", "secret", payload.clone())
                    .expect("room for a broadcast");
                sleep(Duration::from_millis(1)).await;
            }
            client.expects(end("j", "room:1", "phx_error")).await;
            client
                .asks(
                    json!(["j", "5", "room:2", "echo", {}]),
                    ok("5", "room:2", json!({})),
                )
                .await;
            assert_eq!(site.noted().await, "room:1 Overflow");
            client.join("room:1").await;
            client.is_quiet().await;
            site.nothing_noted();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_sends_a_channel_too_much_is_told_so() {
    for via in BOTH {
        let site = site::start().await;
        let mut client = site.member(via, "room:1").await;
        client
            .asks(
                json!(["j", "1", "room:1", "inform many", {}]),
                ok("1", "room:1", json!(256)),
            )
            .await;
        // They have been handled, and there is room again.
        client
            .asks(
                json!(["j", "2", "room:1", "inform many", {}]),
                ok("2", "room:1", json!(256)),
            )
            .await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_name_of_many_escapes_is_not_even_read() {
    let site = site::start().await;
    for via in BOTH {
        let mut client = site.client(via).await;
        client
            .text(&format!(
                r#"["1","1","{}","phx_join",{{}}]"#,
                "\\u0061".repeat(100_000)
            ))
            .await;
        assert!(matches!(client.hear_any().await, Heard::End(_)));
    }
}
