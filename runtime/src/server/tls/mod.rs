//! TLS under HTTP: the settings of a listener.
//!
//! | file | what |
//! | --- | --- |
//! | `connection` | the handshake of each connection, in that connection's task |
//! | `files` | certificates and keys in PEM, and their errors |
//! | `validity` | the period in which a certificate is valid |
//! | `names` | which of several certificates a client is shown |

pub(super) mod connection;
mod files;
mod names;
mod validity;

use std::{
    fmt, io,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use rustls::{
    RootCertStore, ServerConfig, SupportedCipherSuite, SupportedProtocolVersion,
    crypto::CryptoProvider,
    server::{NoClientAuth, ProducesTickets, WebPkiClientVerifier, danger::ClientCertVerifier},
    version::{TLS12, TLS13},
};
use tokio::{net::TcpStream, sync::Semaphore, time::timeout};

pub(crate) use self::files::{Certificate, Pem, Wrong};
use self::{files::CertifiedKeys, names::Names};
use crate::{config::Ciphers, grammar, stream::tls::TlsStream, tls_provider};

/// The protocols for ALPN, the preferred one first.
fn protocols(http2: bool) -> Vec<Vec<u8>> {
    let h2 = http2.then(|| b"h2".to_vec());
    h2.into_iter().chain([b"http/1.1".to_vec()]).collect()
}

/// The TLS options of a listener.
#[derive(Clone, Debug)]
pub(crate) struct TlsOptions {
    /// The first is shown to clients that ask for none of the names.
    pub(crate) certificates: Vec<Certificate>,
    /// The authorities that may sign certificates of clients. If it is empty, clients are not
    /// asked.
    pub(crate) clients: Vec<Pem>,
    /// Whether a client without a certificate is refused.
    pub(crate) client_required: bool,
    pub(crate) versions: Versions,
    /// The accepted suites; all, if it is empty.
    pub(crate) ciphers: Ciphers,
    /// Whether HTTP/2 is offered.
    pub(crate) http2: bool,
    /// How long a client may take for its handshake.
    pub(crate) handshake_timeout: Duration,
    /// The maximum number of handshakes at a time. Further clients wait, within their
    /// `handshake_timeout`.
    pub(crate) max_handshakes: usize,
}

impl Default for TlsOptions {
    fn default() -> Self {
        TlsOptions {
            certificates: Vec::new(),
            clients: Vec::new(),
            client_required: false,
            versions: Versions {
                tls12: true,
                tls13: true,
            },
            ciphers: Ciphers::default(),
            http2: cfg!(feature = "http2"),
            handshake_timeout: Duration::from_secs(10),
            max_handshakes: 4096,
        }
    }
}

/// The accepted versions of TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Versions {
    pub(crate) tls12: bool,
    pub(crate) tls13: bool,
}

impl Versions {
    fn list(self) -> Vec<&'static SupportedProtocolVersion> {
        let spoken = [(self.tls13, &TLS13), (self.tls12, &TLS12)];
        spoken
            .into_iter()
            .filter_map(|(spoken, version)| spoken.then_some(version))
            .collect()
    }
}

/// A listener's TLS.
pub(crate) struct Tls {
    now: RwLock<Arc<Now>>,
    handshakes: Semaphore,
}

/// The current settings of handshakes.
struct Now {
    options: TlsOptions,
    config: Arc<ServerConfig>,
}

impl Tls {
    /// Reads and checks all files.
    pub(crate) fn new(options: TlsOptions) -> Result<Arc<Self>, Vec<Wrong>> {
        let handshakes = Semaphore::new(options.max_handshakes.min(Semaphore::MAX_PERMITS));
        let now = RwLock::new(Now::read(options)?);
        Ok(Arc::new(Tls { now, handshakes }))
    }

    /// Reads the files again, for later handshakes. If anything is wrong with them, nothing
    /// changes.
    pub(crate) fn reload(&self) -> Result<(), Vec<Wrong>> {
        let before = self.now();
        let next = Now::read(before.options.clone())?;
        let mut now = self.now.write().unwrap_or_else(PoisonError::into_inner);
        // If the settings have been replaced meanwhile, the newer ones stay.
        if Arc::ptr_eq(&now, &before) {
            *now = next;
        }
        Ok(())
    }

    /// Takes over the settings of the other one for later handshakes, except for `max_handshakes`.
    pub(crate) fn follow(&self, next: &Tls) {
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = next.now();
    }

    fn now(&self) -> Arc<Now> {
        self.now
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Does a connection's handshake.
    pub(super) async fn accept(&self, tcp: TcpStream) -> io::Result<TlsStream> {
        let handshake = async {
            let _place = self.handshakes.acquire().await.map_err(io::Error::other)?;
            TlsStream::accept(tcp, self.now().config.clone()).await
        };
        timeout(self.now().options.handshake_timeout, handshake)
            .await
            .unwrap_or(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl Now {
    fn read(options: TlsOptions) -> Result<Arc<Self>, Vec<Wrong>> {
        let config = server_config(&options)?;
        Ok(Arc::new(Now { options, config }))
    }
}

fn server_config(options: &TlsOptions) -> Result<Arc<ServerConfig>, Vec<Wrong>> {
    let provider = tls_provider::provider()
        .ok_or_else(|| vec![Wrong::new("https", tls_provider::NONE).help(tls_provider::HELP)])?;
    let provider = speaking(provider, options).map_err(|wrong| vec![wrong])?;
    let mut wrong = Vec::new();
    let certificates: CertifiedKeys = options
        .certificates
        .iter()
        .filter_map(|certificate| {
            certificate
                .read(&provider)
                .map_err(|found| wrong.extend(found))
                .ok()
        })
        .collect();
    let clients = client_verifier(options, &provider)
        .map_err(|found| wrong.extend(found))
        .ok();
    let (true, Some(clients)) = (wrong.is_empty(), clients) else {
        return Err(wrong);
    };
    let tickets = tickets(&provider);
    let mut versions = options.versions.list();
    versions.retain(|version| {
        let mut suites = provider.cipher_suites.iter();
        suites.any(|suite| suite.version() == *version)
    });
    let config = ServerConfig::builder_with_provider(provider).with_protocol_versions(&versions);
    let config = config.map_err(|error| vec![Wrong::new("versions", error.to_string())])?;
    let mut config = config
        .with_client_cert_verifier(clients)
        .with_cert_resolver(Arc::new(Names::new(certificates)));
    config.alpn_protocols = protocols(options.http2);
    if let Some(tickets) = tickets {
        config.ticketer = tickets;
    }
    Ok(Arc::new(config))
}

fn client_verifier(
    options: &TlsOptions,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ClientCertVerifier>, Vec<Wrong>> {
    if options.clients.is_empty() {
        return Ok(Arc::new(NoClientAuth));
    }
    let (mut roots, mut wrong) = (RootCertStore::empty(), Vec::new());
    for pem in &options.clients {
        let added = pem.certificates("cacertfile").and_then(|certificates| {
            let unfit = |error| {
                Wrong::new(
                    "cacertfile",
                    format!("{pem} cannot sign certificates: {error}"),
                )
            };
            certificates
                .into_iter()
                .try_for_each(|certificate| roots.add(certificate).map_err(unfit))
        });
        wrong.extend(added.err());
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
    let verifier = if options.client_required {
        verifier
    } else {
        verifier.allow_unauthenticated()
    };
    verifier
        .build()
        .map_err(|error| vec![Wrong::new("cacertfile", error.to_string())])
}

/// The provider with only the suites that are in `ciphers` and of an accepted version.
fn speaking(
    provider: Arc<CryptoProvider>,
    options: &TlsOptions,
) -> Result<Arc<CryptoProvider>, Wrong> {
    let unknown = |name| grammar::cipher::check(name).is_err();
    // An unknown name is reported by the check of the configuration.
    if options.ciphers.is_empty() || options.ciphers.iter().any(unknown) {
        return Ok(provider);
    }
    // rustls has names of its own for the suites of TLS 1.3: `TLS13_AES_256_GCM_SHA384`.
    let is_named = |suite: &SupportedCipherSuite, name: &str| {
        let known = format!("{:?}", suite.suite());
        known.replacen("TLS13_", "TLS_", 1) == name
    };
    let mut provider = (*provider).clone();
    let known = &provider.cipher_suites;
    let missing = |name: &&str| !known.iter().any(|suite| is_named(suite, name));
    if let Some(name) = options.ciphers.iter().find(missing) {
        let text = format!("the cryptography of this process has no cipher suite `{name}`");
        return Err(Wrong::new("ciphers", text));
    }
    let versions = options.versions.list();
    provider.cipher_suites.retain(|suite| {
        versions.contains(&suite.version())
            && options.ciphers.iter().any(|name| is_named(suite, name))
    });
    if provider.cipher_suites.is_empty() {
        let text = "none of `ciphers` is of a version that `cipher_suite` allows";
        let wrong = Wrong::new("ciphers", text);
        return Err(wrong.help("add `\"TLS_AES_256_GCM_SHA384\"`"));
    }
    Ok(Arc::new(provider))
}

/// Session tickets: returning clients bring their session along, so the server does not store it.
fn tickets(provider: &CryptoProvider) -> Option<Arc<dyn ProducesTickets>> {
    let _ = provider;
    #[cfg(feature = "tls-aws-lc-rs")]
    return rustls::crypto::aws_lc_rs::Ticketer::new().ok();
    #[cfg(all(feature = "tls", not(feature = "tls-aws-lc-rs")))]
    return rustls::crypto::ring::Ticketer::new().ok();
    #[cfg(not(any(feature = "tls", feature = "tls-aws-lc-rs")))]
    None
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Tls").field(&self.now().options).finish()
    }
}
