//! Certificates and keys in PEM, and their errors.

use std::{
    fmt,
    ops::RangeInclusive,
    path::PathBuf,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use rustls::{
    Error, InconsistentKeys,
    crypto::CryptoProvider,
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    sign::CertifiedKey,
};

use super::validity::{Date, validity};
use crate::config::Secret;

/// Certificates that are ready for handshakes.
pub(super) type CertifiedKeys = Vec<Arc<CertifiedKey>>;

/// Something in PEM format.
#[derive(Clone, Debug)]
pub(crate) enum Pem {
    /// A path, relative to the working directory.
    File(PathBuf),
    Text(Secret),
}

/// A certificate with its intermediate certificates and its key.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) chain: Pem,
    pub(crate) key: Pem,
}

/// An error in a listener's TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wrong {
    /// The key of `https` that the error is about.
    pub(crate) key: &'static str,
    pub(crate) text: String,
    pub(crate) help: Option<&'static str>,
}

impl Wrong {
    pub(super) fn new(key: &'static str, text: impl Into<String>) -> Self {
        Wrong {
            key,
            text: text.into(),
            help: None,
        }
    }

    pub(super) fn help(self, help: &'static str) -> Self {
        Wrong {
            help: Some(help),
            ..self
        }
    }
}

impl fmt::Display for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pem::File(path) => write!(f, "`{}`", path.display()),
            Pem::Text(_) => f.write_str("the text in PEM format"),
        }
    }
}

impl Pem {
    fn read(&self, key: &'static str) -> Result<Secret, Wrong> {
        match self {
            Pem::Text(text) => Ok(text.clone()),
            Pem::File(path) => std::fs::read(path)
                .map(Secret::from)
                .map_err(|error| Wrong::new(key, format!("cannot read {self}: {error}"))),
        }
    }

    pub(super) fn certificates(
        &self,
        key: &'static str,
    ) -> Result<Vec<CertificateDer<'static>>, Wrong> {
        let text = self.read(key)?;
        let certificates: Result<Vec<_>, pem::Error> =
            CertificateDer::pem_slice_iter(text.expose()).collect();
        match certificates {
            Ok(certificates) if certificates.is_empty() => {
                Err(Wrong::new(key, format!("{self} has no certificate"))
                    .help("one in PEM format begins with `-----BEGIN CERTIFICATE-----`"))
            }
            Ok(certificates) => Ok(certificates),
            Err(error) => Err(self.damaged(key, &error)),
        }
    }

    fn damaged(&self, key: &'static str, error: &pem::Error) -> Wrong {
        match error {
            // The error would print the tag as bytes.
            pem::Error::MissingSectionEnd { .. } => Wrong::new(key, format!("{self} is cut short")),
            _ => Wrong::new(key, format!("{self} is damaged: {error}")),
        }
    }

    fn private_key(&self) -> Result<PrivateKeyDer<'static>, Wrong> {
        let text = self.read("keyfile")?;
        PrivateKeyDer::from_pem_slice(text.expose()).map_err(|error| match error {
            pem::Error::NoItemsFound if is_encrypted(text.expose()) => {
                Wrong::new("keyfile", format!("the key in {self} is encrypted"))
                    .help("`openssl pkey -in encrypted.pem -out key.pem` writes one that is not")
            }
            pem::Error::NoItemsFound => Wrong::new("keyfile", format!("{self} has no private key"))
                .help("one in PEM format begins with `-----BEGIN PRIVATE KEY-----`"),
            error => self.damaged("keyfile", &error),
        })
    }
}

fn is_encrypted(text: &[u8]) -> bool {
    const BEGIN: &[u8] = b"-----BEGIN ENCRYPTED PRIVATE KEY-----";
    text.windows(BEGIN.len()).any(|window| window == BEGIN)
}

impl Certificate {
    /// Reads both. Returns all errors together.
    pub(super) fn read(&self, provider: &CryptoProvider) -> Result<Arc<CertifiedKey>, Vec<Wrong>> {
        let (chain, key) = match (self.chain.certificates("certfile"), self.key.private_key()) {
            (Ok(chain), Ok(key)) => (chain, key),
            (chain, key) => return Err([chain.err(), key.err()].into_iter().flatten().collect()),
        };
        let valid = chain.first().and_then(|certificate| validity(certificate));
        let Some(valid) = valid else {
            return Err(vec![Wrong::new(
                "certfile",
                format!("{} holds no certificate of X.509", self.chain),
            )]);
        };
        let out_of_date = self.out_of_date(valid, now());
        let certified =
            CertifiedKey::from_der(chain, key, provider).map_err(|error| self.unfit(error));
        match (certified, out_of_date) {
            (Ok(certified), None) => Ok(certified.into()),
            (certified, out_of_date) => {
                Err(certified.err().into_iter().chain(out_of_date).collect())
            }
        }
    }

    fn out_of_date(&self, valid: RangeInclusive<i64>, now: i64) -> Option<Wrong> {
        let (chain, from, to) = (&self.chain, Date(*valid.start()), Date(*valid.end()));
        let text = match valid.contains(&now) {
            true => return None,
            false if now < from.0 => {
                format!("the certificate in {chain} is not valid before {from}")
            }
            false => format!("the certificate in {chain} has expired on {to}"),
        };
        Some(Wrong::new("certfile", text))
    }

    fn unfit(&self, error: Error) -> Wrong {
        let Certificate { chain, key } = self;
        match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => Wrong::new(
                "keyfile",
                format!("the key in {key} is not that of the certificate in {chain}"),
            ),
            Error::InvalidCertificate(error) => Wrong::new(
                "certfile",
                format!("the certificate in {chain} cannot be used: {error:?}"),
            ),
            error => Wrong::new(
                "keyfile",
                format!("the key in {key} cannot be used: {error}"),
            ),
        }
    }
}

fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    since.as_secs().try_into().unwrap_or(i64::MAX)
}
