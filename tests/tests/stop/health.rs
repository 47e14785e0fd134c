//! What a balancer and the application itself see.

use std::time::Duration;

use landfall::config::Setting;
use landfall_tests::{client::Client, wire::Request};
use tokio::time::Instant;

use super::site::{get, start};

#[tokio::test(start_paused = true)]
async fn balancers_look_away_before_the_listener_closes() {
    let harbour = start(|builder| {
        builder.settings(|settings| {
            settings.drainer.get_or_insert_default().delay = Setting::exact(Duration::from_secs(7))
        })
    })
    .await;
    let mut connection = harbour.connection().await;
    let answer = connection.request(&Request::get("/healthz")).await;
    let answer = answer.expect("an answer");
    assert_eq!((answer.status, answer.body.as_str()), (200, "OK"));
    assert_eq!(answer.header("cache-control"), Some("no-store"));

    let (began, site) = (Instant::now(), harbour.site.clone());
    let stopping = tokio::spawn(async move { site.shutdown().await });
    tokio::time::sleep(Duration::from_secs(6)).await;
    // Everything except the page goes on as before.
    assert_eq!(get(&mut connection, "/healthz").await, 503);
    assert_eq!(get(&mut harbour.connection().await, "/").await, 200);
    let mut client = Client::through(&harbour.network, "/echo/websocket").await;
    client.text("hello").await;
    assert_eq!(client.hear_text().await, "hello");
    drop(client);
    stopping.await.expect("no panic").expect("a clean end");
    assert_eq!(began.elapsed().as_secs(), 7);
    assert!(harbour.network.connect().await.is_err());
}

#[tokio::test(start_paused = true)]
async fn health_answers_at_its_own_path_alone() {
    let harbour = start(|builder| builder).await;
    let mut connection = harbour.connection().await;
    for (method, target, body) in [
        ("GET", "/healthz?verbose", "OK"),
        ("GET", "/healthz/", "slept"),
        ("POST", "/healthz", "slept"),
        ("GET", "/health", "slept"),
    ] {
        let request = Request {
            method: method.to_owned(),
            ..Request::get(target)
        };
        let request = match method {
            "POST" => request.header("content-length", "0"),
            _ => request,
        };
        let answer = connection.request(&request).await.expect("an answer");
        assert_eq!(answer.body, body, "{method} {target}");
    }
    let head = Request {
        method: "HEAD".to_owned(),
        ..Request::get("/healthz")
    };
    let answer = connection.request(&head).await.expect("an answer");
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    harbour.site.shutdown().await.expect("a clean end");
}

/// A child starts before the endpoint listens, and is stopped last.
#[tokio::test(start_paused = true)]
async fn who_runs_in_the_endpoint_can_wait_for_its_start_and_its_stop() {
    let mut harbour = start(|builder| builder).await;
    assert!(harbour.site.is_ready() && harbour.site.ready().await);
    assert_eq!(harbour.seen.recv().await, Some("not ready"));
    assert_eq!(harbour.seen.recv().await, Some("ready"));
    assert!(harbour.seen.is_empty());
    let client = Client::through(&harbour.network, "/echo/websocket").await;
    let (stopped, ()) = tokio::join!(harbour.site.shutdown(), async {
        assert_eq!(harbour.seen.recv().await, Some("stopping"));
        assert_eq!(harbour.seen.recv().await, Some("not ready"));
        drop(client);
    });
    stopped.expect("a clean end");
    assert!(!harbour.site.is_ready());
}

/// An endpoint without a listener is ready all the same: another server has its requests.
#[tokio::test]
async fn an_endpoint_without_a_listener_is_ready_too() {
    let (sender, _seen) = tokio::sync::mpsc::unbounded_channel();
    let site = super::site::Site::builder(super::site::Seen(sender)).server(false);
    let site = site.start().await.expect("the site starts");
    assert!(site.is_ready());
    site.shutdown().await.expect("a clean end");
}
