//! How connections end when the endpoint stops.

use landfall_tests::wire::Frame;
use tokio::{
    task::JoinHandle,
    time::{Duration, Instant, sleep},
};

use crate::http2::{
    browser::{read, request},
    raw::{END_HEADERS, END_STREAM, GET, HEADERS, NEVER},
    site::Started,
};

fn stop(site: &Started) -> JoinHandle<(Result<(), String>, Duration)> {
    let (running, started) = (site.running.clone(), Instant::now());
    tokio::spawn(async move {
        let stopped = running.shutdown().await;
        (
            stopped.map_err(|error| error.to_string()),
            started.elapsed(),
        )
    })
}

#[tokio::test(start_paused = true)]
async fn what_is_in_flight_ends_first() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let mut socket = browser
        .socket("/echo/websocket", &[])
        .await
        .expect("a socket");
    let (slow, _) = browser
        .begin(request("GET", "/slow"), false)
        .await
        .expect("a stream");
    sleep(Duration::from_millis(100)).await;
    let stopping = stop(&site);
    let heard = socket.hear().await;
    assert_eq!(heard.close_code(), Some(1012));
    socket.send(Frame::close(1012, b"")).await;
    // The stop would wait for a socket that stays. Requests end after sockets.
    drop(socket);
    let response = read(slow).await.expect("a response");
    assert_eq!(response.body(), "at last");
    let (stopped, took) = stopping.await.expect("a stop");
    assert_eq!(stopped, Ok(()));
    assert!((2..=4).contains(&took.as_secs()), "{took:?}");
    let ended = browser.ended.await.expect("a task");
    assert!(
        ended.is_ok() || ended.is_err_and(|error| error.is_go_away()),
        "the client is told"
    );
}

#[tokio::test(start_paused = true)]
async fn no_stream_is_taken_any_more() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let (slow, _) = browser
        .begin(request("GET", "/slow"), false)
        .await
        .expect("a stream");
    sleep(Duration::from_millis(100)).await;
    let stopping = stop(&site);
    sleep(Duration::from_millis(500)).await;
    assert!(
        browser.ask(request("GET", "/"), None).await.is_err(),
        "GOAWAY has come"
    );
    assert_eq!(read(slow).await.expect("a response").body(), "at last");
    assert_eq!(stopping.await.expect("a stop").0, Ok(()));
}

/// Clients that asked for nothing, or answer nothing.
#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_no_client_that_stays() {
    let site = Started::new().await;
    let mut idle = site.browser().await;
    assert_eq!(idle.get("/").await.status(), 200);
    let mut mute = site.raw().await;
    mute.send(HEADERS, END_HEADERS | END_STREAM, 1, GET).await;
    let _silent = site.raw().await;
    sleep(Duration::from_millis(100)).await;
    let (stopped, took) = stop(&site).await.expect("a stop");
    assert_eq!(stopped, Ok(()));
    assert!(took < Duration::from_secs(3), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn what_does_not_end_is_cut_off_and_counted() {
    let site = Started::new().await;
    let mut raw = site.raw().await;
    for n in 0..3 {
        raw.send(HEADERS, END_HEADERS | END_STREAM, n * 2 + 1, NEVER)
            .await;
    }
    sleep(Duration::from_millis(100)).await;
    let (stopped, took) = stop(&site).await.expect("a stop");
    let error = stopped.expect_err("requests are lost");
    assert!(error.contains('3'), "{error}");
    assert!((5..8).contains(&took.as_secs()), "{took:?}");
}
