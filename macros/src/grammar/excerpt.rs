//! A value, and which part of it a message is about.

use std::fmt;

/// A longer value is not shown.
const LONGEST: usize = 120;

/// A value with carets below a part of it: two lines. A span cannot say which part of a literal is
/// meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Excerpt {
    pub(crate) value: String,
    /// In characters.
    start: usize,
    length: usize,
}

impl Excerpt {
    /// `part` is a slice of `value`. `None` if the lines would say nothing: the part is all of the
    /// value, or the value is too long to be shown.
    pub(crate) fn of(value: &str, part: &str) -> Option<Self> {
        let start = part
            .as_ptr()
            .addr()
            .checked_sub(value.as_ptr().addr())
            .filter(|start| start + part.len() <= value.len())?;
        let (before, part) = (value.get(..start)?, value.get(start..start + part.len())?);
        let columns = |text: &str| text.chars().map(|char| shown(char).chars().count()).sum();
        (part.len() < value.len() && value.len() <= LONGEST).then(|| Excerpt {
            value: value.chars().map(shown).collect(),
            start: columns(before),
            // At the end something is missing.
            length: columns(part).max(1),
        })
    }
}

/// A character that takes no place in a line, or breaks it, is escaped.
fn shown(char: char) -> String {
    match char.is_control() {
        true => char.escape_debug().collect(),
        false => char.to_string(),
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Excerpt {
            value,
            start,
            length,
        } = self;
        write!(f, "    {value}\n    {:start$}{:^<length$}", "", "")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(value: &str, part: std::ops::Range<usize>) -> Option<String> {
        Some(Excerpt::of(value, value.get(part)?)?.to_string())
    }

    #[test]
    fn carets_stand_below_the_part() {
        for (value, part, expected) in [
            (
                "//a.com:99999",
                8..13,
                "    //a.com:99999\n            ^^^^^",
            ),
            ("/ü/..", 4..6, "    /ü/..\n       ^^"),
            ("a\tb c", 3..4, "    a\\tb c\n        ^"),
            (
                "https://a.com:",
                14..14,
                "    https://a.com:\n                  ^",
            ),
        ] {
            assert_eq!(lines(value, part).as_deref(), Some(expected), "{value}");
        }
    }

    #[test]
    fn what_would_say_nothing_is_left_out() {
        assert_eq!(lines("abc", 0..3), None);
        let long = "a".repeat(LONGEST + 1);
        assert_eq!(lines(&long, 0..1), None);
        let (value, other) = ("abc".to_owned(), "b".to_owned());
        assert_eq!(Excerpt::of(&value, &other), None);
    }
}
