//! How the connection to a server is encrypted.

use std::{error::Error, io, path::PathBuf, sync::Arc};

use async_nats::rustls::{
    self, ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
};
use tokio::task::spawn_blocking;

/// How the connection is encrypted.
#[derive(Clone, Default)]
pub(super) struct Tls {
    /// Whether it has to be, also if no URL says so.
    pub(super) required: bool,
    /// Files of authorities; those of the operating system if there are none.
    pub(super) authorities: Vec<PathBuf>,
    /// The files of the node's own certificate and of its key.
    pub(super) certificate: Option<(PathBuf, PathBuf)>,
}

impl Tls {
    /// What the client is configured with. The error says what is wrong with a file.
    pub(super) async fn config(&self) -> Result<ClientConfig, String> {
        let tls = self.clone();
        let read = spawn_blocking(move || tls.read()).await;
        read.unwrap_or_else(|_| Err("the certificates cannot be read".to_owned()))
    }

    /// That of a connection that trusts nobody: of a client that does not expect TLS.
    pub(super) fn none() -> Result<ClientConfig, String> {
        builder(RootCertStore::empty(), None)
    }

    fn read(&self) -> Result<ClientConfig, String> {
        let mut roots = RootCertStore::empty();
        if self.authorities.is_empty() {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            if roots.is_empty() {
                return Err(
                    "the operating system trusts no authority; help: name one by `tls(ca = ..)`"
                        .to_owned(),
                );
            }
        }
        for file in &self.authorities {
            let wrong = |error: &dyn Error| format!("`{}` of `ca`: {error}", file.display());
            let certificates = certificates(file).map_err(|error| wrong(&error))?;
            if certificates.is_empty() {
                return Err(format!("`{}` of `ca` has no certificate", file.display()));
            }
            for certificate in certificates {
                roots.add(certificate).map_err(|error| wrong(&error))?;
            }
        }
        builder(roots, self.certificate.as_ref())
    }
}

fn builder(
    roots: RootCertStore,
    certificate: Option<&(PathBuf, PathBuf)>,
) -> Result<ClientConfig, String> {
    // The process may have two kinds of cryptography, and then rustls does not choose.
    let provider = CryptoProvider::get_default().cloned();
    let provider = provider.unwrap_or_else(|| Arc::new(ring::default_provider()));
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_root_certificates(roots);
    let Some((chain, key)) = certificate else {
        return Ok(builder.with_no_client_auth());
    };
    let chain_of = |error: &dyn Error| format!("`{}` of `cert`: {error}", chain.display());
    let key_of = |error: &dyn Error| format!("`{}` of `key`: {error}", key.display());
    let certificates = certificates(chain).map_err(|error| chain_of(&error))?;
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| key_of(&error))?;
    builder
        .with_client_auth_cert(certificates, key)
        .map_err(|error| chain_of(&error))
}

fn certificates(file: &PathBuf) -> Result<Vec<CertificateDer<'static>>, pem::Error> {
    CertificateDer::pem_file_iter(file)?.collect()
}

/// What TLS says, if it is why a connection failed.
pub(super) fn failure<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a rustls::Error> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        let found = error
            .downcast_ref::<rustls::Error>()
            .or_else(|| inner?.downcast_ref::<rustls::Error>());
        if found.is_some() {
            return found;
        }
        cause = error.source();
    }
    None
}
