//! Kinds of values of `live_reload(..)`.

use std::collections::BTreeMap;

use super::{
    ConfigError,
    finding::Findings,
    item::Item,
    key::Key,
    list_of_names::list_of_names,
    value::{Value, listed, one_of, strings},
};
use crate::grammar;

/// Regular expressions, one of which a path has to contain.
///
/// ```
/// use landfall::config::Patterns;
///
/// let patterns = Patterns::from([r"static/.*\.(css|js)$", r"templates/"]);
/// assert_eq!(patterns.iter().count(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patterns(Vec<String>);

impl Patterns {
    /// The expressions.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

list_of_names!(Patterns, grammar::regex::check);

/// A table of text or of lists: for each name its value.
macro_rules! table_of {
    ($kind:ident, $value:ty, $takes:literal, $check:path) => {
        impl<K: Into<String>, V: Into<$value>, const N: usize> From<[(K, V); N]> for $kind {
            fn from(entries: [(K, V); N]) -> Self {
                let entries = entries.into_iter();
                $kind(
                    entries
                        .map(|(name, value)| (name.into(), value.into()))
                        .collect(),
                )
            }
        }

        impl Value for $kind {
            const TAKES: &'static str = $takes;

            /// `name=value`; several are separated by commas.
            fn from_text(key: Key<'_>, text: String) -> Result<Self, ConfigError> {
                let mut table = BTreeMap::new();
                for entry in listed(&text).filter(|entry| !entry.is_empty()) {
                    let (name, value) = entry.split_once('=').ok_or_else(|| {
                        ConfigError::new(format!("`{key}` takes `name=value`, not `{entry:?}`"))
                    })?;
                    let value = <$value>::from_text(key, value.trim().to_owned())?;
                    table.insert(name.trim().to_owned(), value);
                }
                Ok($kind(table))
            }

            fn from_item(key: Key<'_>, value: &Item) -> Option<Result<Self, ConfigError>> {
                let Item::Table(entries) = value else {
                    return None;
                };
                let mut table = BTreeMap::new();
                for (name, value) in entries {
                    match <$value>::read_item(key, value) {
                        Ok(value) => table.insert(name.clone(), value),
                        Err(error) => return Some(Err(error)),
                    };
                }
                Some(Ok($kind(table)))
            }

            fn check(&self, key: Key<'_>, found: &mut Findings) {
                for (name, value) in &self.0 {
                    if let Err(mistake) = $check(name) {
                        found.error(key, mistake.into());
                    }
                    value.check(key, found);
                }
            }
        }
    };
}

/// Topics, and for each the [`Patterns`] of files that it is told about.
///
/// ```
/// use landfall::config::{Patterns, TopicPatterns};
///
/// let notify = TopicPatterns::from([("templates", Patterns::from([r"\.html$"]))]);
/// assert_eq!(notify.0.len(), 1);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TopicPatterns(pub BTreeMap<String, Patterns>);

table_of!(
    TopicPatterns,
    Patterns,
    "a table of lists",
    grammar::parameter::any
);

/// Attributes of an element of HTML, by name.
///
/// ```
/// use landfall::config::Attributes;
///
/// let attributes = Attributes::from([("class", "reload")]);
/// assert_eq!(attributes.0["class"], "reload");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes(pub BTreeMap<String, String>);

table_of!(
    Attributes,
    String,
    "a table of attributes",
    grammar::parameter::attribute
);

/// `target_window`: the window that is loaded anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum TargetWindow {
    /// That of the page, which may stand in a frame of another page.
    #[default]
    Parent,
    /// The outermost.
    Top,
}

impl TargetWindow {
    /// Its name in a browser.
    pub fn name(self) -> &'static str {
        match self {
            TargetWindow::Parent => "parent",
            TargetWindow::Top => "top",
        }
    }
}

impl Value for TargetWindow {
    const TAKES: &'static str = "`\"top\"` or `\"parent\"`";

    fn from_text(key: Key<'_>, text: String) -> Result<Self, ConfigError> {
        let words = [("top", TargetWindow::Top), ("parent", TargetWindow::Parent)];
        one_of(key, &text, words)
    }

    fn from_item(key: Key<'_>, value: &Item) -> Option<Result<Self, ConfigError>> {
        let text = value.as_str()?;
        Some(Self::from_text(key, text.to_owned()))
    }
}
