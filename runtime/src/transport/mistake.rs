//! What is wrong with a mount.

use super::mount::Mount;
use crate::feature::Feature;

/// A mount's setting that cannot be used.
#[derive(Debug)]
pub(crate) struct MountError {
    pub(crate) mount: &'static Mount,
    pub(crate) key: &'static str,
    pub(crate) message: String,
    pub(crate) help: Option<&'static str>,
}

/// What is wrong with a transport.
pub(super) struct Mistake {
    /// The key that is to blame.
    key: &'static str,
    message: String,
    help: Option<&'static str>,
}

impl Mistake {
    pub(super) fn new(key: &'static str, message: impl Into<String>) -> Self {
        Mistake {
            key,
            message: message.into(),
            help: None,
        }
    }

    pub(super) fn help(self, help: &'static str) -> Self {
        Mistake {
            help: Some(help),
            ..self
        }
    }

    /// The error of a mount.
    pub(super) fn of(self, mount: &'static Mount) -> MountError {
        let Mistake { key, message, help } = self;
        MountError {
            mount,
            key,
            message,
            help,
        }
    }

    /// A key that signs something, without a secret to do it with.
    pub(super) fn without_secret(key: &'static str, message: &str) -> Self {
        Mistake::new(key, message).help(
            "set `secret_key_base` in the configuration file, or declare `secret_key_base = env(\"SECRET_KEY_BASE\");`",
        )
    }
}

impl From<Feature> for Mistake {
    fn from(feature: Feature) -> Self {
        Mistake::new(feature.key, feature.text).help(feature.help)
    }
}
