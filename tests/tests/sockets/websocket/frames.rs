//! Frames and the messages they make (RFC 6455 §5).

use landfall_tests::wire::Frame;

use crate::websocket::site;

#[tokio::test]
async fn messages_come_back_whatever_their_length() {
    let site = site::start().await;
    let mut client = site.open("/echo/websocket").await;
    for length in [0, 1, 125, 126, 65_535, 65_536, 1 << 20] {
        client.send(Frame::new(2, vec![7; length])).await;
        let frame = client.hear().await;
        assert_eq!(
            (frame.opcode, frame.payload.len(), frame.masked),
            (2, length, false)
        );
    }
}

#[tokio::test]
async fn a_message_may_come_in_any_number_of_fragments() {
    let site = site::start().await;
    let mut client = site.open("/echo/websocket").await;
    client.send(Frame::text("").unfinished()).await;
    for byte in "čtyři ⚓".bytes() {
        client.send(Frame::new(0, [byte]).unfinished()).await;
        client.send(Frame::new(0, []).unfinished()).await;
    }
    client.send(Frame::new(0, [])).await;
    assert_eq!(client.hear_text().await, "čtyři ⚓");
}

#[tokio::test]
async fn a_frame_may_come_byte_by_byte() {
    let site = site::start().await;
    let mut client = site.open("/echo/websocket").await;
    for byte in Frame::text(&"slowly ".repeat(30)).to_bytes() {
        client.write(&[byte]).await;
    }
    assert_eq!(client.hear_text().await, "slowly ".repeat(30));
}

#[tokio::test]
async fn control_frames_between_fragments_are_answered_at_once() {
    let site = site::start().await;
    let mut client = site.open("/echo/websocket").await;
    client.send(Frame::text("a").unfinished()).await;
    client.send(Frame::ping(b"between")).await;
    let pong = client.hear().await;
    assert_eq!(
        (pong.opcode, pong.payload.as_slice()),
        (10, &b"between"[..])
    );
    client.send(Frame::new(0, "b")).await;
    assert_eq!(client.hear_text().await, "ab");
}

#[tokio::test]
async fn messages_of_one_write_are_answered_in_order() {
    let site = site::start().await;
    let mut client = site.open("/echo/websocket").await;
    let frames: Vec<Frame> = (0..500).map(|n| Frame::text(&n.to_string())).collect();
    client.send_all(&frames).await;
    for n in 0..500 {
        assert_eq!(client.hear_text().await, n.to_string());
    }
    client.is_quiet().await;
}

#[tokio::test]
async fn what_breaks_the_protocol_is_closed_with_1002() {
    let site = site::start().await;
    let unmasked = Frame {
        masked: false,
        ..Frame::text("x")
    };
    let broken = [
        unmasked,
        Frame::text("x").rsv(4),
        Frame::text("x").rsv(2),
        Frame::text("x").rsv(1),
        Frame::new(3, "x"),
        Frame::new(11, "x"),
        Frame::new(0, "x"),
        Frame::ping(b"x").unfinished(),
        Frame::ping(&[0; 126]),
        Frame::new(8, [3]),
    ];
    for frame in broken {
        let mut client = site.open("/echo/websocket").await;
        client.send(frame.clone()).await;
        assert_eq!(client.hear_close().await, Some(1002), "{frame:?}");
    }
}

#[tokio::test]
async fn a_message_may_not_begin_inside_another() {
    let site = site::start().await;
    let mut client = site.open("/echo/websocket").await;
    client
        .send_all(&[Frame::text("a").unfinished(), Frame::text("b")])
        .await;
    assert_eq!(client.hear_close().await, Some(1002));
}

#[tokio::test]
async fn text_that_is_not_utf8_is_closed_with_1007() {
    let site = site::start().await;
    for bytes in [
        &b"\xff"[..],
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"cut \xe2\x98",
    ] {
        let mut client = site.open("/echo/websocket").await;
        client.send(Frame::new(1, bytes)).await;
        assert_eq!(client.hear_close().await, Some(1007), "{bytes:?}");
    }
}

#[tokio::test]
async fn an_unasked_pong_is_ignored() {
    let site = site::start().await;
    let mut client = site.open("/echo/websocket").await;
    client.send(Frame::new(10, "unasked")).await;
    client.is_quiet().await;
}

#[tokio::test]
async fn what_was_answered_before_a_mistake_arrives() {
    let site = site::start().await;
    let mut client = site.open("/echo/websocket").await;
    client
        .send_all(&[
            Frame::text("one"),
            Frame::text("two"),
            Frame::new(3, "x"),
            Frame::text("three"),
        ])
        .await;
    assert_eq!(client.hear_text().await, "one");
    assert_eq!(client.hear_text().await, "two");
    assert_eq!(client.hear_close().await, Some(1002));
}
