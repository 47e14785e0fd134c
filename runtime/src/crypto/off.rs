//! Stands in for `crypto` if the feature `tokens` is off: nothing is signed, and no key is derived.

pub(crate) mod options;

pub(crate) use self::options::{Digest, KeyOptions};
use crate::config::Secret;

/// The keys of a secret that nothing uses.
#[derive(Clone, Debug)]
pub(crate) struct Keys;

impl Keys {
    pub(crate) fn new(_: Secret) -> Self {
        Keys
    }
}

/// There are no tokens.
pub(crate) fn bad_token(_: &(dyn std::error::Error + 'static)) -> Option<crate::error::BoxError> {
    None
}
