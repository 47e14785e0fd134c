//! Servers that echo at `/echo/websocket` over TLS. A server's folder has its certificate.

use std::{env, path::PathBuf, sync::Arc};

use futures_util::{SinkExt, StreamExt};
use landfall::{
    config::{Https, Setting},
    prelude::*,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        self, ServerConfig,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    },
};
use tokio_tungstenite::{
    accept_async_with_config,
    tungstenite::{Message as Said, protocol::WebSocketConfig},
};

use crate::{Result, landfall::Echo, process::FOLDER};

endpoint! {
    struct Secure;

    https(ip = [127, 0, 0, 1], max_connections_per_ip = 10_000);
    secret_key_base = insecure(
        "the secret of a server that lives for one measurement, and has nothing to hide",
        reason = "it is the same for each run",
    );
    server = true;
    socket("/echo", Echo);
}

fn file(name: &str) -> Result<PathBuf> {
    Ok(PathBuf::from(env::var(FOLDER)?).join(name))
}

/// Landfall, with HTTP/1.1 and HTTP/2 by ALPN.
pub(crate) async fn secure(port: u16) -> Result<()> {
    let (certificate, key) = (file("cert.pem")?, file("key.pem")?);
    let builder = Secure::builder().settings(|settings| {
        let https = settings.https.get_or_insert(Https::DEFAULT);
        https.port = Setting::given(port);
        https.certfile = Setting::given(certificate);
        https.keyfile = Setting::given(key);
    });
    Ok(builder.start().await?.wait_for_signal().await?)
}

/// tokio-rustls and tungstenite, with nothing between them.
pub(crate) async fn plain(port: u16, read_buffer: usize) -> Result<()> {
    let provider = rustls::crypto::ring::default_provider();
    let mut config = ServerConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_file(file("cert.pem")?)?],
            PrivateKeyDer::from_pem_file(file("key.pem")?)?,
        )?;
    config.alpn_protocols = vec!["http/1.1".into()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(echo(acceptor.clone(), stream, read_buffer));
    }
}

async fn echo(acceptor: TlsAcceptor, stream: TcpStream, read_buffer: usize) -> Result<()> {
    stream.set_nodelay(true)?;
    let stream = acceptor.accept(stream).await?;
    let config = WebSocketConfig::default().read_buffer_size(read_buffer);
    let mut socket = accept_async_with_config(stream, Some(config)).await?;
    while let Some(message) = socket.next().await {
        let message = message?;
        if matches!(message, Said::Text(_) | Said::Binary(_)) {
            socket.send(message).await?;
        }
    }
    Ok(())
}
