//! Which errors of Redis are for good.

use redis::{ErrorKind, RedisError};

use super::super::ConnectError;

/// Codes of errors that trying again does not mend.
const REFUSALS: [&str; 3] = ["NOAUTH", "WRONGPASS", "NOPERM"];

/// Why Redis is not connected.
pub(super) fn connect_error(error: &RedisError) -> ConnectError {
    if let Some(why) = by_tls(error) {
        return ConnectError::Refused(why);
    }
    let why = error.to_string();
    if is_refused(error) {
        ConnectError::Refused(why)
    } else {
        ConnectError::Unreachable(why)
    }
}

/// Whether trying again does not help.
pub(super) fn is_for_good(error: &RedisError) -> bool {
    by_tls(error).is_some() || is_refused(error)
}

fn is_refused(error: &RedisError) -> bool {
    let is_ours = matches!(
        error.kind(),
        ErrorKind::AuthenticationFailed
            | ErrorKind::InvalidClientConfig
            | ErrorKind::RESP3NotSupported
    );
    is_ours || error.code().is_some_and(|code| REFUSALS.contains(&code))
}

/// Why TLS fails, if trying again does not mend it.
#[cfg(feature = "rustls")]
fn by_tls(error: &RedisError) -> Option<String> {
    use std::{error::Error, io, sync::Arc};

    use rustls::{AlertDescription, Error as Tls};

    // The crate `redis` shares the error that it has from the stream.
    let source = error.source()?;
    let shared = source.downcast_ref::<Arc<dyn Error + Send + Sync>>();
    let io: &io::Error = match shared {
        Some(shared) => shared.downcast_ref()?,
        None => source.downcast_ref()?,
    };
    let tls = io.get_ref()?.downcast_ref::<Tls>()?;
    match tls {
        Tls::InvalidCertificate(_) => Some(format!(
            "its certificate is not accepted: {tls}; help: `tls(ca = ..)` names the authority that has signed it"
        )),
        Tls::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::HandshakeFailure
            | AlertDescription::CertificateUnknown,
        ) => Some(format!(
            "it ends the TLS handshake: {tls}; help: if it asks for a certificate, `tls(cert = .., key = ..)` names one"
        )),
        _ => None,
    }
}

#[cfg(not(feature = "rustls"))]
fn by_tls(_: &RedisError) -> Option<String> {
    None
}
