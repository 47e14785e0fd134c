//! What a check finds.

use super::{ConfigError, key::Key};

/// The result of a check. The error says which key it is about.
pub(super) enum Finding {
    /// The value cannot work.
    Error(ConfigError),
    /// The value works, but hardly as intended.
    Warning(ConfigError),
}

/// The results of a check: nothing, a warning, or an error.
pub(super) type Checked = Result<Option<ConfigError>, ConfigError>;

/// Collects findings.
#[derive(Default)]
pub(super) struct Findings(pub(super) Vec<Finding>);

impl Findings {
    pub(super) fn error(&mut self, key: Key<'_>, error: ConfigError) {
        self.0.push(Finding::Error(error.about(key.0)));
    }

    pub(super) fn warn(&mut self, key: Key<'_>, error: ConfigError) {
        self.0.push(Finding::Warning(error.about(key.0)));
    }

    /// The first error, without its key; warnings are left out.
    pub(super) fn first_error(self) -> Option<ConfigError> {
        self.0.into_iter().find_map(|finding| match finding {
            Finding::Error(error) => Some(error.about_no_key()),
            Finding::Warning(..) => None,
        })
    }

    /// Adds the result of a check.
    pub(super) fn add(&mut self, key: Key<'_>, result: Checked) {
        match result {
            Ok(warning) => warning
                .into_iter()
                .for_each(|warning| self.warn(key, warning)),
            Err(error) => self.error(key, error),
        }
    }
}
