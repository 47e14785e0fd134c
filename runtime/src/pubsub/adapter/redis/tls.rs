//! TLS of the connections to servers.

use std::path::Path;

use redis::{Client, ClientTlsConfig, ConnectionAddr, ConnectionInfo, TlsCertificates};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};

use super::certificates::Certificates;
use crate::{
    pubsub::adapter::ConnectError,
    tls_provider::{self, provider},
};

/// Reports that there is no cryptography.
pub(super) fn is_possible() -> Result<(), ConnectError> {
    let Some(provider) = provider() else {
        let why = format!("{}; help: {}", tls_provider::NONE, tls_provider::HELP);
        return Err(ConnectError::Refused(why));
    };
    // The crate `redis` takes the default of the process. rustls sets one by itself, but panics
    // where two are compiled in. If another is installed meanwhile, that one stays.
    let _ = (*provider).clone().install_default();
    Ok(())
}

/// The same server, with these certificates. Reads the files.
pub(super) fn with_certificates(
    info: ConnectionInfo,
    certificates: &Certificates,
) -> Result<ConnectionInfo, ConnectError> {
    if !matches!(info.addr(), ConnectionAddr::TcpTls { .. }) || !certificates.are_set() {
        return Ok(info);
    }
    let mut authorities = Vec::new();
    for path in &certificates.authorities {
        authorities.extend(chain("ca", path)?);
        // A file need not end in a line break.
        authorities.push(b'\n');
    }
    let own = certificates.own.as_ref().map(|(certificate, key)| {
        Ok(ClientTlsConfig {
            client_cert: chain("cert", certificate)?,
            client_key: private_key(key)?,
        })
    });
    let certificates = TlsCertificates {
        client_tls: own.transpose()?,
        root_cert: (!authorities.is_empty()).then_some(authorities),
    };
    let client = Client::build_with_tls(info, certificates)
        .map_err(|error| ConnectError::Refused(error.to_string()))?;
    Ok(client.get_connection_info().clone())
}

fn chain(key: &str, path: &Path) -> Result<Vec<u8>, ConnectError> {
    let pem = read(key, path)?;
    let certificates: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match certificates {
        Ok(certificates) if certificates.is_empty() => Err(ConnectError::Refused(format!(
            "`{key}`: `{}` has no certificate; help: one in PEM format begins with `-----BEGIN CERTIFICATE-----`",
            path.display()
        ))),
        Ok(_) => Ok(pem),
        Err(_) => Err(damaged(key, path)),
    }
}

fn private_key(path: &Path) -> Result<Vec<u8>, ConnectError> {
    let pem = read("key", path)?;
    match PrivateKeyDer::from_pem_slice(&pem) {
        Ok(_) => Ok(pem),
        Err(_) => Err(damaged("key", path)),
    }
}

fn read(key: &str, path: &Path) -> Result<Vec<u8>, ConnectError> {
    // What somebody has put in place of a path is not shown: it may be the key itself.
    if path.to_string_lossy().contains("-----BEGIN ") {
        let why = format!("`{key}` takes a path, this is what stands in a file");
        return Err(ConnectError::Refused(why));
    }
    std::fs::read(path).map_err(|error| {
        ConnectError::Refused(format!(
            "`{key}`: cannot read `{}`: {error}",
            path.display()
        ))
    })
}

fn damaged(key: &str, path: &Path) -> ConnectError {
    ConnectError::Refused(format!(
        "`{key}`: `{}` is damaged, or not in PEM format",
        path.display()
    ))
}
