//! Entries of `check_origin` in a configuration.

use super::{ConfigError, finding::Checked};
use crate::{grammar::origin as grammar, origin::Pattern};

/// Checks the list of a mount.
pub(crate) fn check_list(list: &[&str]) -> Vec<ConfigError> {
    let empty = list.is_empty().then(empty_list);
    let wrong = list.iter().filter_map(|entry| check(entry).err());
    empty.into_iter().chain(wrong).collect()
}

pub(super) fn empty_list() -> ConfigError {
    grammar::empty_list().into()
}

/// Checks one entry, such as `"//*.example.com:888"`.
pub(super) fn check(entry: &str) -> Checked {
    Pattern::parse(entry)?;
    let entry = grammar::parse(entry)?;
    let unwanted = grammar::public_suffix(&entry).or_else(|| grammar::default_port(&entry));
    Ok(unwanted.map(Into::into))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn all_that_is_wrong_with_a_list_is_said() {
        assert_eq!(check_list(&[]).len(), 1);
        assert_eq!(check_list(&["a", "//b.com", "c"]).len(), 2);
    }

    proptest! {
        #[test]
        fn never_panics(entry in "(https?:|ws:|app:)?/{0,2}[\\[\\]*.:a-zß@/ 0-9]{0,20}") {
            let _ = check(&entry);
        }
    }
}
