//! Clients that speak TLS, with a connection for each socket or with sockets on streams of HTTP/2.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::try_join_all;
use h2::{RecvStream, SendStream, client::SendRequest, ext::Protocol};
use http::{Request, Version};
use tokio::{io::AsyncWriteExt, net::TcpStream, task::yield_now};
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{self, ClientConfig, RootCertStore, pki_types::CertificateDer},
};

use crate::{
    Result,
    client::{connect, skip, upgrade},
    process::Server,
};

const PATH: &str = "/echo/websocket";

/// How clients connect.
pub(super) struct Clients {
    connector: TlsConnector,
    /// Sockets on a connection by HTTP/2; 0 means HTTP/1.1.
    shared: usize,
}

pub(super) enum Socket {
    Own(Box<TlsStream<TcpStream>>),
    Stream(SendStream<Bytes>, RecvStream),
}

impl Clients {
    pub(super) fn new(certificate: &CertificateDer<'static>, shared: usize) -> Result<Self> {
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone())?;
        let provider = rustls::crypto::ring::default_provider();
        let mut config = ClientConfig::builder_with_provider(provider.into())
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let protocol = if shared == 0 { "http/1.1" } else { "h2" };
        config.alpn_protocols = vec![protocol.into()];
        // Each handshake is a whole one.
        config.resumption = rustls::client::Resumption::disabled();
        Ok(Clients {
            connector: Arc::new(config).into(),
            shared,
        })
    }

    pub(super) async fn open(&self, server: &Server, count: usize) -> Result<Vec<Socket>> {
        let connections = count / self.shared.max(1);
        let mut sockets = Vec::with_capacity(count);
        for first in (0..connections).step_by(50) {
            let some = (connections - first).min(50);
            let opened = try_join_all((0..some).map(|_| self.open_one(server))).await?;
            sockets.extend(opened.into_iter().flatten());
        }
        Ok(sockets)
    }

    /// A connection, with as many sockets as it has.
    async fn open_one(&self, server: &Server) -> Result<Vec<Socket>> {
        let stream = connect(server.address).await?;
        let stream = self
            .connector
            .connect("localhost".try_into()?, stream)
            .await?;
        if self.shared == 0 {
            let stream = upgrade(stream, server.address, PATH).await?;
            return Ok(vec![Socket::Own(stream.into())]);
        }
        let (send, connection) = h2::client::handshake(stream).await?;
        tokio::spawn(connection);
        while !send.is_extended_connect_protocol_enabled() {
            yield_now().await;
        }
        try_join_all((0..self.shared).map(|_| on_stream(send.clone()))).await
    }
}

async fn on_stream(send: SendRequest<Bytes>) -> Result<Socket> {
    let request = Request::connect(format!("https://localhost{PATH}"))
        .version(Version::HTTP_2)
        .header("sec-websocket-version", "13")
        .extension(Protocol::from_static("websocket"))
        .body(())?;
    let (response, send) = send.ready().await?.send_request(request, false)?;
    let response = response.await?;
    if !response.status().is_success() {
        return Err(format!("refused: {}", response.status()).into());
    }
    Ok(Socket::Stream(send, response.into_body()))
}

impl Socket {
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Socket::Own(stream) => {
                stream.write_all(bytes).await?;
                Ok(stream.flush().await?)
            }
            Socket::Stream(send, _) => Ok(send.send_data(Bytes::copy_from_slice(bytes), false)?),
        }
    }

    /// Reads N bytes, and discards them.
    pub(super) async fn skip(&mut self, mut bytes: usize) -> Result<()> {
        let receive = match self {
            Socket::Own(stream) => return skip(stream, bytes).await,
            Socket::Stream(_, receive) => receive,
        };
        while bytes > 0 {
            let piece = receive.data().await.ok_or("the server closed")??;
            receive.flow_control().release_capacity(piece.len())?;
            bytes = bytes.checked_sub(piece.len()).ok_or("too many bytes")?;
        }
        Ok(())
    }
}
