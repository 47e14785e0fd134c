//! A WebSocket client for tests: a raw connection past its handshake.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::Duration,
};

use landfall::{Handle, config::Scheme, endpoint::Address, testing::Network};
use tokio::{
    io::{AsyncRead, AsyncWrite, DuplexStream},
    net::TcpStream,
};

use crate::wire::{Connection, Ended, Frame, Inflater, PATIENCE, Request, Response};

/// An open WebSocket. Anything unexpected is a panic that says what came instead.
#[derive(Debug)]
pub struct Client<S = TcpStream> {
    connection: Connection<S>,
    inflater: Option<Inflater>,
    /// The response to the handshake.
    pub response: Response,
}

impl Client {
    /// Opens a WebSocket on this machine.
    pub async fn open(port: u16, target: &str) -> Client {
        Client::open_by(port, &Request::upgrade(target)).await
    }

    /// Opens a WebSocket with this request.
    pub async fn open_by(port: u16, request: &Request) -> Client {
        Client::over(connect(port).await, request).await
    }

    /// Opens a WebSocket, and sends the first frame in one write with the handshake.
    pub async fn open_with(port: u16, request: &Request, first: &Frame) -> Client {
        let mut connection = connect(port).await;
        connection
            .write(&[request.to_bytes(), first.to_bytes()].concat())
            .await;
        Client::answered(connection).await
    }

    /// Opens a WebSocket with a head that is written as it is.
    pub async fn open_raw(port: u16, head: &[u8]) -> Client {
        let mut connection = connect(port).await;
        connection.write(head).await;
        Client::answered(connection).await
    }

    /// The answer of a handshake that is refused.
    pub async fn refused(port: u16, request: &Request) -> Response {
        let response = connect(port)
            .await
            .request(request)
            .await
            .expect("an answer to the handshake");
        assert_ne!(response.status, 101, "the handshake was accepted");
        response
    }

    /// Drops the connection with a TCP reset.
    pub fn reset(self) {
        self.connection.reset();
    }
}

impl Client<DuplexStream> {
    /// Opens a WebSocket in memory.
    pub async fn through(network: &Network, target: &str) -> Self {
        Client::over(
            Connection::through(network).await,
            &Request::upgrade(target),
        )
        .await
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    /// Opens a WebSocket on a connection.
    pub async fn over(mut connection: Connection<S>, request: &Request) -> Self {
        connection.write(&request.to_bytes()).await;
        Client::answered(connection).await
    }

    /// An open WebSocket whose handshake was not HTTP/1.1.
    pub fn opened(connection: Connection<S>, response: Response) -> Self {
        let agreed = response.header("sec-websocket-extensions");
        let inflater =
            agreed.map(|agreed| Inflater::new(!agreed.contains("server_no_context_takeover")));
        Client {
            connection,
            inflater,
            response,
        }
    }

    /// Returns the stream. Sends no close frame.
    pub fn into_stream(self) -> S {
        self.connection.into_stream()
    }

    async fn answered(mut connection: Connection<S>) -> Self {
        let response = connection
            .response(false)
            .await
            .expect("an answer to the handshake");
        assert_eq!(response.status, 101, "{response:?}");
        Client::opened(connection, response)
    }

    /// Sends a frame.
    pub async fn send(&mut self, frame: Frame) {
        self.connection.send(&frame).await;
    }

    /// Sends frames in one write.
    pub async fn send_all(&mut self, frames: &[Frame]) {
        self.write(&frames.iter().flat_map(Frame::to_bytes).collect::<Vec<_>>())
            .await;
    }

    /// Sends a text message.
    pub async fn text(&mut self, text: &str) {
        self.send(Frame::text(text)).await;
    }

    /// Sends bytes as they are.
    pub async fn write(&mut self, bytes: &[u8]) {
        self.connection.write(bytes).await;
    }

    /// The next frame, inflated if it is compressed.
    pub async fn hear(&mut self) -> Frame {
        self.hear_within(PATIENCE).await
    }

    /// The next frame, which may take this long.
    pub async fn hear_within(&mut self, time: Duration) -> Frame {
        let mut frame = self.connection.frame_within(time).await.expect("a frame");
        if let (4, Some(inflater)) = (frame.rsv, &mut self.inflater) {
            frame.payload = inflater
                .inflate(&frame.payload)
                .expect("a payload that inflates");
        }
        frame
    }

    /// The next frame, which has to be a text message.
    pub async fn hear_text(&mut self) -> String {
        let frame = self.hear().await;
        assert!(
            frame.opcode == 1 && frame.fin && !frame.masked,
            "expected text, got {frame:?}"
        );
        String::from_utf8(frame.payload).expect("UTF-8")
    }

    /// The code of the close frame that has to come next. The connection has to end after it.
    pub async fn hear_close(&mut self) -> Option<u16> {
        let frame = self.hear().await;
        assert_eq!(frame.opcode, 8, "expected a close frame, got {frame:?}");
        let rest = self
            .connection
            .closed()
            .await
            .expect("the connection ends after the close frame");
        assert!(
            rest.is_empty(),
            "{} bytes came after the close frame",
            rest.len()
        );
        frame.close_code()
    }

    /// Skips all frames before the close frame, and returns its code.
    pub async fn hear_close_at_last(&mut self) -> Option<u16> {
        loop {
            match self.connection.frame().await {
                Ok(frame) if frame.opcode == 8 => return frame.close_code(),
                Ok(_) => {}
                Err(Ended::Closed) => return None,
                Err(ended) => panic!("expected a close frame, got {ended:?}"),
            }
        }
    }

    /// Checks that everything sent so far has been handled, and that nothing else comes.
    pub async fn is_quiet(&mut self) {
        self.send(Frame::ping(b"quiet?")).await;
        let frame = self.hear().await;
        assert!(
            frame.opcode == 10 && frame.payload == b"quiet?",
            "expected nothing, got {frame:?}"
        );
    }

    /// Asserts that the server ends its half within this time, and sends nothing before.
    pub async fn ends_within(&mut self, time: Duration) {
        match self.connection.frame_within(time).await {
            Err(Ended::Closed) => {}
            other => panic!("expected the end, got {other:?}"),
        }
    }

    /// Ends our half of the TCP connection.
    pub async fn shutdown(&mut self) {
        self.connection.shutdown().await;
    }
}

/// The TCP port that an endpoint listens on.
pub fn port(endpoint: &Handle) -> u16 {
    match endpoint.server_info(Scheme::Http) {
        Ok(Address::Tcp(address)) => address.port(),
        other => panic!("expected a port, got {other:?}"),
    }
}

/// Sends a request on a new connection, and returns the answer.
pub async fn ask(port: u16, request: &Request) -> Response {
    connect(port)
        .await
        .request(request)
        .await
        .expect("an answer")
}

async fn connect(port: u16) -> Connection {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Connection::open(address).await.expect("a listener")
}
