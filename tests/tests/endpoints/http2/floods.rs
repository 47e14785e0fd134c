//! Clients that flood: their connections end, memory stays bounded, and others go on.

use landfall_tests::wait::until;
use std::sync::atomic::Ordering::SeqCst;
use tokio::io::{AsyncReadExt, AsyncWriteExt, split};

use crate::http2::{
    raw::{
        ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, GET, HEADERS, NEVER, PING, RST_STREAM,
        Raw, SETTINGS, UPLOAD, frame,
    },
    site::Started,
};

/// More frames than any flood may send: 64 MiB in frames of 17 bytes.
const MOST: usize = 4_000_000;

/// Writes `next` until the connection has ended, and reads meanwhile. Returns how often it wrote.
async fn flood(site: &Started, before: &[u8], mut next: impl FnMut(usize) -> Vec<u8>) -> usize {
    let mut browser = site.browser().await;
    let Raw(stream) = site.raw().await;
    let (mut read, mut write) = split(stream);
    let reading = tokio::spawn(async move {
        let mut heard = vec![0; 64 * 1024];
        while read.read(&mut heard).await.is_ok_and(|length| length > 0) {}
    });
    write.write_all(before).await.expect("the server reads");
    let mut times = 0;
    while times < MOST && write.write_all(&next(times)).await.is_ok() {
        times += 1;
        if times % 500 == 0 {
            assert_eq!(browser.get("/").await.status(), 200, "others go on");
        }
    }
    assert!(times < MOST, "the server reads it for ever");
    reading.await.expect("a reader");
    assert_eq!(browser.get("/").await.status(), 200, "others go on");
    times
}

/// Asserts that no more was written than the server tolerates and the pipe holds.
fn assert_soon(times: usize, length: usize) {
    assert!(
        times <= 1000 + 200 + 64 * 1024 / length + 1,
        "{times} times"
    );
}

#[tokio::test]
async fn pings() {
    let site = Started::new().await;
    let ping = frame(PING, 0, 0, b"12345678");
    assert_soon(flood(&site, &[], |_| ping.clone()).await, ping.len());
    let pong = frame(PING, ACK, 0, b"12345678");
    assert_soon(flood(&site, &[], |_| pong.clone()).await, pong.len());
}

#[tokio::test]
async fn settings() {
    let site = Started::new().await;
    let empty = frame(SETTINGS, 0, 0, &[]);
    assert_soon(flood(&site, &[], |_| empty.clone()).await, empty.len());
    // The size of the header table, large and small in turn.
    let table = |n: usize| {
        let size = if n.is_multiple_of(2) { 0_u32 } else { 65_536 };
        frame(SETTINGS, 0, 0, &[&[0, 1], &size.to_be_bytes()[..]].concat())
    };
    assert_soon(flood(&site, &[], table).await, 15);
}

#[tokio::test]
async fn empty_data() {
    let site = Started::new().await;
    let head = frame(HEADERS, END_HEADERS, 1, UPLOAD);
    let data = frame(DATA, 0, 1, &[]);
    assert_soon(flood(&site, &head, |_| data.clone()).await, data.len());
    let padded = frame(DATA, 8, 1, &[0]);
    assert_soon(flood(&site, &head, |_| padded.clone()).await, padded.len());
}

#[tokio::test]
async fn continuations() {
    let site = Started::new().await;
    let head = frame(HEADERS, END_STREAM, 1, GET);
    let empty = frame(CONTINUATION, 0, 1, &[]);
    assert_soon(flood(&site, &head, |_| empty.clone()).await, empty.len());
    // A head without end. At most the limit of a head is kept.
    let piece = frame(CONTINUATION, 0, 1, &[0x40, 1, b'x', 1, b'y'].repeat(1000));
    let times = flood(&site, &head, |_| piece.clone()).await;
    assert!(times < 200, "{times} times");
}

#[tokio::test]
async fn rapid_resets() {
    let site = Started::new().await;
    let cancel = 8_u32.to_be_bytes();
    let stream = |n: usize| u32::try_from(n).expect("a stream") * 2 + 1;
    let reset = |n: usize| {
        let mut both = frame(HEADERS, END_HEADERS | END_STREAM, stream(n), NEVER);
        both.extend(frame(RST_STREAM, 0, stream(n), &cancel));
        both
    };
    let times = flood(&site, &[], reset).await;
    assert_soon(times, reset(0).len());
    // All come in one write, and few of them reach the service.
    let many: Vec<u8> = (0..2000).flat_map(reset).collect();
    flood(&site, &[], |n| {
        if n == 0 {
            many.clone()
        } else {
            reset(2000 + n)
        }
    })
    .await;
    until("no stream is left", || {
        site.seen.given_up.load(SeqCst) <= 2 * 1300
    })
    .await;
}

/// An invalid frame makes the server reset the stream.
#[tokio::test]
async fn resets_that_are_made_by_the_server() {
    let site = Started::new().await;
    let stream = |n: usize| u32::try_from(n).expect("a stream") * 2 + 1;
    let wrong = |n: usize| {
        let mut both = frame(HEADERS, END_HEADERS, stream(n), NEVER);
        // A WINDOW_UPDATE of zero, which is invalid.
        both.extend(frame(8, 0, stream(n), &[0; 4]));
        both
    };
    let times = flood(&site, &[], wrong).await;
    assert_soon(times, wrong(0).len());
}

#[tokio::test]
async fn what_nobody_knows() {
    let site = Started::new().await;
    let unknown = frame(0xbe, 0, 0, b"grease");
    assert_soon(flood(&site, &[], |_| unknown.clone()).await, unknown.len());
    let priority = frame(2, 0, 1, &[0, 0, 0, 0, 16]);
    assert_soon(
        flood(&site, &[], |_| priority.clone()).await,
        priority.len(),
    );
}

#[tokio::test]
async fn streams_past_the_limit() {
    let site = Started::new().await;
    let mut raw = site.raw().await;
    for n in 0..100 {
        raw.send(HEADERS, END_HEADERS | END_STREAM, n * 2 + 1, NEVER)
            .await;
    }
    raw.send(HEADERS, END_HEADERS | END_STREAM, 201, GET).await;
    let refused = raw.hear_of(RST_STREAM).await.expect("a frame");
    assert_eq!(
        (refused.stream, &refused.payload[..]),
        (201, &[0, 0, 0, 7][..]),
        "REFUSED_STREAM"
    );
    raw.send(RST_STREAM, 0, 1, &8_u32.to_be_bytes()).await;
    raw.send(HEADERS, END_HEADERS | END_STREAM, 203, GET).await;
    let answered = raw.hear_of(HEADERS).await.expect("a frame");
    assert_eq!(answered.stream, 203);
}

/// A client that asks for much, and does not widen its windows.
#[tokio::test]
async fn responses_that_nobody_takes() {
    let site = Started::new().await;
    let mut raw = site.raw().await;
    for n in 0..100 {
        raw.send(
            HEADERS,
            END_HEADERS | END_STREAM,
            n * 2 + 1,
            crate::http2::raw::LARGE,
        )
        .await;
    }
    // The server sends only what the windows allow.
    let mut bytes = 0;
    while bytes < 65_535 {
        let data = raw.hear_of(DATA).await.expect("a frame");
        bytes += data.payload.len();
    }
    assert_eq!(bytes, 65_535);
    let mut browser = site.browser().await;
    assert_eq!(browser.get("/").await.status(), 200, "others go on");
}
