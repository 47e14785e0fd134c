//! How keys are derived.

/// The hash function of a key derivation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Digest {
    /// SHA-256.
    #[default]
    Sha256,
    /// SHA-384.
    Sha384,
    /// SHA-512.
    Sha512,
}

/// How a key is derived from the secret. The defaults are Phoenix's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyOptions {
    /// Iterations of PBKDF2; at least 1. Default 1000.
    pub iterations: u32,
    /// Length of the key in bytes: at least 1, and exactly 32 for encryption. Default 32.
    pub length: usize,
    /// The hash function. Default SHA-256.
    pub digest: Digest,
}

impl KeyOptions {
    /// Every option's default.
    pub const DEFAULT: KeyOptions = KeyOptions {
        iterations: 1000,
        length: 32,
        digest: Digest::Sha256,
    };
}

impl Default for KeyOptions {
    fn default() -> Self {
        KeyOptions::DEFAULT
    }
}
