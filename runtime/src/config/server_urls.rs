//! The URLs of a broker's servers.

use std::fmt;

use super::{
    ConfigError, Secret,
    finding::Findings,
    item::Item,
    key::Key,
    value::{Same, Value, listed, strings},
};

/// The URLs of a broker's servers, one or several: `url` of `nats`, `cluster` and the sentinels'
/// `nodes` of `redis`. They are not shown anywhere, since they may hold passwords or a token.
///
/// ```
/// use landfall::config::ServerUrls;
///
/// let servers = ServerUrls::from(["nats://10.0.0.1:4222", "nats://10.0.0.2:4222"]);
/// assert_eq!(servers.iter().count(), 2);
/// assert_eq!(format!("{servers:?}"), "ServerUrls(2)");
/// let one = ServerUrls::from("redis://10.0.0.1:6379");
/// assert!(one.iter().all(|url| url.expose() == b"redis://10.0.0.1:6379"));
/// ```
#[derive(Clone, Default)]
pub struct ServerUrls(Vec<Secret>);

impl ServerUrls {
    /// The URLs.
    pub fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter()
    }
}

impl<S: Into<Secret>> FromIterator<S> for ServerUrls {
    fn from_iter<I: IntoIterator<Item = S>>(urls: I) -> Self {
        ServerUrls(urls.into_iter().map(Into::into).collect())
    }
}

impl From<&str> for ServerUrls {
    fn from(url: &str) -> Self {
        [url].into()
    }
}

impl From<String> for ServerUrls {
    fn from(url: String) -> Self {
        [url].into()
    }
}

impl From<&[&str]> for ServerUrls {
    fn from(urls: &[&str]) -> Self {
        urls.iter().copied().collect()
    }
}

impl<S: Into<Secret>, const N: usize> From<[S; N]> for ServerUrls {
    fn from(urls: [S; N]) -> Self {
        urls.into_iter().collect()
    }
}

impl<S: Into<Secret>> From<Vec<S>> for ServerUrls {
    fn from(urls: Vec<S>) -> Self {
        urls.into_iter().collect()
    }
}

impl Same for ServerUrls {
    fn is_same(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(&other.0);
        self.0.len() == other.0.len() && pairs.fold(true, |same, (a, b)| same & a.is_same(b))
    }
}

impl Value for ServerUrls {
    const TAKES: &'static str = "a URL, or a list of them";

    /// Commas separate several URLs.
    fn from_text(_: Key<'_>, text: String) -> Result<Self, ConfigError> {
        Ok(listed(&text).collect())
    }

    fn from_item(key: Key<'_>, value: &Item) -> Option<Result<Self, ConfigError>> {
        match value {
            Item::String(url) => Some(Ok(url.as_str().into())),
            Item::Array(list) => Some(strings(key, list).map(Self::from)),
            _ => None,
        }
    }

    fn check(&self, key: Key<'_>, found: &mut Findings) {
        if self.0.is_empty() {
            found.error(key, ConfigError::new(format!("`{key}` is empty")));
        }
    }
}

impl fmt::Debug for ServerUrls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ServerUrls").field(&self.0.len()).finish()
    }
}
