//! yawc, with compression.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
};

use futures_util::SinkExt;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};
use yawc::{CompressionLevel, Frame, OpCode, Options, WebSocket};

use crate::site::{self, Started, within};

struct Client {
    socket: WebSocket<Counted>,
    read: Arc<AtomicUsize>,
    written: Arc<AtomicUsize>,
}

impl Client {
    async fn open(site: &Started, mount: &str, options: Options) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", site.port))
            .await
            .expect("the site listens");
        let (read, written) = (Arc::default(), Arc::default());
        let counted = Counted {
            stream,
            read: Arc::clone(&read),
            written: Arc::clone(&written),
        };
        let url = site.url(mount).parse().expect("a valid url");
        let options = options.with_limits(16_000_000, 32_000_000).with_utf8();
        let socket = within("the handshake", WebSocket::handshake(url, counted, options)).await;
        Client {
            socket: socket.expect("the handshake succeeds"),
            read,
            written,
        }
    }

    async fn send(&mut self, frame: Frame) {
        within("room for a message", self.socket.send(frame))
            .await
            .expect("the message leaves");
    }

    async fn receive(&mut self) -> (OpCode, Vec<u8>) {
        let frame = within("a message", self.socket.next_frame())
            .await
            .expect("a valid message");
        (frame.opcode(), frame.into_payload().to_vec())
    }

    async fn echo(&mut self, opcode: OpCode, payload: &[u8]) {
        self.send(match opcode {
            OpCode::Text => Frame::text(payload.to_vec()),
            _ => Frame::binary(payload.to_vec()),
        })
        .await;
        assert!(
            self.receive().await == (opcode, payload.to_vec()),
            "{opcode:?} of {} bytes",
            payload.len()
        );
    }

    /// Bytes that were read and written since the last call.
    fn traffic(&self) -> (usize, usize) {
        (
            self.read.swap(0, Ordering::Relaxed),
            self.written.swap(0, Ordering::Relaxed),
        )
    }
}

/// A stream whose bytes are counted. The count shows what was compressed.
struct Counted {
    stream: TcpStream,
    read: Arc<AtomicUsize>,
    written: Arc<AtomicUsize>,
}

impl AsyncRead for Counted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.read
            .fetch_add(buf.filled().len() - before, Ordering::Relaxed);
        polled
    }
}

impl AsyncWrite for Counted {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(cx, bytes);
        if let Poll::Ready(Ok(written)) = polled {
            self.written.fetch_add(written, Ordering::Relaxed);
        }
        polled
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

fn compressed() -> Options {
    Options::default().with_compression_level(CompressionLevel::default())
}

/// Offers of compression, each with its name.
fn offers() -> Vec<(String, Options)> {
    let mut offers = vec![
        ("nothing special".to_owned(), compressed()),
        (
            "a server that forgets".to_owned(),
            compressed().server_no_context_takeover(),
        ),
        (
            "a client that forgets".to_owned(),
            compressed().client_no_context_takeover(),
        ),
        (
            "both forget".to_owned(),
            compressed()
                .server_no_context_takeover()
                .client_no_context_takeover(),
        ),
    ];
    for bits in 9..=15 {
        let options = compressed()
            .with_server_max_window_bits(bits)
            .with_client_max_window_bits(24 - bits);
        offers.push((
            format!("windows of {bits} and {} bits", 24 - bits),
            options.clone(),
        ));
        offers.push((
            format!("windows of {bits} and {} bits, both forget", 24 - bits),
            options
                .server_no_context_takeover()
                .client_no_context_takeover(),
        ));
    }
    offers
}

/// Bytes that compress badly, the same each time (xorshift).
fn noise(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    (0..size).map(next).collect()
}

/// Text that compresses well, but only with a window.
fn prose(size: usize) -> Vec<u8> {
    let lines =
        (0..).flat_map(|line| format!("line {line} of a text that goes on and on\n").into_bytes());
    lines.take(size).collect()
}

#[tokio::test]
async fn echoes_under_every_offer() {
    let site = site::start().await;
    let mounts = |(offer, options): (String, Options)| {
        ["/deflate", "/narrow"].map(|mount| (mount, format!("{mount}, {offer}"), options.clone()))
    };
    for (mount, offer, options) in offers().into_iter().flat_map(mounts) {
        let mut client = Client::open(&site, mount, options).await;
        // The empty text is first: after a message, yawc 0.5 would flush its compressor for ever.
        client.echo(OpCode::Text, b"").await;
        client.traffic();
        for _ in 0..3 {
            client.echo(OpCode::Text, &prose(20_000)).await;
        }
        let (read, written) = client.traffic();
        assert!(
            read < 20_000 && written < 20_000,
            "{offer}: {read} bytes came, {written} went, of 60,000"
        );

        client.echo(OpCode::Binary, &noise(70_000)).await;
        client.echo(OpCode::Text, &prose(400_000)).await;
        for count in 0..50 {
            client
                .echo(OpCode::Text, format!("message {count} of a few").as_bytes())
                .await;
        }
    }
}

#[tokio::test]
async fn echoes_big_messages() {
    let site = site::start().await;
    let mut client = Client::open(&site, "/deflate", compressed()).await;
    client.traffic();
    client.echo(OpCode::Text, &prose(5_000_000)).await;
    let (read, written) = client.traffic();
    assert!(
        read < 2_000_000 && written < 2_000_000,
        "{read} bytes came, {written} went"
    );
    client.echo(OpCode::Binary, &noise(5_000_000)).await;
}

#[tokio::test]
async fn puts_compressed_fragments_together() {
    let site = site::start().await;
    for (_, options) in offers().into_iter().take(4) {
        let mut client =
            Client::open(&site, "/deflate", options.with_max_fragment_size(1000)).await;
        client.echo(OpCode::Text, &prose(100_000)).await;
        client.echo(OpCode::Binary, &noise(10_000)).await;
    }
}

#[tokio::test]
async fn a_client_that_offers_nothing_is_served_plainly() {
    let site = site::start().await;
    for mount in ["/deflate", "/echo"] {
        let mut client = Client::open(&site, mount, Options::default().without_compression()).await;
        client.traffic();
        client.echo(OpCode::Text, &prose(20_000)).await;
        let (read, written) = client.traffic();
        assert!(
            read > 20_000 && written > 20_000,
            "{read} bytes came, {written} went"
        );
    }
}

#[tokio::test]
async fn a_mount_without_compression_declines_the_offer() {
    let site = site::start().await;
    let mut client = Client::open(&site, "/echo", compressed()).await;
    client.traffic();
    client.echo(OpCode::Text, &prose(20_000)).await;
    let (read, written) = client.traffic();
    assert!(
        read > 20_000 && written > 20_000,
        "{read} bytes came, {written} went"
    );
}

#[tokio::test]
async fn a_broadcast_reaches_all_in_the_form_that_each_understands() {
    let site = site::start().await;
    let mut members = Vec::new();
    for (offer, options) in offers() {
        members.push((
            offer,
            true,
            Client::open(&site, "/rooms/all", options).await,
        ));
    }
    let plain = Options::default().without_compression();
    members.push((
        "no compression".to_owned(),
        false,
        Client::open(&site, "/rooms/all", plain).await,
    ));
    for (_, _, member) in &mut members {
        assert_eq!(member.receive().await, (OpCode::Text, b"welcome".to_vec()));
        member.traffic();
    }

    let said: Vec<_> = (0..100)
        .map(|count| [format!("{count}: ").into_bytes(), prose(2000)].concat())
        .collect();
    for text in &said {
        members[0].2.send(Frame::text(text.clone())).await;
    }
    for (offer, compressed, member) in &mut members {
        for text in &said {
            assert!(
                member.receive().await == (OpCode::Text, text.clone()),
                "{offer}"
            );
        }
        let (read, _) = member.traffic();
        assert_eq!(
            read < 100_000,
            *compressed,
            "{offer}: {read} bytes came of 200,000"
        );
    }
}
