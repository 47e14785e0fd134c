//! `filter_parameters`: which parameters are shown in log lines and on pages for developers.

use std::fmt;

use super::FilterParametersConfig;
use crate::escape::FILTERED;

/// A value that may have named values in it.
pub(crate) trait Nested {
    /// The values in it.
    type Inner: Nested<Inner = Self::Inner>;

    /// What it is made of.
    fn node(&self) -> Node<'_, Self::Inner>;
}

/// What a value is made of.
pub(crate) enum Node<'a, T> {
    Text(&'a str),
    /// A number, say.
    Plain(&'a dyn fmt::Display),
    List(Box<dyn Iterator<Item = &'a T> + 'a>),
    Map(Box<dyn Iterator<Item = (&'a str, &'a T)> + 'a>),
}

impl Nested for serde_json::Value {
    type Inner = Self;

    fn node(&self) -> Node<'_, Self> {
        match self {
            serde_json::Value::Array(items) => Node::List(Box::new(items.iter())),
            serde_json::Value::Object(fields) => Node::Map(Box::new(
                fields.iter().map(|(name, value)| (&**name, value)),
            )),
            serde_json::Value::String(text) => Node::Text(text),
            plain => Node::Plain(plain),
        }
    }
}

/// The part of a named value that is shown.
enum Part {
    All,
    None,
    /// What the names in it tell.
    Inner,
}

impl FilterParametersConfig {
    /// Whether this name may be that of a secret, whatever `keep` says: that of a header.
    pub(crate) fn is_secret(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let mut parts = self.contains.iter();
        parts.any(|part| name.contains(&part.to_ascii_lowercase()))
    }

    /// Whether the text of this parameter of a query is not shown. The name may be nested:
    /// `user[password]`.
    pub(crate) fn hides(&self, name: &str) -> bool {
        match &self.keep {
            Some(keep) => !name.split(['[', ']']).any(|name| keep.has(name)),
            None => self.is_secret(name),
        }
    }

    /// The value, without what is filtered, for its `Debug`.
    pub(crate) fn filtered<'a, T: Nested>(&'a self, value: &'a T) -> impl fmt::Debug + 'a {
        Filtered {
            filter: self,
            value,
            whole: false,
        }
    }

    fn part(&self, name: &str) -> Part {
        match &self.keep {
            Some(keep) if keep.has(name) => Part::All,
            None if self.is_secret(name) => Part::None,
            Some(_) | None => Part::Inner,
        }
    }
}

struct Filtered<'a, T> {
    filter: &'a FilterParametersConfig,
    value: &'a T,
    /// It is in a value that is kept.
    whole: bool,
}

impl<T: Nested> fmt::Debug for Filtered<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = |value, whole| Filtered {
            filter: self.filter,
            value,
            whole: self.whole || whole,
        };
        match self.value.node() {
            Node::Text(_) | Node::Plain(_) if !self.whole && self.filter.keep.is_some() => {
                FILTERED.fmt(f)
            }
            Node::Text(text) => fmt::Debug::fmt(text, f),
            Node::Plain(value) => value.fmt(f),
            Node::List(items) => f
                .debug_list()
                .entries(items.map(|item| inner(item, false)))
                .finish(),
            Node::Map(entries) => {
                let mut map = f.debug_map();
                for (name, value) in entries {
                    match self.filter.part(name) {
                        Part::None if !self.whole => map.entry(&name, &FILTERED),
                        Part::All => map.entry(&name, &inner(value, true)),
                        Part::Inner | Part::None => map.entry(&name, &inner(value, false)),
                    };
                }
                map.finish()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn shown(filter: &FilterParametersConfig, value: &serde_json::Value) -> String {
        format!("{:?}", filter.filtered(value))
    }

    #[test]
    fn what_may_be_secret_is_hidden_at_any_depth() {
        let value = json!({
            "name": "ann",
            "Password_again": "x",
            "user": { "api_token": { "id": 1 }, "tags": ["a", { "secret": 2 }] },
        });
        assert_eq!(
            shown(&FilterParametersConfig::default(), &value),
            r#"{"Password_again": "[FILTERED]", "name": "ann", "user": {"api_token": "[FILTERED]", "tags": ["a", {"secret": "[FILTERED]"}]}}"#
        );
    }

    #[test]
    fn all_but_kept_names_is_hidden() {
        let filter = FilterParametersConfig {
            keep: Some(["id", "page"].into()),
            ..FilterParametersConfig::default()
        };
        let value = json!({
            "id": 7,
            "ids": 8,
            "page": { "token": "kept with its page", "list": [1] },
            "user": { "id": 1, "name": "ann" },
            "list": ["a"],
        });
        assert_eq!(
            shown(&filter, &value),
            r#"{"id": 7, "ids": "[FILTERED]", "list": ["[FILTERED]"], "page": {"list": [1], "token": "kept with its page"}, "user": {"id": 1, "name": "[FILTERED]"}}"#
        );
        for (name, hidden) in [
            ("id", false),
            ("user[id]", false),
            ("page[x][]", false),
            ("user[name]", true),
        ] {
            assert_eq!(filter.hides(name), hidden, "{name}");
        }
        assert!(filter.is_secret("x-csrf-token"));
    }
}
