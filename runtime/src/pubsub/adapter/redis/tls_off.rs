//! There is no TLS: what stands in for it.

use redis::ConnectionInfo;

use super::certificates::Certificates;
use crate::{feature::Feature, pubsub::adapter::ConnectError};

/// Reports that there is no TLS.
pub(super) fn is_possible() -> Result<(), ConnectError> {
    let Some(feature) = Feature::REDIS_TLS.lacking() else {
        return Ok(());
    };
    let (text, help) = (feature.text, feature.help);
    let why = format!("a URL with `rediss://` is one of TLS: {text}; help: {help}");
    Err(ConnectError::Refused(why))
}

pub(super) fn with_certificates(
    info: ConnectionInfo,
    _: &Certificates,
) -> Result<ConnectionInfo, ConnectError> {
    Ok(info)
}
