//! A value that is not shown by accident.

use std::{fmt, hint::black_box, sync::Arc};

use subtle::ConstantTimeEq;

/// A secret. It is neither printed nor serialized, and it is overwritten when its last clone is
/// dropped.
///
/// ```
/// use landfall::config::Secret;
///
/// let secret = Secret::from("correct horse battery staple");
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// assert_eq!(secret.expose(), b"correct horse battery staple");
/// ```
#[derive(Clone)]
pub struct Secret(Arc<Bytes>);

struct Bytes(Vec<u8>);

impl Secret {
    /// The bytes, for code that needs them.
    pub fn expose(&self) -> &[u8] {
        &self.0.0
    }

    /// Whether both have the same contents. How long it takes tells only how many bytes there are.
    pub(super) fn is_same(&self, other: &Secret) -> bool {
        self.expose().ct_eq(other.expose()).into()
    }
}

impl Bytes {
    fn overwrite(&mut self) {
        self.0.fill(0);
        // Without this, the compiler may remove the writes: nothing reads the bytes afterwards.
        black_box(&mut self.0);
    }
}

impl Drop for Bytes {
    fn drop(&mut self) {
        self.overwrite();
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        text.into_bytes().into()
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        text.as_bytes().to_vec().into()
    }
}

impl From<Vec<u8>> for Secret {
    fn from(bytes: Vec<u8>) -> Self {
        Secret(Arc::new(Bytes(bytes)))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_compared_by_its_contents() {
        let secret = Secret::from("secret");
        assert!(secret.is_same(&secret.clone()));
        assert!(secret.is_same(&Secret::from("secret")));
        assert!(!secret.is_same(&Secret::from("secreT")));
        assert!(!secret.is_same(&Secret::from("secrets")));
    }

    #[test]
    fn overwrites_its_bytes() {
        let mut bytes = Bytes(b"secret".to_vec());
        bytes.overwrite();
        assert_eq!(bytes.0, [0; 6]);
    }
}
