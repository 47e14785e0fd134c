//! permessage-deflate (RFC 7692).

use landfall_tests::{
    client::Client,
    wire::{Deflater, Frame, Request},
};

use crate::websocket::site;

async fn open(site: &site::Started, offer: &str) -> Client {
    let request = Request::upgrade("/deflate/websocket").header("sec-websocket-extensions", offer);
    Client::open_by(site.port, &request).await
}

#[tokio::test]
async fn offers_are_answered_by_their_parameters() {
    let site = site::start().await;
    for (offer, answer) in [
        ("permessage-deflate", Some(&["permessage-deflate"][..])),
        (
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
            Some(&[
                "permessage-deflate",
                "server_no_context_takeover",
                "client_no_context_takeover",
            ]),
        ),
        (
            "permessage-deflate; server_max_window_bits=10",
            Some(&["permessage-deflate", "server_max_window_bits=10"]),
        ),
        (
            "permessage-deflate; server_max_window_bits=15",
            Some(&["permessage-deflate", "server_max_window_bits=15"]),
        ),
        (
            "permessage-deflate; server_max_window_bits=7, permessage-deflate",
            Some(&["permessage-deflate"]),
        ),
        ("permessage-deflate; server_max_window_bits", None),
        ("permessage-deflate; client_max_window_bits=16", None),
        ("permessage-deflate; unknown=1", None),
        (
            "permessage-deflate; server_no_context_takeover; server_no_context_takeover",
            None,
        ),
        ("x-webkit-deflate-frame", None),
    ] {
        let client = open(&site, offer).await;
        let agreed = client.response.header("sec-websocket-extensions");
        let parts = agreed.map(|agreed| agreed.split(';').map(str::trim).collect::<Vec<_>>());
        assert_eq!(parts.as_deref(), answer, "{offer}");
    }
}

#[tokio::test]
async fn messages_are_inflated_and_answered_compressed() {
    let site = site::start().await;
    let mut client = open(&site, "permessage-deflate").await;
    let mut deflater = Deflater::default();
    for text in [
        "hello hello hello hello",
        "hello hello hello hello",
        "",
        "⚓ ⚓ ⚓ ⚓ ⚓ ⚓ ⚓ ⚓ ⚓ ⚓",
    ] {
        client
            .send(Frame::new(1, deflater.deflate(text.as_bytes())).rsv(4))
            .await;
        assert_eq!(client.hear_text().await, text);
    }
    client.text("not compressed at all").await;
    assert_eq!(client.hear_text().await, "not compressed at all");
}

#[tokio::test]
async fn a_small_window_is_kept_to() {
    let site = site::start().await;
    for bits in 8..=15 {
        let mut client = open(
            &site,
            &format!("permessage-deflate; server_max_window_bits={bits}"),
        )
        .await;
        let text: String = (0..3_000)
            .map(|n| char::from(b'a' + (n * n % 23) as u8))
            .collect();
        client.text(&text).await;
        assert_eq!(client.hear_text().await, text, "{bits} bits");
    }
}

#[tokio::test]
async fn a_mount_has_its_own_level_and_window() {
    let site = site::start().await;
    let text = "what is said often compresses well; ".repeat(100);
    for (mount, answer, compressed) in [
        (
            "/deflate",
            "permessage-deflate;client_max_window_bits=15",
            4,
        ),
        (
            "/narrowed",
            "permessage-deflate;server_max_window_bits=10;client_max_window_bits=10",
            4,
        ),
        ("/stored", "permessage-deflate;client_max_window_bits=15", 0),
    ] {
        let request = Request::upgrade(&format!("{mount}/websocket")).header(
            "sec-websocket-extensions",
            "permessage-deflate; client_max_window_bits",
        );
        let mut client = Client::open_by(site.port, &request).await;
        let agreed = client.response.header("sec-websocket-extensions");
        assert_eq!(agreed, Some(answer), "{mount}");
        client.text(&text).await;
        let frame = client.hear().await;
        assert_eq!((frame.rsv, frame.as_text()), (compressed, Some(&*text)));
    }
}

#[tokio::test]
async fn fragments_are_inflated_together() {
    let site = site::start().await;
    let mut client = open(&site, "permessage-deflate").await;
    let payload = Deflater::default().deflate(b"in pieces, in pieces, in pieces");
    let (first, rest) = payload.split_at(5);
    client.send(Frame::new(1, first).rsv(4).unfinished()).await;
    client.send(Frame::new(0, rest)).await;
    assert_eq!(client.hear_text().await, "in pieces, in pieces, in pieces");
}

#[tokio::test]
async fn a_bomb_is_ended_with_1009() {
    let site = site::start().await;
    let mut client = open(&site, "permessage-deflate").await;
    let bomb = Deflater::default().deflate(&vec![0; 20 << 20]);
    assert!(bomb.len() < 50_000);
    client.send(Frame::new(2, bomb).rsv(4)).await;
    assert_eq!(client.hear_close().await, Some(1009));
}

#[tokio::test]
async fn what_cannot_be_inflated_is_ended_with_1007() {
    let site = site::start().await;
    let mut client = open(&site, "permessage-deflate").await;
    client.send(Frame::new(2, [0xff; 8]).rsv(4)).await;
    assert_eq!(client.hear_close().await, Some(1007));
}

#[tokio::test]
async fn compressed_bits_have_their_places() {
    let site = site::start().await;
    let mut client = open(&site, "permessage-deflate").await;
    client.send(Frame::ping(b"x").rsv(4)).await;
    assert_eq!(client.hear_close().await, Some(1002));
    let mut client = open(&site, "permessage-deflate").await;
    client
        .send_all(&[
            Frame::text("").rsv(4).unfinished(),
            Frame::new(0, [0]).rsv(4),
        ])
        .await;
    assert_eq!(client.hear_close().await, Some(1002));
}
