//! How large frames and messages may be: the limits count payload, to the byte.

use std::time::Duration;

use landfall_tests::{
    client::Client,
    wire::{Deflater, Frame, Request},
};

use crate::websocket::site;

const MIB: usize = 1 << 20;
/// Large messages take their time in a debug build, on a machine with other work.
const PATIENCE: Duration = Duration::from_secs(60);

/// Text whose letters differ, so that a shift would show.
fn text(length: usize) -> Vec<u8> {
    (0..length).map(|n| b'a' + (n % 23) as u8).collect()
}

/// Writes bytes, and returns the next frame.
async fn answer(client: &mut Client, bytes: &[u8]) -> Frame {
    // A write has a time limit of its own.
    for part in bytes.chunks(MIB) {
        client.write(part).await;
    }
    client.hear_within(PATIENCE).await
}

#[tokio::test]
async fn a_frame_of_exactly_the_limit_passes_and_one_byte_more_does_not() {
    let site = site::start().await;
    for opcode in [1, 2] {
        let mut client = site.open("/small/websocket").await;
        client.send(Frame::new(opcode, text(1000))).await;
        assert_eq!(client.hear().await.payload, text(1000));
        client.send(Frame::new(opcode, text(1001))).await;
        assert_eq!(client.hear_close().await, Some(1009));
    }
}

#[tokio::test]
async fn a_message_of_exactly_the_limit_passes_in_fragments() {
    let site = site::start().await;
    let mut client = site.open("/small/websocket").await;
    client
        .send_all(&[
            Frame::new(2, text(1000)).unfinished(),
            Frame::new(0, text(1000)),
        ])
        .await;
    assert_eq!(client.hear().await.payload.len(), 2000);
    client
        .send_all(&[
            Frame::new(2, text(1000)).unfinished(),
            Frame::new(0, text(1000)).unfinished(),
        ])
        .await;
    client.send(Frame::new(0, [7])).await;
    assert_eq!(client.hear_close().await, Some(1009));
}

/// A frame counts as it is on the wire, its message as it is inflated.
#[tokio::test]
async fn compressed_the_frame_and_the_message_count() {
    let site = site::start().await;
    let request = Request::upgrade("/deflate/websocket").header(
        "sec-websocket-extensions",
        "permessage-deflate; client_no_context_takeover",
    );
    for (length, fits) in [(100_000, true), (100_001, false)] {
        let mut client = Client::open_by(site.port, &request).await;
        client
            .send(Frame::new(2, Deflater::default().deflate(&text(length))).rsv(4))
            .await;
        match fits {
            true => assert_eq!(client.hear().await.payload, text(length)),
            false => assert_eq!(client.hear_close().await, Some(1009)),
        }
    }
    // Empty blocks, which inflate to nothing.
    let empty = [0, 0, 0, 0xff, 0xff].repeat(20_000);
    let mut client = Client::open_by(site.port, &request).await;
    client.send(Frame::new(2, empty.clone()).rsv(4)).await;
    assert!(client.hear().await.payload.is_empty());
    client
        .send(Frame::new(2, [empty, vec![0]].concat()).rsv(4))
        .await;
    assert_eq!(client.hear_close().await, Some(1009));
}

/// Autobahn 9.1.5, 9.1.6, 9.2.5 and 9.2.6: a message may have 8 MiB. 16 MiB are too many.
#[tokio::test]
async fn eight_mib_pass_by_default_and_sixteen_do_not() {
    let site = site::start().await;
    for opcode in [1, 2] {
        let mut client = site.open("/echo/websocket").await;
        let payload = text(8 * MIB);
        let frame = answer(&mut client, &Frame::new(opcode, payload.clone()).to_bytes()).await;
        assert!(frame.opcode == opcode && frame.payload == payload);
        // The head alone is enough.
        client
            .write(&Frame::new(opcode, text(16 * MIB)).to_bytes()[..14])
            .await;
        assert_eq!(client.hear_close().await, Some(1009));
    }
}

#[tokio::test]
async fn sixteen_mib_pass_where_they_are_allowed() {
    let site = site::start().await;
    let payload = text(16 * MIB);
    for opcode in [1, 2] {
        let mut client = site.open("/large/websocket").await;
        let frame = answer(&mut client, &Frame::new(opcode, payload.clone()).to_bytes()).await;
        assert!(frame.opcode == opcode && frame.payload == payload);
        client.is_quiet().await;
    }
}

/// Autobahn 9.3 and 9.4: from 65,536 fragments to four.
#[tokio::test]
async fn sixteen_mib_pass_in_fragments() {
    let site = site::start().await;
    let payload = text(16 * MIB);
    for size in [256, 4096, 65_536, 4 * MIB] {
        let mut frames = Vec::new();
        for (n, part) in payload.chunks(size).enumerate() {
            let frame = Frame::new(if n == 0 { 1 } else { 0 }, part);
            let is_last = (n + 1) * size == payload.len();
            if is_last {
                frame.encode(&mut frames)
            } else {
                frame.unfinished().encode(&mut frames)
            }
        }
        let mut client = site.open("/large/websocket").await;
        let frame = answer(&mut client, &frames).await;
        assert!(
            frame.opcode == 1 && frame.payload == payload,
            "fragments of {size}"
        );
    }
}

#[tokio::test]
async fn sixteen_mib_pass_compressed() {
    let site = site::start().await;
    let payload = text(16 * MIB);
    let data = Deflater::default().deflate(&payload);
    for offer in [
        "permessage-deflate",
        "permessage-deflate; client_no_context_takeover",
    ] {
        let request =
            Request::upgrade("/large/websocket").header("sec-websocket-extensions", offer);
        for size in [data.len(), 1000, 1] {
            let mut frames = Vec::new();
            let count = data.len().div_ceil(size);
            for (n, part) in data.chunks(size).enumerate() {
                let frame =
                    Frame::new(if n == 0 { 1 } else { 0 }, part).rsv(if n == 0 { 4 } else { 0 });
                if n + 1 == count {
                    frame.encode(&mut frames)
                } else {
                    frame.unfinished().encode(&mut frames)
                }
            }
            let mut client = Client::open_by(site.port, &request).await;
            let frame = answer(&mut client, &frames).await;
            assert!(
                frame.opcode == 1 && frame.payload == payload,
                "{offer}, fragments of {size}"
            );
        }
    }
}
