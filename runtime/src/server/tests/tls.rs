//! The server over TLS, with rustls as a client.

mod files;
mod handshakes;

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{
        self, ClientConfig, RootCertStore, SupportedProtocolVersion,
        pki_types::{CertificateDer, PrivateKeyDer},
        version::{TLS12, TLS13},
    },
};

use super::{
    super::{
        Bound,
        tls::{Certificate, Pem, Tls, TlsOptions, Versions},
    },
    *,
};

/// An authority that signs certificates.
struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key.
struct Signed {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Authority(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    fn sign(&self, name: &str) -> Signed {
        self.sign_with(name, |_| {})
    }

    fn sign_with(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Signed {
        let mut params = CertificateParams::new([name.to_owned()]).unwrap();
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        change(&mut params);
        let key = KeyPair::generate().unwrap();
        Signed {
            certificate: params.signed_by(&key, &self.0).unwrap(),
            key,
        }
    }

    fn pem(&self) -> Pem {
        Pem::Text(self.0.pem().into())
    }
}

impl Signed {
    fn pem(&self) -> Certificate {
        Certificate {
            chain: Pem::Text(self.certificate.pem().into()),
            key: Pem::Text(self.key.serialize_pem().into()),
        }
    }
}

/// A server over TLS on a port of its own.
struct Secure {
    address: SocketAddr,
    tls: Arc<Tls>,
    tracker: TaskTracker,
    stop: Stop,
}

impl Secure {
    fn new(options: TlsOptions) -> Self {
        Secure::serving(mirror(), options)
    }

    fn serving(service: impl Serve, options: TlsOptions) -> Self {
        let tls = Tls::new(options).unwrap();
        let listener = Bound::tcp(([127, 0, 0, 1], 0).into(), false).unwrap();
        let Address::Tcp(address) = listener.local_addr().unwrap() else {
            unreachable!()
        };
        let (tracker, stop) = (
            TaskTracker::new(),
            Stop::new(tokio_util::sync::CancellationToken::new(), SHUTDOWN),
        );
        let config = HttpConfig::default();
        let admission = Admission::always(&config, TrustedProxies::none());
        serve(
            listener,
            Layer::Tls(tls.clone()),
            Front::bare(service),
            config,
            admission,
            both(&tracker),
            stop.clone(),
        );
        Secure {
            address,
            tls,
            tracker,
            stop,
        }
    }

    async fn tcp(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    async fn connect(&self, visitor: &Visitor, name: &str) -> io::Result<TlsStream<TcpStream>> {
        let name = name.to_owned().try_into().unwrap();
        TlsConnector::from(visitor.0.clone())
            .connect(name, self.tcp().await)
            .await
    }

    async fn get(&self, visitor: &Visitor, name: &str) -> io::Result<String> {
        let mut stream = self.connect(visitor, name).await?;
        let request = format!("GET /x?y HTTP/1.1\r\nhost: {name}\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await?;
        let mut all = String::new();
        stream.read_to_string(&mut all).await?;
        Ok(all)
    }

    async fn stopped(self) {
        self.stop.cancel();
        self.tracker.close();
        tokio::time::timeout(std::time::Duration::from_secs(5), self.tracker.wait())
            .await
            .unwrap();
    }
}

/// A client that trusts an authority.
struct Visitor(Arc<ClientConfig>);

impl Visitor {
    fn of(authority: &Authority) -> Self {
        Visitor::with(authority, &[&TLS13, &TLS12], None)
    }

    fn with(
        authority: &Authority,
        versions: &[&'static SupportedProtocolVersion],
        own: Option<&Signed>,
    ) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(authority.0.der().clone()).unwrap();
        let config =
            ClientConfig::builder_with_provider(rustls::crypto::ring::default_provider().into());
        let config = config
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots);
        Visitor(Arc::new(match own {
            None => config.with_no_client_auth(),
            Some(Signed { certificate, key }) => {
                let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
                config
                    .with_client_auth_cert(vec![certificate.der().clone()], key)
                    .unwrap()
            }
        }))
    }
}

fn options(certificates: impl IntoIterator<Item = Certificate>) -> TlsOptions {
    TlsOptions {
        certificates: certificates.into_iter().collect(),
        ..TlsOptions::default()
    }
}

#[tokio::test]
async fn a_request_over_tls_has_the_scheme_https() {
    let authority = Authority::new();
    let server = Secure::new(options([authority.sign("a.com").pem()]));
    for versions in [[&TLS13], [&TLS12]] {
        let visitor = Visitor::with(&authority, &versions, None);
        let said = server.get(&visitor, "a.com").await.unwrap();
        assert!(said.ends_with("GET https://a.com/x?y of a.com"), "{said}");
    }
    let mut stream = server
        .connect(&Visitor::of(&authority), "a.com")
        .await
        .unwrap();
    stream.write_all(b"GET / HTTP/1.0\r\n\r\n").await.unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).await.unwrap();
    assert!(
        said.ends_with(&format!("GET https://{}/ of none", server.address)),
        "{said}"
    );
    server.stopped().await;
}

#[tokio::test]
async fn versions_that_are_not_spoken_are_refused() {
    let authority = Authority::new();
    for (tls12, tls13) in [(true, false), (false, true)] {
        let versions = Versions { tls12, tls13 };
        let server = Secure::new(TlsOptions {
            versions,
            ..options([authority.sign("a.com").pem()])
        });
        let visitor = |version| Visitor::with(&authority, &[version], None);
        assert_eq!(server.get(&visitor(&TLS12), "a.com").await.is_ok(), tls12);
        assert_eq!(server.get(&visitor(&TLS13), "a.com").await.is_ok(), tls13);
        server.stopped().await;
    }
}

/// Data in both directions at once, with a client that reads slowly at first: backpressure makes
/// the writer wait.
#[tokio::test]
async fn much_arrives_whole() {
    const MUCH: usize = 5_000_000;
    let byte = |i: usize| (i % 251) as u8;
    let authority = Authority::new();
    let echo = With(|request: Request<Body>| ready(Response::new(request.into_body())));
    let server = Secure::serving(echo, options([authority.sign("a.com").pem()]));
    for versions in [[&TLS13], [&TLS12]] {
        let visitor = Visitor::with(&authority, &versions, None);
        let stream = server.connect(&visitor, "a.com").await.unwrap();
        let (mut reader, mut writer) = tokio::io::split(stream);
        let writing = tokio::spawn(async move {
            let head = format!(
                "POST / HTTP/1.1\r\nhost: a.com\r\nconnection: close\r\ncontent-length: {MUCH}\r\n\r\n"
            );
            writer.write_all(head.as_bytes()).await.unwrap();
            writer
                .write_all(&(0..MUCH).map(byte).collect::<Vec<_>>())
                .await
                .unwrap();
            writer
        });
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        let mut all = Vec::new();
        reader.read_to_end(&mut all).await.unwrap();
        writing.await.unwrap();
        let body = all.split_off(all.len() - MUCH);
        assert!(
            all.ends_with(b"\r\n\r\n") && body.iter().enumerate().all(|(i, sent)| *sent == byte(i))
        );
    }
    server.stopped().await;
}

#[tokio::test]
async fn a_client_is_shown_the_certificate_for_the_name_it_asks_for() {
    let authority = Authority::new();
    let (first, other, wild) = (
        authority.sign("a.com"),
        authority.sign("b.com"),
        authority.sign("*.c.com"),
    );
    let server = Secure::new(options([first.pem(), other.pem(), wild.pem()]));
    let visitor = Visitor::of(&authority);
    for (name, shown) in [("a.com", &first), ("b.com", &other), ("x.c.com", &wild)] {
        let stream = server.connect(&visitor, name).await.unwrap();
        assert_eq!(
            stream.get_ref().1.peer_certificates().unwrap(),
            [shown.certificate.der().clone()],
            "{name}"
        );
    }
    let error = server
        .connect(&visitor, "c.com")
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("not valid for name"),
        "the first is shown: {error}"
    );
    server.stopped().await;
}

#[tokio::test]
async fn a_clients_certificate_reaches_the_request() {
    let authority = Authority::new();
    let show = With(|request: Request<Body>| {
        let certificate = crate::interop::certificate(request.extensions());
        ready(Response::new(Body::from(certificate.unwrap_or_default())))
    });
    let own = authority.sign("client");
    let stranger = Authority::new().sign("client");
    for required in [false, true] {
        let certificates = options([authority.sign("a.com").pem()]);
        let clients = vec![authority.pem()];
        let options = TlsOptions {
            clients,
            client_required: required,
            ..certificates
        };
        let server = Secure::serving(show.clone(), options);
        let visit = async |own: Option<&Signed>| {
            let visitor = Visitor::with(&authority, &[&TLS13], own);
            let mut stream = server.connect(&visitor, "a.com").await?;
            stream
                .write_all(b"GET / HTTP/1.1\r\nhost: a.com\r\nconnection: close\r\n\r\n")
                .await?;
            let mut all = Vec::new();
            stream.read_to_end(&mut all).await.map(|_| all)
        };
        let certified = visit(Some(&own)).await.unwrap();
        assert!(certified.ends_with(own.certificate.der()));
        assert!(
            visit(Some(&stranger)).await.is_err(),
            "signed by nobody we know"
        );
        let without = visit(None).await;
        assert_eq!(without.is_ok(), !required, "{without:?}");
        if let Ok(all) = without {
            let all = String::from_utf8(all).unwrap();
            assert!(all.contains("content-length: 0\r\n"), "{all}");
        }
        server.stopped().await;
    }
}

#[tokio::test]
async fn a_client_that_comes_back_brings_its_session() {
    let authority = Authority::new();
    let server = Secure::new(options([authority.sign("a.com").pem()]));
    let visitor = Visitor::of(&authority);
    let kind = async || {
        let mut stream = server.connect(&visitor, "a.com").await.unwrap();
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: a.com\r\nconnection: close\r\n\r\n")
            .await
            .unwrap();
        stream.read_to_end(&mut Vec::new()).await.unwrap();
        stream.get_ref().1.handshake_kind().unwrap()
    };
    assert_eq!(kind().await, rustls::HandshakeKind::Full);
    assert_eq!(kind().await, rustls::HandshakeKind::Resumed);
    server.stopped().await;
}

#[tokio::test]
async fn a_client_that_speaks_no_tls_is_told_so_and_closed() {
    let authority = Authority::new();
    let server = Secure::new(options([authority.sign("a.com").pem()]));
    let mut stream = server.tcp().await;
    stream.write_all(HELLO.as_bytes()).await.unwrap();
    let mut all = Vec::new();
    stream.read_to_end(&mut all).await.unwrap();
    assert_eq!(all.first(), Some(&21), "an alert of TLS: {all:?}");
    server.stopped().await;
}

fn der(signed: &Signed) -> CertificateDer<'static> {
    signed.certificate.der().clone()
}
