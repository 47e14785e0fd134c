//! The endpoint that these tests talk to, and certificates for it.

use std::{
    net::SocketAddr,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use landfall::{
    Running,
    config::{Group, Https, Scheme, Secret, Setting},
    endpoint::Address,
    prelude::*,
    socket::RequestUri,
};
use landfall_tests::{
    client::Client,
    wire::{Connection, Request},
};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use tokio::net::TcpStream;
use tokio_rustls::{
    TlsConnector,
    client::TlsStream,
    rustls::{self, ClientConfig, RootCertStore, pki_types::PrivateKeyDer},
};

const SECRET: &str = "a secret of 64 bytes for a site that is there for its tests only.";

endpoint! {
    pub(crate) struct Site;

    http(ip = [127, 0, 0, 1], port = 0);
    https(ip = [127, 0, 0, 1], port = 0, cipher_suite = compatible, handshake_timeout = secs(5));
    secret_key_base = SECRET;
    socket(
        "/echo",
        Echo,
        websocket(check_origin = conn, connect_info = [peer_data, uri]),
        longpoll(connect_info = [peer_data, uri]),
    );
}

/// Echoes, and forwards the topic `news`.
pub(crate) struct Echo {
    told: String,
}

#[socket]
impl Echo {
    async fn connect(
        #[info] uri: RequestUri,
        #[info] peer_data: PeerData,
    ) -> Result<Self, Refused> {
        let certificate = peer_data
            .ssl_cert
            .map_or(0, |certificate| certificate.len());
        Ok(Echo {
            told: format!("{}://{}:{} {certificate}", uri.scheme, uri.host, uri.port),
        })
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.forward("news");
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        match message.as_text() {
            Some("who") => out.push(self.told.clone()),
            _ => out.push(message),
        }
    }
}

/// A certificate authority.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate and its key.
pub(crate) struct Signed {
    pub(crate) certificate: rcgen::Certificate,
    pub(crate) key: KeyPair,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        // If the names were equal, openssl would take the certificate for the authority.
        params
            .distinguished_name
            .push(DnType::CommonName, "an authority for tests");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key");
        Authority(CertifiedIssuer::self_signed(params, key).expect("an authority"))
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(crate) fn sign(&self, name: &str) -> Signed {
        let mut params = CertificateParams::new([name.to_owned()]).expect("parameters");
        params.extended_key_usages = vec![
            ExtendedKeyUsagePurpose::ServerAuth,
            ExtendedKeyUsagePurpose::ClientAuth,
        ];
        let key = KeyPair::generate().expect("a key");
        Signed {
            certificate: params.signed_by(&key, &self.0).expect("a certificate"),
            key,
        }
    }
}

impl Signed {
    /// Makes `https` show this certificate.
    pub(crate) fn shown(&self, https: &mut Https) {
        https.cert = Setting::given(self.certificate.pem());
        https.key = Setting::given(Secret::from(self.key.serialize_pem()));
    }
}

/// A running site, and the authority that signed its certificate.
pub(crate) struct Secured {
    pub(crate) running: Running<Site>,
    pub(crate) authority: Authority,
}

impl Secured {
    pub(crate) async fn start() -> Self {
        Secured::start_with(|_, _| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Https, &Authority)) -> Self {
        let authority = Authority::new();
        let mut https = Https::DEFAULT;
        authority.sign("localhost").shown(&mut https);
        change(&mut https, &authority);
        let builder = Site::builder().settings(|settings| settings.https = Group::on(https));
        Secured {
            running: builder.start().await.expect("the site starts"),
            authority,
        }
    }

    pub(crate) fn address(&self, scheme: Scheme) -> SocketAddr {
        match self.running.server_info(scheme) {
            Ok(Address::Tcp(address)) => address,
            other => panic!("listens at {other:?}"),
        }
    }

    /// A connection whose handshake is done.
    pub(crate) async fn connect(
        &self,
        own: Option<&Signed>,
    ) -> std::io::Result<TlsStream<TcpStream>> {
        let mut roots = RootCertStore::empty();
        roots.add(self.authority.0.der().clone()).expect("a root");
        let provider = rustls::crypto::ring::default_provider();
        let config = ClientConfig::builder_with_provider(provider.into());
        let config = config
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots);
        let config = match own {
            None => config.with_no_client_auth(),
            Some(Signed { certificate, key }) => {
                let key = PrivateKeyDer::try_from(key.serialize_der()).expect("a key");
                config
                    .with_client_auth_cert(vec![certificate.der().clone()], key)
                    .expect("a client")
            }
        };
        let tcp = TcpStream::connect(self.address(Scheme::Https)).await?;
        TlsConnector::from(Arc::new(config))
            .connect("localhost".try_into().expect("a name"), tcp)
            .await
    }

    pub(crate) async fn client(&self, own: Option<&Signed>) -> Client<TlsStream<TcpStream>> {
        let stream = self.connect(own).await.expect("a handshake");
        let port = self.address(Scheme::Https).port();
        let request = to_port(Request::upgrade("/echo/websocket"), port)
            .header("origin", &format!("https://localhost:{port}"));
        Client::over(Connection::over(stream), &request).await
    }
}

/// A request that names the port.
pub(crate) fn to_port(request: Request, port: u16) -> Request {
    let mut headers = request.headers;
    headers.retain(|(name, _)| name != "host");
    Request { headers, ..request }.header("host", &format!("localhost:{port}"))
}

/// A folder of the test's own.
pub(crate) fn folder() -> PathBuf {
    // The process id and a counter make the name unique.
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let name = format!(
        "landfall-tls-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    );
    let folder = std::env::temp_dir().join(name);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}
