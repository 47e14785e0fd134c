//! Names of parameters: the kind of values that `filter_parameters` takes.

use super::{
    ConfigError,
    finding::Findings,
    item::Item,
    key::Key,
    list_of_names::list_of_names,
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

list_of_names!(ParameterNames, grammar::parameter::check);
