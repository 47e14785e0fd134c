//! What Prometheus reads of `prometheus.rs`. A program of its own: it has one recorder.

#[path = "../prometheus.rs"]
#[expect(dead_code, reason = "its `main` is not called")]
mod prometheus;

use std::collections::BTreeSet;

use landfall::testing::{self, Site};
use prometheus::{App, Web, recorder};
use serde_json::json;

/// The value of a series: the first whose line holds all of these parts.
async fn value(site: &Site<Web>, parts: &[&str]) -> f64 {
    let scraped = site.get("/metrics").await;
    let scraped = scraped.text();
    let mut lines = scraped.lines().filter(|line| !line.starts_with('#'));
    let line = lines.find(|line| parts.iter().all(|part| line.contains(part)));
    let line = line.unwrap_or_else(|| panic!("no {parts:?} in {scraped}"));
    let (_, value) = line.rsplit_once(' ').expect("a value");
    value.parse().expect("a number")
}

#[tokio::test(start_paused = true)]
async fn prometheus_reads_the_figures_of_an_endpoint() {
    let figures = recorder();
    let site = testing::start_with::<Web>(App {
        figures: figures.clone(),
    })
    .await;
    let echo = ["path=\"/echo/:name\"", "transport=\"websocket\""];
    let of = |name: &'static str| [name, echo[0], echo[1]];

    let mut clients = Vec::new();
    for number in 0..20 {
        let mut client = site
            .raw(&format!("/echo/{number}-canary"))
            .await
            .expect("a connection");
        client.send("ahoy!");
        client.expect("ahoy!").await;
        clients.push(client);
    }
    assert!(site.raw("/echo/nobody").await.is_err());
    assert!(
        site.raw("/echo/me")
            .origin("http://evil.example")
            .await
            .is_err()
    );
    assert_eq!(value(&site, &of("landfall_sockets{")).await, 20.0);
    assert_eq!(value(&site, &of("landfall_messages_in_total{")).await, 20.0);
    assert_eq!(
        value(&site, &of("landfall_message_bytes_in_total{")).await,
        100.0
    );
    assert_eq!(
        value(&site, &of("landfall_messages_out_total{")).await,
        20.0
    );
    assert_eq!(
        value(&site, &of("landfall_message_bytes_out_total{")).await,
        100.0
    );
    for reason in ["reason=\"refused\"", "reason=\"origin\""] {
        assert_eq!(
            value(&site, &["landfall_refused_connects_total{", reason]).await,
            1.0
        );
    }
    for (callback, times) in [("connect", 21.0), ("handle_in", 20.0)] {
        let callback = format!("callback=\"{callback}\"");
        let count = [
            "landfall_callback_duration_seconds_count{",
            echo[0],
            &callback,
        ];
        assert_eq!(value(&site, &count).await, times, "{callback}");
    }

    for client in clients.drain(..10) {
        client.close().await;
    }
    assert_eq!(value(&site, &of("landfall_sockets{")).await, 10.0);
    let closed = [
        "landfall_closed_sockets_total{",
        "reason=\"closed\"",
        "code=\"1000\"",
    ];
    assert_eq!(value(&site, &closed).await, 10.0);

    let client = site.connect("/socket").await.expect("a connection");
    let mut first = client
        .join("room:1-canary", json!({}))
        .await
        .expect("a channel");
    let second = client
        .join("room:2-canary", json!({}))
        .await
        .expect("a channel");
    second.push("ping", json!({})).await;
    let rooms = ["landfall_channels{", "channel=\"Room\""];
    assert_eq!(value(&site, &rooms).await, 2.0);
    first.leave().await;
    assert_eq!(value(&site, &rooms).await, 1.0);
    for (callback, times) in [("join", 2.0), ("handle_in", 1.0)] {
        let callback = format!("callback=\"{callback}\"");
        let count = [
            "landfall_channel_callback_duration_seconds_count{",
            &callback,
        ];
        assert_eq!(value(&site, &count).await, times, "{callback}");
    }
    client.disconnect().await;
    assert_eq!(value(&site, &rooms).await, 0.0);

    site.get("/nowhere").await;
    let missing = ["landfall_request_duration_seconds_count{", "status=\"4xx\""];
    assert!(value(&site, &missing).await >= 1.0);
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert!(value(&site, &["landfall_shard_topics{"]).await >= 0.0);
    assert_eq!(value(&site, &["landfall_queue_bytes{"]).await, 0.0);
    site.reload().await.expect("nothing is wrong");
    assert_eq!(
        value(&site, &["landfall_reloads_total{", "result=\"ok\""]).await,
        1.0
    );

    site.shutdown().await.expect("a clean end");
    let scraped = figures.render();
    let drained = "landfall_drained_sockets_total{";
    let line = scraped
        .lines()
        .find(|line| line.starts_with(drained) && line.contains(echo[0]));
    assert!(line.expect("a series").ends_with(" 10"), "{line:?}");
    // No label is what a client sent: 20 clients, and as many series as one would make.
    assert!(!scraped.contains("canary"), "{scraped}");
    for line in scraped.lines() {
        if let Some(typed) = line.strip_prefix("# TYPE landfall_") {
            let name = typed.split(' ').next().expect("a name");
            assert!(
                scraped.contains(&format!("# HELP landfall_{name} ")),
                "nothing says what landfall_{name} is"
            );
        }
    }
    let documented: BTreeSet<_> = include_str!("../../runtime/src/docs/telemetry.md")
        .lines()
        .filter_map(|line| line.strip_prefix("| `landfall_")?.split('`').next())
        .collect();
    let seen: BTreeSet<_> = scraped
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE landfall_")?.split(' ').next())
        .collect();
    // Those that need a broker are not there; all else is, and no other.
    let rest: Vec<_> = documented.symmetric_difference(&seen).collect();
    assert_eq!(rest, [&"broker_up"]);
}
