//! tokio-tungstenite.

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        Error, Message,
        client::IntoClientRequest,
        handshake::client::Response,
        http::{HeaderName, HeaderValue, StatusCode},
        protocol::{
            CloseFrame,
            frame::{
                Frame,
                coding::{CloseCode, Data, OpCode},
            },
        },
    },
};

use crate::site::{self, within};

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn open(url: &str) -> Client {
    within("the handshake", connect_async(url))
        .await
        .expect("the handshake succeeds")
        .0
}

async fn open_with(
    url: &str,
    name: &'static str,
    value: &'static str,
) -> Result<(Client, Response), Error> {
    let mut request = url.into_client_request().expect("a valid url");
    request.headers_mut().insert(
        HeaderName::from_static(name),
        HeaderValue::from_static(value),
    );
    within("the handshake", connect_async(request)).await
}

async fn send(client: &mut Client, message: impl Into<Message>) {
    within("room for a message", client.send(message.into()))
        .await
        .expect("the message leaves");
}

async fn receive(client: &mut Client) -> Message {
    within("a message", client.next())
        .await
        .expect("the connection stands")
        .expect("a valid message")
}

/// Code and reason of the close frame. Nothing may come after it.
async fn closed(client: &mut Client) -> (u16, String) {
    let Message::Close(Some(CloseFrame { code, reason })) = receive(client).await else {
        panic!("something other than a close frame with a code");
    };
    assert!(
        within("the end", client.next())
            .await
            .is_none_or(|last| last.is_err())
    );
    (code.into(), reason.to_string())
}

fn refusal(answer: Result<(Client, Response), Error>) -> StatusCode {
    match answer {
        Err(Error::Http(response)) => response.status(),
        other => panic!("a refusal was due, not {other:?}"),
    }
}

#[tokio::test]
async fn echoes_text_and_binary_of_every_size() {
    let site = site::start().await;
    let mut client = open(&site.url("/echo")).await;
    // Lengths around those at which the frame header grows, and one beyond a socket's buffer.
    for size in [0, 1, 125, 126, 127, 65_535, 65_536, 4_000_000] {
        let text = Message::text("ü".repeat(size / 2) + if size % 2 == 1 { "u" } else { "" });
        send(&mut client, text.clone()).await;
        assert!(receive(&mut client).await == text, "a text of {size} bytes");

        let bytes = Message::binary((0..size).map(|at| at as u8).collect::<Vec<_>>());
        send(&mut client, bytes.clone()).await;
        assert!(receive(&mut client).await == bytes, "{size} bytes");
    }
}

#[tokio::test]
async fn answers_a_thousand_messages_in_order() {
    let site = site::start().await;
    let (mut sink, mut stream) = open(&site.url("/echo")).await.split();
    let sending = tokio::spawn(async move {
        for count in 0..1000 {
            sink.feed(Message::text(count.to_string()))
                .await
                .expect("the message leaves");
        }
        sink.flush().await.expect("the messages leave");
    });
    for count in 0..1000 {
        let answer = within("an answer", stream.next())
            .await
            .expect("the connection stands");
        assert_eq!(
            answer.expect("a valid message"),
            Message::text(count.to_string())
        );
    }
    sending.await.expect("the sender ends");
}

#[tokio::test]
async fn puts_fragments_together_around_control_frames() {
    let site = site::start().await;
    let mut client = open(&site.url("/echo")).await;
    let fragment = |payload: &'static str, opcode, last| {
        Message::Frame(Frame::message(
            Bytes::from_static(payload.as_bytes()),
            OpCode::Data(opcode),
            last,
        ))
    };
    send(&mut client, fragment("one ", Data::Text, false)).await;
    send(&mut client, fragment("", Data::Continue, false)).await;
    send(&mut client, Message::Ping(Bytes::from_static(b"between"))).await;
    send(&mut client, fragment("two", Data::Continue, true)).await;
    assert_eq!(
        receive(&mut client).await,
        Message::Pong(Bytes::from_static(b"between"))
    );
    assert_eq!(receive(&mut client).await, Message::text("one two"));
}

#[tokio::test]
async fn answers_pings_and_hears_pongs() {
    let site = site::start().await;
    let mut client = open(&site.url("/echo")).await;
    for payload in [Bytes::new(), Bytes::from_static(&[0xff; 125])] {
        send(&mut client, Message::Ping(payload.clone())).await;
        assert_eq!(receive(&mut client).await, Message::Pong(payload));
    }
    send(&mut client, "ping me").await;
    assert_eq!(
        receive(&mut client).await,
        Message::Ping(Bytes::from_static(b"are you there?"))
    );
    assert_eq!(
        receive(&mut client).await,
        Message::text("pong: are you there?")
    );
}

#[tokio::test]
async fn pings_keep_a_client_that_only_listens() {
    let site = site::start().await;
    let mut client = open(&site.url("/pinged")).await;
    // Eight pings take longer than the mount's timeout.
    for _ in 0..8 {
        assert!(receive(&mut client).await.is_ping());
    }
    send(&mut client, "still here").await;
    let said = loop {
        match receive(&mut client).await {
            Message::Ping(_) => {}
            said => break said,
        }
    };
    assert_eq!(said, Message::text("still here"));
}

#[tokio::test]
async fn returns_the_clients_close_code() {
    let site = site::start().await;
    for code in [1000, 1001, 3000, 4000, 4999] {
        let mut client = open(&site.url("/echo")).await;
        let frame = CloseFrame {
            code: CloseCode::from(code),
            reason: "goodbye".into(),
        };
        within("room for a close frame", client.close(Some(frame)))
            .await
            .expect("the close frame leaves");
        assert_eq!(closed(&mut client).await.0, code);
    }
}

#[tokio::test]
async fn closes_with_the_code_that_the_socket_gave() {
    let site = site::start().await;
    let cases = [
        ("stop", 1000, ""),
        ("fail", 1011, ""),
        ("panic", 1011, ""),
        ("close 4001", 4001, "as asked"),
    ];
    for (word, code, reason) in cases {
        let mut client = open(&site.url("/echo")).await;
        send(&mut client, word).await;
        assert_eq!(
            closed(&mut client).await,
            (code, reason.to_owned()),
            "after `{word}`"
        );
    }
}

#[tokio::test]
async fn tells_clients_to_come_back_when_it_stops() {
    let site = site::start().await;
    let mut clients = [
        open(&site.url("/echo")).await,
        open(&site.url("/rooms/a")).await,
    ];
    assert_eq!(receive(&mut clients[1]).await, Message::text("welcome"));
    let stopping = tokio::spawn(async move { site.running.shutdown().await });
    for client in &mut clients {
        assert_eq!(closed(client).await.0, 1012);
    }
    within("the stop", stopping)
        .await
        .expect("the stop does not panic")
        .expect("an orderly stop");
}

#[tokio::test]
async fn chooses_a_subprotocol_by_its_own_preference() {
    let site = site::start().await;
    let url = site.url("/spoken");
    for (offer, chosen) in [("v1, v2", "v2"), ("v0, v1", "v1")] {
        let (_, response) = open_with(&url, "sec-websocket-protocol", offer)
            .await
            .expect("the handshake succeeds");
        assert_eq!(response.headers()["sec-websocket-protocol"], chosen);
    }
    let (_, response) = within("the handshake", connect_async(&url))
        .await
        .expect("none need be offered");
    assert!(!response.headers().contains_key("sec-websocket-protocol"));
    assert_eq!(
        refusal(open_with(&url, "sec-websocket-protocol", "v3").await),
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn refuses_with_an_http_answer() {
    let site = site::start().await;
    let answer = within("the handshake", connect_async(site.url("/closed"))).await;
    assert_eq!(refusal(answer), StatusCode::FORBIDDEN);
    let answer = within("the handshake", connect_async(site.url("/elsewhere"))).await;
    assert_eq!(refusal(answer), StatusCode::NOT_FOUND);

    let url = site.url("/echo");
    assert_eq!(
        refusal(open_with(&url, "origin", "https://example.org").await),
        StatusCode::FORBIDDEN
    );
    assert!(
        open_with(&url, "origin", "https://example.com")
            .await
            .is_ok()
    );
}
