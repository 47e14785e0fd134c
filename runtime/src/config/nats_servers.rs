//! The servers of a NATS cluster.

use std::fmt;

use super::{
    ConfigError, Secret,
    finding::Findings,
    item::Item,
    key::Key,
    value::{Same, Value, listed, strings},
};
use crate::grammar;

/// `url` of `nats`: the servers of one NATS cluster, one URL or several.
///
/// ```
/// use landfall::config::NatsServers;
///
/// let servers = NatsServers::from(["nats://10.0.0.1:4222", "nats://10.0.0.2:4222"]);
/// assert_eq!(servers.iter().count(), 2);
/// assert_eq!(format!("{servers:?}"), "NatsServers(2)");
/// let local = NatsServers::default();
/// assert!(local.iter().all(|url| url.expose() == b"nats://127.0.0.1:4222"));
/// ```
#[derive(Clone)]
pub struct NatsServers(Vec<Secret>);

impl NatsServers {
    /// The URLs. They are secret, since they may hold a password or a token.
    pub fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter()
    }
}

impl Default for NatsServers {
    fn default() -> Self {
        "nats://127.0.0.1:4222".into()
    }
}

impl From<&str> for NatsServers {
    fn from(url: &str) -> Self {
        [url].into()
    }
}

impl From<String> for NatsServers {
    fn from(url: String) -> Self {
        [url].into()
    }
}

impl From<&[&str]> for NatsServers {
    fn from(urls: &[&str]) -> Self {
        urls.to_vec().into()
    }
}

impl<S: Into<Secret>, const N: usize> From<[S; N]> for NatsServers {
    fn from(urls: [S; N]) -> Self {
        NatsServers(urls.into_iter().map(Into::into).collect())
    }
}

impl<S: Into<Secret>> From<Vec<S>> for NatsServers {
    fn from(urls: Vec<S>) -> Self {
        NatsServers(urls.into_iter().map(Into::into).collect())
    }
}

impl Same for NatsServers {
    fn is_same(&self, other: &Self) -> bool {
        let same = |(one, other): (&Secret, &Secret)| one.is_same(other);
        self.0.len() == other.0.len() && self.iter().zip(other.iter()).all(same)
    }
}

impl Value for NatsServers {
    const TAKES: &'static str = "a URL, or a list of them";

    /// Commas separate several URLs.
    fn from_text(_: Key<'_>, text: String) -> Result<Self, ConfigError> {
        Ok(listed(&text).collect::<Vec<_>>().into())
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
        for url in self.iter() {
            let url = String::from_utf8_lossy(url.expose());
            if let Err(mistake) = grammar::nats::check(&url) {
                found.error(key, mistake.into());
            }
        }
    }
}

impl fmt::Debug for NatsServers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NatsServers").field(&self.0.len()).finish()
    }
}
