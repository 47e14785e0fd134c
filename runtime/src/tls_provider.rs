//! The cryptography of TLS.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;

/// What is wrong without a provider, and what can be done about it.
pub(crate) const NONE: &str = "there is no cryptography for TLS";
pub(crate) const HELP: &str =
    "enable the feature `tls` of `landfall`, or install a provider of rustls as its default";

/// The provider that the process has installed, or else that of the features.
pub(crate) fn provider() -> Option<Arc<CryptoProvider>> {
    if let Some(chosen) = CryptoProvider::get_default() {
        return Some(chosen.clone());
    }
    #[cfg(feature = "tls-aws-lc-rs")]
    return Some(rustls::crypto::aws_lc_rs::default_provider().into());
    #[cfg(all(feature = "tls", not(feature = "tls-aws-lc-rs")))]
    return Some(rustls::crypto::ring::default_provider().into());
    #[cfg(not(any(feature = "tls", feature = "tls-aws-lc-rs")))]
    None
}
