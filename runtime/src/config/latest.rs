//! The served version of each static file.

use std::collections::BTreeMap;

use super::{
    ConfigError,
    finding::Findings,
    item::Item,
    key::Key,
    value::{Value, listed},
};
use crate::grammar::path;

/// The digested name of each static file, by its plain name; both without `/` in front.
///
/// ```
/// use landfall::config::Latest;
///
/// let latest = Latest::from([("css/app.css", "css/app-0123456789abcdef0123456789abcdef.css")]);
/// assert_eq!(latest.0.len(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Latest(pub BTreeMap<String, String>);

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Latest {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(names: I) -> Self {
        let names = names.into_iter();
        Latest(
            names
                .map(|(plain, digested)| (plain.into(), digested.into()))
                .collect(),
        )
    }
}

impl<K: Into<String>, V: Into<String>, const N: usize> From<[(K, V); N]> for Latest {
    fn from(names: [(K, V); N]) -> Self {
        names.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<String>> From<Vec<(K, V)>> for Latest {
    fn from(names: Vec<(K, V)>) -> Self {
        names.into_iter().collect()
    }
}

impl From<BTreeMap<String, String>> for Latest {
    fn from(names: BTreeMap<String, String>) -> Self {
        Latest(names)
    }
}

impl Value for Latest {
    const TAKES: &'static str = "a table of names";

    /// `app.css=app-1.css`; several are separated by commas.
    fn from_text(key: Key<'_>, text: String) -> Result<Self, ConfigError> {
        let mut names = BTreeMap::new();
        for part in listed(&text).filter(|part| !part.is_empty()) {
            let (plain, digested) = part.split_once('=').ok_or_else(|| {
                ConfigError::new(format!("`{key}` takes names, not `{part:?}`"))
                    .help("write `app.css=app-1.css`, and commas between several")
            })?;
            names.insert(plain.trim().to_owned(), digested.trim().to_owned());
        }
        Ok(Latest(names))
    }

    fn from_item(_: Key<'_>, value: &Item) -> Option<Result<Self, ConfigError>> {
        let Item::Table(entries) = value else {
            return None;
        };
        let mut names = BTreeMap::new();
        for (plain, digested) in entries {
            names.insert(plain.clone(), digested.as_str()?.to_owned());
        }
        Some(Ok(Latest(names)))
    }

    fn check(&self, key: Key<'_>, found: &mut Findings) {
        let names = self
            .0
            .iter()
            .flat_map(|(plain, digested)| [plain, digested]);
        for mistake in names.filter_map(|name| path::check_name(name).err()) {
            found.error(key, mistake.into());
        }
    }
}
