//! By ALPN.

use std::{net::SocketAddr, sync::Arc};

use landfall::{
    Running,
    config::{Group, Https, Scheme, Secret, Setting},
    endpoint::Address,
};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{self, ClientConfig, RootCertStore, pki_types::CertificateDer},
};

use crate::http2::{
    browser::{Browser, request},
    site::{Seen, Site},
};

pub(crate) struct Secured {
    pub(crate) running: Running<Site>,
    certificate: CertificateDer<'static>,
}

impl Secured {
    pub(crate) async fn with(change: impl FnOnce(&mut Https)) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
        let mut https = Https {
            ip: Setting::given([127, 0, 0, 1]),
            port: Setting::given(0_u16),
            cert: Setting::given(cert.pem()),
            key: Setting::given(Secret::from(signing_key.serialize_pem())),
            ..Https::DEFAULT
        };
        change(&mut https);
        let builder = Site::builder(Seen::default()).settings(|settings| {
            let http = settings.http.get_or_insert_default();
            http.ip = Setting::given([127, 0, 0, 1]);
            http.port = Setting::given(0_u16);
            settings.https = Group::on(https);
        });
        Secured {
            running: builder.start().await.expect("the site starts"),
            certificate: cert.der().clone(),
        }
    }

    pub(crate) fn address(&self, scheme: Scheme) -> SocketAddr {
        match self.running.server_info(scheme) {
            Ok(Address::Tcp(address)) => address,
            other => panic!("listens at {other:?}"),
        }
    }

    /// A connection of a client that speaks these protocols.
    async fn connect(&self, protocols: &[&str]) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        roots.add(self.certificate.clone()).expect("a root");
        let provider = rustls::crypto::ring::default_provider();
        let mut config = ClientConfig::builder_with_provider(provider.into())
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = protocols
            .iter()
            .map(|name| name.as_bytes().into())
            .collect();
        let tcp = TcpStream::connect(self.address(Scheme::Https))
            .await
            .expect("a connection");
        TlsConnector::from(Arc::new(config))
            .connect("localhost".try_into().expect("a name"), tcp)
            .await
            .expect("a handshake")
    }
}

fn agreed(stream: &TlsStream<TcpStream>) -> Option<&[u8]> {
    stream.get_ref().1.alpn_protocol()
}

#[tokio::test]
async fn it_is_spoken_with_those_who_prefer_it() {
    let site = Secured::with(|_| {}).await;
    let stream = site.connect(&["h2", "http/1.1"]).await;
    assert_eq!(agreed(&stream), Some(&b"h2"[..]));
    let mut browser = Browser::over(stream).await;
    let response = browser.get("/x").await;
    assert_eq!(
        response.body(),
        "GET https://localhost/x HTTP/2.0 of localhost with ",
        "the scheme is the connection's, whatever the client says"
    );
    let mut socket = browser
        .socket("/conn/websocket", &[("origin", "https://localhost")])
        .await
        .expect("a socket");
    socket.text("where").await;
    assert_eq!(
        socket.hear_text().await,
        "https://localhost:443/conn/websocket"
    );
    let refused = browser.socket("/conn/websocket", &[]).await.err();
    assert_eq!(refused.expect("no socket").status(), 403, "another scheme");
    let large = "x".repeat(1_000_000);
    socket.text(&large).await;
    assert_eq!(socket.hear_text().await, large);
    let posted = browser.ask(request("POST", "/upload"), Some(&large)).await;
    assert_eq!(posted.expect("a response").body(), "1000000 bytes");
    let only = site.connect(&["http/1.1"]).await;
    assert_eq!(agreed(&only), Some(&b"http/1.1"[..]));
    let none = site.connect(&[]).await;
    assert_eq!(agreed(&none), None);
    drop((browser, socket));
    site.running.shutdown().await.expect("a stop");
}

#[tokio::test]
async fn it_can_be_forbidden() {
    let site = Secured::with(|https| https.http2 = Setting::given(false)).await;
    let stream = site.connect(&["h2", "http/1.1"]).await;
    assert_eq!(agreed(&stream), Some(&b"http/1.1"[..]));
}
