//! One connection: over TCP, in memory, or over any other stream.

use std::{io, net::SocketAddr, time::Duration};

use landfall::testing::Network;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream},
    net::TcpStream,
    time,
};

use super::{
    frame::{Frame, Heard},
    http::{BodyLength, Request, Response},
};

/// How long an answer may take before it counts as missing.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// Why no answer came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The server ended the connection.
    Closed,
    /// Nothing came in time.
    Silent,
    /// What came is not HTTP.
    Garbled,
}

/// A connection to a server, and what has arrived on it.
#[derive(Debug)]
pub struct Connection<S = TcpStream> {
    stream: S,
    arrived: Vec<u8>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// When nothing listens there.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Connection::over(stream))
    }

    /// Our own port.
    ///
    /// # Errors
    /// When the operating system does not tell.
    pub fn local_port(&self) -> io::Result<u16> {
        self.stream.local_addr().map(|address| address.port())
    }

    /// Drops the connection with a TCP reset.
    pub fn reset(self) {
        let _ = self.stream.set_zero_linger();
    }
}

impl Connection<DuplexStream> {
    /// Connects in memory, from no address.
    pub async fn through(network: &Network) -> Self {
        Connection::through_from(network, None).await
    }

    /// Connects in memory, from this address.
    pub async fn through_from(network: &Network, address: Option<SocketAddr>) -> Self {
        let stream = network.connect_from(address).await;
        Connection::over(stream.expect("the endpoint listens"))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    /// A connection over a stream that is open.
    pub fn over(stream: S) -> Self {
        Connection {
            stream,
            arrived: Vec::new(),
        }
    }

    /// Returns the stream. Bytes that have arrived are lost.
    pub fn into_stream(self) -> S {
        self.stream
    }

    /// Writes. It does not fail if the server has stopped reading: only answers count.
    pub async fn write(&mut self, bytes: &[u8]) {
        let _ = time::timeout(PATIENCE, self.stream.write_all(bytes)).await;
    }

    /// Writes a frame.
    pub async fn send(&mut self, frame: &Frame) {
        self.write(&frame.to_bytes()).await;
    }

    /// Ends our half of the connection.
    pub async fn shutdown(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// Sends a request and reads its response.
    ///
    /// # Errors
    /// When none comes.
    pub async fn request(&mut self, request: &Request) -> Result<Response, Ended> {
        self.write(&request.to_bytes()).await;
        self.response(request.method == "HEAD").await
    }

    /// Reads a response.
    ///
    /// # Errors
    /// When none comes.
    pub async fn response(&mut self, to_head: bool) -> Result<Response, Ended> {
        match self.response_so_far(to_head).await? {
            (response, None) => Ok(response),
            (_, Some(ended)) => Err(ended),
        }
    }

    /// Reads a response, as far as its chunks come, and says why it is not whole.
    ///
    /// # Errors
    /// When no head comes, or not all of a body whose length is known.
    pub async fn response_so_far(
        &mut self,
        to_head: bool,
    ) -> Result<(Response, Option<Ended>), Ended> {
        let deadline = time::Instant::now() + PATIENCE;
        let mut response = self.head_by(deadline).await?;
        let (body, ended) = match response.body_length(to_head) {
            BodyLength::Known(length) => (self.exactly(length, deadline).await?, None),
            BodyLength::Chunked => self.chunks(deadline).await,
            BodyLength::UntilClosed => (self.rest(deadline).await, None),
        };
        response.body = String::from_utf8_lossy(&body).into_owned();
        Ok((response, ended))
    }

    /// Reads the head of a response, and not its body.
    ///
    /// # Errors
    /// When none comes.
    pub async fn head(&mut self) -> Result<Response, Ended> {
        self.head_by(time::Instant::now() + PATIENCE).await
    }

    /// Reads a chunk of a body, which may take this long; the last one is empty.
    ///
    /// # Errors
    /// When none comes.
    pub async fn chunk_within(&mut self, patience: Duration) -> Result<Vec<u8>, Ended> {
        self.chunk(time::Instant::now() + patience).await
    }

    /// Reads a frame.
    ///
    /// # Errors
    /// When none comes.
    pub async fn frame(&mut self) -> Result<Frame, Ended> {
        self.frame_within(PATIENCE).await
    }

    /// Reads a frame, which may take this long.
    ///
    /// # Errors
    /// When none comes.
    pub async fn frame_within(&mut self, patience: Duration) -> Result<Frame, Ended> {
        let deadline = time::Instant::now() + patience;
        loop {
            if let Heard::Frame(frame, length) = Frame::decode(&self.arrived) {
                self.take(length);
                return Ok(frame);
            }
            self.fill(deadline).await?;
        }
    }

    /// Waits until something comes, or the connection ends.
    pub async fn arrival(&mut self) {
        if self.arrived.is_empty() {
            let _ = self.stream.read_buf(&mut self.arrived).await;
        }
    }

    /// Waits for the end of the connection. Returns what came before; `None` if it did not end.
    pub async fn closed(&mut self) -> Option<Vec<u8>> {
        let deadline = time::Instant::now() + PATIENCE;
        loop {
            match self.fill(deadline).await {
                Ok(()) => {}
                Err(Ended::Closed) => return Some(std::mem::take(&mut self.arrived)),
                Err(_) => return None,
            }
        }
    }

    async fn exactly(&mut self, length: usize, deadline: time::Instant) -> Result<Vec<u8>, Ended> {
        while self.arrived.len() < length {
            self.fill(deadline).await?;
        }
        Ok(self.take(length))
    }

    async fn rest(&mut self, deadline: time::Instant) -> Vec<u8> {
        while self.fill(deadline).await.is_ok() {}
        std::mem::take(&mut self.arrived)
    }

    async fn head_by(&mut self, deadline: time::Instant) -> Result<Response, Ended> {
        let head = loop {
            match find(&self.arrived, b"\r\n\r\n") {
                Some(end) => break self.take(end + 4),
                None => self.fill(deadline).await?,
            }
        };
        let head = String::from_utf8(head).map_err(|_| Ended::Garbled)?;
        Response::parse(head.trim_end_matches("\r\n")).ok_or(Ended::Garbled)
    }

    async fn chunks(&mut self, deadline: time::Instant) -> (Vec<u8>, Option<Ended>) {
        let mut body = Vec::new();
        loop {
            match self.chunk(deadline).await {
                Ok(chunk) if chunk.is_empty() => return (body, None),
                Ok(chunk) => body.extend(chunk),
                Err(ended) => return (body, Some(ended)),
            }
        }
    }

    async fn chunk(&mut self, deadline: time::Instant) -> Result<Vec<u8>, Ended> {
        let line = loop {
            match find(&self.arrived, b"\r\n") {
                Some(end) => break self.take(end + 2),
                None => self.fill(deadline).await?,
            }
        };
        let line = std::str::from_utf8(&line).map_err(|_| Ended::Garbled)?;
        let length = usize::from_str_radix(line.trim_end(), 16).map_err(|_| Ended::Garbled)?;
        let mut chunk = self.exactly(length + 2, deadline).await?;
        chunk.truncate(length);
        Ok(chunk)
    }

    fn take(&mut self, length: usize) -> Vec<u8> {
        self.arrived.drain(..length).collect()
    }

    async fn fill(&mut self, deadline: time::Instant) -> Result<(), Ended> {
        match time::timeout_at(deadline, self.stream.read_buf(&mut self.arrived)).await {
            Err(_) => Err(Ended::Silent),
            Ok(Ok(0) | Err(_)) => Err(Ended::Closed),
            Ok(Ok(_)) => Ok(()),
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
