//! The choice of the certificate that a client is shown.

use std::sync::Arc;

use rustls::{
    client::verify_server_name,
    pki_types::ServerName,
    server::{ClientHello, ParsedCertificate, ResolvesServerCert},
    sign::CertifiedKey,
};

use super::files::CertifiedKeys;

/// Certificates: each is shown for the names in it, and the first also for all other names.
#[derive(Debug)]
pub(super) struct Names(CertifiedKeys);

impl Names {
    pub(super) fn new(certificates: CertifiedKeys) -> Self {
        Names(certificates)
    }
}

impl ResolvesServerCert for Names {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        if let [only] = &self.0[..] {
            return Some(only.clone());
        }
        let name = hello
            .server_name()
            .and_then(|name| ServerName::try_from(name).ok());
        // If two certificates have the name, such as with RSA and ECDSA keys, one that the client
        // supports.
        let checked =
            |key: &&Arc<CertifiedKey>| key.key.choose_scheme(hello.signature_schemes()).is_some();
        let named = || {
            self.0
                .iter()
                .filter(|key| name.as_ref().is_some_and(|name| is_for(key, name)))
        };
        let chosen = named().find(checked).or_else(|| named().next());
        chosen.or_else(|| self.0.first()).cloned()
    }
}

fn is_for(key: &CertifiedKey, name: &ServerName<'_>) -> bool {
    key.end_entity_cert()
        .and_then(ParsedCertificate::try_from)
        .is_ok_and(|certificate| verify_server_name(&certificate, name).is_ok())
}
