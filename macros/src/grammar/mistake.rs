//! What is wrong with a value.

use super::Excerpt;

/// What is wrong with a value, and what helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) text: String,
    pub(crate) help: Vec<String>,
    /// Where it is in the value, for those who show that.
    pub(crate) excerpt: Option<Excerpt>,
}

impl Mistake {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Mistake {
            text: text.into(),
            help: Vec::new(),
            excerpt: None,
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// The part of the value that is wrong, a slice of it.
    pub(super) fn at(mut self, value: &str, part: &str) -> Self {
        self.excerpt = Excerpt::of(value, part);
        self
    }
}
