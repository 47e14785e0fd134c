//! The kinds of values that only `https` takes.

use std::path::{Path, PathBuf};

use super::{
    ConfigError,
    finding::Findings,
    item::Item,
    key::Key,
    list_of_names::list_of_names,
    value::{Value, listed, one_of, strings},
};
use crate::grammar;

/// One path of a file, or several. Relative paths start at the working directory of the process.
///
/// ```
/// use landfall::config::Files;
///
/// assert_eq!(Files::from("a.pem"), Files::from(["a.pem"]));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files(Vec<PathBuf>);

impl Files {
    /// The paths.
    pub fn iter(&self) -> impl Iterator<Item = &Path> {
        self.0.iter().map(PathBuf::as_path)
    }

    /// The number of paths.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no paths.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for Files {
    fn from(path: &str) -> Self {
        [path].into()
    }
}

impl From<String> for Files {
    fn from(path: String) -> Self {
        [path].into()
    }
}

impl From<&Path> for Files {
    fn from(path: &Path) -> Self {
        [path].into()
    }
}

impl From<PathBuf> for Files {
    fn from(path: PathBuf) -> Self {
        [path].into()
    }
}

impl<P: Into<PathBuf>, const N: usize> From<[P; N]> for Files {
    fn from(paths: [P; N]) -> Self {
        Files(paths.into_iter().map(Into::into).collect())
    }
}

impl<P: Into<PathBuf>> From<Vec<P>> for Files {
    fn from(paths: Vec<P>) -> Self {
        Files(paths.into_iter().map(Into::into).collect())
    }
}

impl Value for Files {
    const TAKES: &'static str = "a path, or a list of them";

    /// Commas separate several paths.
    fn from_text(_: Key<'_>, text: String) -> Result<Self, ConfigError> {
        let paths = listed(&text).filter(|path| !path.is_empty());
        Ok(Files(paths.map(PathBuf::from).collect()))
    }

    fn from_item(_: Key<'_>, value: &Item) -> Option<Result<Self, ConfigError>> {
        let path = |value: &Item| value.as_str().map(PathBuf::from);
        let paths: Option<_> = match value {
            Item::Array(paths) => paths.iter().map(path).collect(),
            value => path(value).map(|path| vec![path]),
        };
        Some(Ok(Files(paths?)))
    }
}

/// `cipher_suite`: the oldest version of TLS that a client may use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CipherSuite {
    /// TLS 1.3 alone.
    Strong,
    /// TLS 1.3, and TLS 1.2 with those of its ciphers that are still safe.
    #[default]
    Compatible,
}

/// `ciphers`: the names of cipher suites, as IANA registers them.
///
/// ```
/// use landfall::config::Ciphers;
///
/// let ciphers = Ciphers::from(["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"]);
/// assert_eq!(ciphers.iter().count(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ciphers(Vec<String>);

impl Ciphers {
    /// The names.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether no name is listed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

list_of_names!(Ciphers, grammar::cipher::check);

impl Value for CipherSuite {
    const TAKES: &'static str = "`\"strong\"` or `\"compatible\"`";

    fn from_text(key: Key<'_>, text: String) -> Result<Self, ConfigError> {
        one_of(
            key,
            &text,
            [
                ("strong", CipherSuite::Strong),
                ("compatible", CipherSuite::Compatible),
            ],
        )
    }

    fn from_item(key: Key<'_>, value: &Item) -> Option<Result<Self, ConfigError>> {
        value
            .as_str()
            .map(|text| Self::from_text(key, text.to_owned()))
    }
}
