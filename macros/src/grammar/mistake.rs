//! What is wrong with a value.

/// What is wrong with a value, and what helps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) text: String,
    pub(crate) help: Vec<String>,
}

impl Mistake {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Mistake {
            text: text.into(),
            help: Vec::new(),
        }
    }

    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
