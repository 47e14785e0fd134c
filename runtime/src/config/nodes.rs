//! The URLs of several servers.

use super::{
    ConfigError, Secret,
    item::Item,
    key::Key,
    value::{Same, Value, listed, strings},
};

/// The URLs of several servers. They are not shown anywhere, since they may hold passwords.
///
/// ```
/// use landfall::config::Nodes;
///
/// let nodes = Nodes::from(["redis://10.0.0.1:6379", "redis://10.0.0.2:6379"]);
/// assert_eq!(nodes.iter().count(), 2);
/// assert_eq!(format!("{nodes:?}"), "Nodes([Secret(..), Secret(..)])");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Nodes(Vec<Secret>);

impl Nodes {
    /// The URLs.
    pub fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.0.iter()
    }
}

impl<S: Into<Secret>> FromIterator<S> for Nodes {
    fn from_iter<I: IntoIterator<Item = S>>(urls: I) -> Self {
        Nodes(urls.into_iter().map(Into::into).collect())
    }
}

impl<S: Into<Secret>, const N: usize> From<[S; N]> for Nodes {
    fn from(urls: [S; N]) -> Self {
        urls.into_iter().collect()
    }
}

impl<S: Into<Secret>> From<Vec<S>> for Nodes {
    fn from(urls: Vec<S>) -> Self {
        urls.into_iter().collect()
    }
}

impl From<&[&str]> for Nodes {
    fn from(urls: &[&str]) -> Self {
        urls.iter().copied().collect()
    }
}

impl Same for Nodes {
    fn is_same(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(&other.0);
        self.0.len() == other.0.len() && pairs.fold(true, |same, (a, b)| same & a.is_same(b))
    }
}

impl Value for Nodes {
    const TAKES: &'static str = "a list";

    /// Commas separate several URLs.
    fn from_text(_: Key<'_>, text: String) -> Result<Self, ConfigError> {
        Ok(listed(&text).collect())
    }

    fn from_item(key: Key<'_>, value: &Item) -> Option<Result<Self, ConfigError>> {
        match value {
            Item::Array(list) => Some(strings(key, list).map(Self::from)),
            _ => None,
        }
    }
}
