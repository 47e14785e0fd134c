//! Names of parameters.

use super::Mistake;

/// Checks a name of a parameter, or a part of one.
pub(crate) fn check(name: &str) -> Result<(), Mistake> {
    match name.is_empty() {
        true => Err(Mistake::new("an empty text is a part of every name").help("remove it")),
        false => Ok(()),
    }
}

/// Any name.
pub(crate) fn any(_: &str) -> Result<(), Mistake> {
    Ok(())
}

/// Checks the name of an attribute of HTML.
pub(crate) fn attribute(name: &str) -> Result<(), Mistake> {
    let ends = |char: char| char.is_whitespace() || char.is_control() || "\"'<>/=".contains(char);
    match name.is_empty() || name.contains(ends) {
        true => {
            let text = format!("`{}` is no name of an attribute", name.escape_debug());
            let wrong = name.matches(ends).next().unwrap_or(name);
            Err(Mistake::new(text).at(name, wrong).help("such as `class`"))
        }
        false => Ok(()),
    }
}
