//! Names of parameters: the kind of values that `filter_parameters` takes.

use super::{
    ConfigError,
    finding::Findings,
    item::Item,
    key::Key,
    value::{Value, listed, strings},
};
use crate::grammar;

/// Names of parameters, or parts of names.
///
/// ```
/// use landfall::config::ParameterNames;
///
/// let names = ParameterNames::from(["password", "iban"]);
/// assert_eq!(names.iter().count(), 2);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParameterNames(Vec<String>);

impl ParameterNames {
    /// The names.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.iter().any(|kept| kept == name)
    }
}

impl<S: Into<String>, const N: usize> From<[S; N]> for ParameterNames {
    fn from(names: [S; N]) -> Self {
        names.into_iter().collect()
    }
}

impl From<&[&str]> for ParameterNames {
    fn from(names: &[&str]) -> Self {
        names.iter().copied().collect()
    }
}

impl<S: Into<String>> From<Vec<S>> for ParameterNames {
    fn from(names: Vec<S>) -> Self {
        names.into_iter().collect()
    }
}

impl<S: Into<String>> FromIterator<S> for ParameterNames {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> Self {
        ParameterNames(names.into_iter().map(Into::into).collect())
    }
}

impl Value for ParameterNames {
    const TAKES: &'static str = "a list";

    /// Commas separate several names.
    fn from_text(_: Key<'_>, text: String) -> Result<Self, ConfigError> {
        Ok(listed(&text).collect())
    }

    fn from_item(key: Key<'_>, value: &Item) -> Option<Result<Self, ConfigError>> {
        match value {
            Item::Array(list) => Some(strings(key, list).map(Self::from)),
            _ => None,
        }
    }

    fn check(&self, key: Key<'_>, found: &mut Findings) {
        for mistake in self
            .iter()
            .filter_map(|name| grammar::parameter::check(name).err())
        {
            found.error(key, mistake.into());
        }
    }
}
