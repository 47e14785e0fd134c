//! Names of parameters.

use super::Mistake;

/// Checks a name of a parameter, or a part of one.
pub(crate) fn check(name: &str) -> Result<(), Mistake> {
    match name.is_empty() {
        true => Err(Mistake::new("an empty text is a part of every name").help("remove it")),
        false => Ok(()),
    }
}
