//! Limits of time and of connections.

use std::net::SocketAddr;

use landfall::config::Setting;
use landfall_tests::wire::{Connection, Request};
use tokio::{
    io::AsyncReadExt,
    time::{Duration, Instant, sleep, timeout},
};

use crate::http2::{
    browser::{Browser, read, request},
    raw::{
        ACK, CONTINUATION, END_HEADERS, END_STREAM, GET, GOAWAY, HEADERS, LARGE, PING, PREFACE,
        Raw, SETTINGS, frame,
    },
    site::Started,
};

fn assert_took(started: Instant, seconds: u64) {
    let took = started.elapsed();
    assert!(
        (seconds..=seconds + 2).contains(&took.as_secs()),
        "{took:?} and not {seconds} s"
    );
}

/// Answers pings, and reads until the connection ends.
async fn stay(raw: &mut Raw) -> bool {
    let mut goaway = false;
    while let Some(heard) = raw.hear().await {
        goaway |= heard.kind == GOAWAY;
        if heard.kind == PING && heard.flags & ACK == 0 {
            raw.send(PING, ACK, 0, &heard.payload).await;
        }
    }
    goaway
}

#[tokio::test(start_paused = true)]
async fn a_client_that_begins_nothing_is_cut_off() {
    let site = Started::new().await;
    let started = Instant::now();
    let mut raw = site.raw().await;
    raw.rest().await;
    assert_took(started, 15);
    let started = Instant::now();
    let mut raw = Raw(site.pipe().await);
    raw.write(PREFACE).await;
    let mut rest = Vec::new();
    let _ = raw.0.read_to_end(&mut rest).await;
    assert_took(started, 15);
}

#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_told_and_ended() {
    let site = Started::new().await;
    let mut raw = site.raw().await;
    raw.send(HEADERS, END_HEADERS | END_STREAM, 1, GET).await;
    raw.hear_of(HEADERS).await.expect("a response");
    let started = Instant::now();
    assert!(stay(&mut raw).await, "GOAWAY comes first");
    assert_took(started, 60);
}

/// Pings do not keep a connection open.
#[tokio::test(start_paused = true)]
async fn an_idle_connection_is_idle_whatever_it_pings() {
    let site = Started::new().await;
    let mut raw = site.raw().await;
    raw.send(HEADERS, END_HEADERS | END_STREAM, 1, GET).await;
    raw.hear_of(HEADERS).await.expect("a response");
    let started = Instant::now();
    while raw.send(PING, 0, 0, b"12345678").await {
        let _ = timeout(Duration::from_secs(5), stay(&mut raw)).await;
    }
    let took = started.elapsed().as_secs();
    assert!((60..70).contains(&took), "{took} s");
}

#[tokio::test(start_paused = true)]
async fn a_head_that_goes_on_has_one_deadline() {
    let site = Started::new().await;
    for before in [false, true] {
        let mut raw = site.raw().await;
        if before {
            // Another request is being served.
            raw.send(
                HEADERS,
                END_HEADERS | END_STREAM,
                1,
                crate::http2::raw::NEVER,
            )
            .await;
            sleep(Duration::from_secs(20)).await;
        }
        let started = Instant::now();
        raw.send(HEADERS, END_STREAM, 3, GET).await;
        for _ in 0..2 {
            sleep(Duration::from_secs(6)).await;
            raw.send(CONTINUATION, 0, 3, &[0x40, 1, b'x', 1, b'y'])
                .await;
        }
        raw.rest().await;
        assert_took(started, 15);
    }
    let mut raw = site.raw().await;
    let started = Instant::now();
    let head = frame(HEADERS, END_HEADERS | END_STREAM, 1, GET);
    for byte in &head[..head.len() - 1] {
        raw.write(&[*byte]).await;
    }
    raw.rest().await;
    assert_took(started, 15);
}

/// The client keeps its windows shut. Its response is held no longer than by HTTP/1.1.
#[tokio::test(start_paused = true)]
async fn a_client_that_takes_nothing_is_cut_off() {
    let site = Started::new().await;
    let mut raw = site.raw().await;
    raw.send(HEADERS, END_HEADERS | END_STREAM, 1, LARGE).await;
    let started = Instant::now();
    stay(&mut raw).await;
    assert_took(started, 30);
    // This client does not even read.
    let mut raw = Raw(site.pipe().await);
    raw.write(PREFACE).await;
    // Its windows are as large as they can be.
    let window = [&[0, 4][..], &0x7fff_ffff_u32.to_be_bytes()].concat();
    raw.send(SETTINGS, 0, 0, &window).await;
    raw.send(8, 0, 0, &0x7000_0000_u32.to_be_bytes()).await;
    raw.send(HEADERS, END_HEADERS | END_STREAM, 1, LARGE).await;
    let started = Instant::now();
    while raw.send(8, 0, 0, &1_u32.to_be_bytes()).await {
        sleep(Duration::from_secs(1)).await;
    }
    let took = started.elapsed().as_secs();
    assert!((30..36).contains(&took), "{took} s");
}

/// A client that reads slowly is waited for.
#[tokio::test(start_paused = true)]
async fn a_client_that_takes_its_time_is_served() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let (response, _) = browser
        .begin(request("GET", "/large"), false)
        .await
        .expect("a stream");
    let mut body = response.await.expect("a response").into_body();
    let mut bytes = 0;
    while let Some(piece) = body.data().await {
        let piece = piece.expect("a piece");
        bytes += piece.len();
        body.flow_control()
            .release_capacity(piece.len())
            .expect("a window");
        if bytes % (1024 * 1024) == 0 {
            sleep(Duration::from_secs(20)).await;
        }
    }
    assert_eq!(bytes, 16 * 1024 * 1024);
}

/// A connection with an open socket is not idle. Its client only has to answer pings.
#[tokio::test(start_paused = true)]
async fn a_connection_with_a_socket_is_not_idle() {
    let site = Started::new().await;
    let mut browser = site.browser().await;
    let mut socket = browser
        .socket("/echo/websocket", &[])
        .await
        .expect("a socket");
    for _ in 0..10 {
        sleep(Duration::from_secs(40)).await;
        socket.is_quiet().await;
    }
    assert_eq!(browser.get("/").await.status(), 200);
}

#[tokio::test(start_paused = true)]
async fn a_client_that_is_gone_without_a_word_is_noticed() {
    let site = Started::new().await;
    let mut raw = site.raw().await;
    raw.send(
        HEADERS,
        END_HEADERS | END_STREAM,
        1,
        crate::http2::raw::NEVER,
    )
    .await;
    let started = Instant::now();
    // The client does not answer pings.
    raw.rest().await;
    assert_took(started, 50);
}

#[tokio::test(start_paused = true)]
async fn connections_are_counted_and_sockets_but_no_other_streams() {
    let site = Started::with(|http| {
        http.max_connections = Setting::given(4_usize);
        http.max_connections_per_ip = Setting::given(2_usize);
    })
    .await;
    let from = |last: u8| Some(SocketAddr::from(([10, 0, 0, last], 7)));
    let mut first = Browser::over(site.pipe_from(from(1)).await).await;
    let mut socket = first
        .socket("/echo/websocket", &[])
        .await
        .expect("a socket");
    let mut streams = Vec::new();
    for _ in 0..20 {
        let begun = first.begin(request("GET", "/never"), false).await;
        streams.push(begun.expect("a stream"));
    }
    let mut second = Browser::over(site.pipe_from(from(1)).await).await;
    assert_eq!(second.get("/").await.status(), 200);
    let mut third = Connection::through_from(&site.network, from(1)).await;
    let refused = third.request(&Request::get("/")).await.expect("a response");
    assert_eq!(refused.status, 429);
    let mut other = Browser::over(site.pipe_from(from(2)).await).await;
    assert_eq!(other.get("/").await.status(), 200);
    let mut fourth = Connection::through_from(&site.network, from(3)).await;
    let refused = fourth
        .request(&Request::get("/"))
        .await
        .expect("a response");
    assert_eq!(refused.status, 503);
    let full = first.socket("/echo/websocket", &[]).await.err();
    assert_eq!(full.expect("no socket").status(), 503);
    socket.is_quiet().await;
    let (slow, _) = second
        .begin(request("GET", "/slow"), false)
        .await
        .expect("a stream");
    assert_eq!(read(slow).await.expect("a response").body(), "at last");
}
