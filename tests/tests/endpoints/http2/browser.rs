//! An HTTP/2 client, made with the crate `h2`.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use h2::{
    RecvStream, SendStream,
    client::{ResponseFuture, SendRequest},
    ext::Protocol,
};
use http::{Request, Response, Version};
use landfall_tests::{
    client::Client,
    wire::{self, Connection, PATIENCE},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    task::JoinHandle,
    time::timeout,
};

/// A connection, and how it ended.
pub(crate) struct Browser {
    send: SendRequest<Bytes>,
    pub(crate) ended: JoinHandle<Result<(), h2::Error>>,
}

impl Browser {
    pub(crate) async fn over<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        stream: S,
    ) -> Self {
        // Each stream that is not read takes a stream's window from the connection's window.
        let handshake = h2::client::Builder::new()
            .initial_connection_window_size(1024 * 1024)
            .handshake(stream);
        let (send, connection) = handshake.await.expect("a handshake");
        let ended = tokio::spawn(connection);
        Browser { send, ended }
    }

    /// Begins a request. The caller sends its body if it has one.
    pub(crate) async fn begin(
        &mut self,
        request: Request<()>,
        has_body: bool,
    ) -> Result<(ResponseFuture, SendStream<Bytes>), h2::Error> {
        let mut send = self.send.clone().ready().await?;
        send.send_request(request, !has_body)
    }

    /// Sends a request, and reads all of its response.
    pub(crate) async fn ask(
        &mut self,
        request: Request<()>,
        body: Option<&str>,
    ) -> Result<Response<String>, h2::Error> {
        let (response, mut send) = self.begin(request, body.is_some()).await?;
        if let Some(body) = body {
            send.send_data(Bytes::copy_from_slice(body.as_bytes()), true)?;
        }
        read(response).await
    }

    pub(crate) async fn get(&mut self, target: &str) -> Response<String> {
        self.ask(request("GET", target), None)
            .await
            .expect("a response")
    }

    /// Opens a socket on a stream.
    pub(crate) async fn socket(
        &mut self,
        target: &str,
        headers: &[(&'static str, &str)],
    ) -> Result<Client<Tunnel>, Response<String>> {
        let mut request = connect(target);
        for (name, value) in headers {
            request
                .headers_mut()
                .insert(*name, value.parse().expect("a header"));
        }
        // The server has to announce first that it takes extended CONNECT.
        timeout(PATIENCE, async {
            while !self.send.is_extended_connect_protocol_enabled() {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("the server takes extended CONNECT");
        let (response, send) = self.begin(request, true).await.expect("a stream");
        let response = response.await.expect("a response");
        if !response.status().is_success() {
            return Err(whole(response).await.expect("a response"));
        }
        let headers = response.headers().iter().map(|(name, value)| {
            let value = value.to_str().expect("a header").to_owned();
            (name.as_str().to_owned(), value)
        });
        let told = wire::Response {
            status: response.status().as_u16(),
            headers: headers.collect(),
            body: String::new(),
        };
        let stream = Tunnel {
            send,
            receive: response.into_body(),
            left: Bytes::new(),
        };
        Ok(Client::opened(Connection::over(stream), told))
    }
}

pub(crate) fn request(method: &str, target: &str) -> Request<()> {
    Request::builder()
        .method(method)
        .uri(format!("http://localhost{target}"))
        .version(Version::HTTP_2)
        .body(())
        .expect("a request")
}

/// A request for a socket (RFC 8441).
pub(crate) fn connect(target: &str) -> Request<()> {
    let mut request = request("CONNECT", target);
    request
        .extensions_mut()
        .insert(Protocol::from_static("websocket"));
    let headers = request.headers_mut();
    headers.insert("sec-websocket-version", "13".parse().expect("a header"));
    headers.insert("origin", "http://localhost".parse().expect("a header"));
    request
}

pub(crate) async fn read(response: ResponseFuture) -> Result<Response<String>, h2::Error> {
    whole(response.await?).await
}

async fn whole(response: Response<RecvStream>) -> Result<Response<String>, h2::Error> {
    let (head, mut body) = response.into_parts();
    let mut all = Vec::new();
    while let Some(piece) = body.data().await {
        let piece = piece?;
        all.extend_from_slice(&piece);
        body.flow_control().release_capacity(piece.len())?;
    }
    let text = String::from_utf8(all).expect("a text");
    Ok(Response::from_parts(head, text))
}

/// A stream with a socket.
pub(crate) struct Tunnel {
    send: SendStream<Bytes>,
    receive: RecvStream,
    left: Bytes,
}

impl Tunnel {
    /// Resets the stream.
    pub(crate) fn reset(mut self) {
        self.send.send_reset(h2::Reason::CANCEL);
    }
}

impl AsyncRead for Tunnel {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.left.is_empty() {
            match ready!(self.receive.poll_data(cx)) {
                None => return Poll::Ready(Ok(())),
                Some(piece) => self.left = piece.map_err(io::Error::other)?,
            }
        }
        let here = self.left.len().min(buf.remaining());
        buf.put_slice(&self.left[..here]);
        self.left.advance(here);
        let released = self.receive.flow_control().release_capacity(here);
        Poll::Ready(released.map_err(io::Error::other))
    }
}

impl AsyncWrite for Tunnel {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.send.reserve_capacity(bytes.len());
        while self.send.capacity() == 0 {
            match ready!(self.send.poll_capacity(cx)) {
                None => return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into())),
                Some(capacity) => capacity.map_err(io::Error::other)?,
            };
        }
        let here = self.send.capacity().min(bytes.len());
        let sent = self
            .send
            .send_data(Bytes::copy_from_slice(&bytes[..here]), false);
        Poll::Ready(sent.map(|()| here).map_err(io::Error::other))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let sent = self.send.send_data(Bytes::new(), true);
        Poll::Ready(sent.map_err(io::Error::other))
    }
}
