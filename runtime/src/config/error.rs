//! The errors of a configuration, and the sources of its values.

use std::{error::Error as StdError, fmt, panic::Location, path::PathBuf, sync::Arc};

use crate::{causes, feature::Feature, grammar::Mistake};

/// The source of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provenance {
    /// No layer sets the key.
    Default,
    /// The declaration of the endpoint.
    Macro(&'static Location<'static>),
    /// A mount's declaration.
    Mount(&'static Location<'static>),
    /// A line of the configuration file.
    File {
        /// The file.
        path: PathBuf,
        /// Its line, counted from 1.
        line: usize,
    },
    /// An environment variable.
    Env(&'static str),
    /// The options given at start.
    Options,
    /// The endpoint's `init`.
    Init,
}

impl fmt::Display for Provenance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Provenance::Default => f.write_str("the defaults"),
            Provenance::Macro(at) => write!(f, "macro at {}:{}", at.file(), at.line()),
            Provenance::Mount(at) => write!(f, "mount at {}:{}", at.file(), at.line()),
            Provenance::File { path, line } => write!(f, "{}:{line}", path.display()),
            Provenance::Env(variable) => write!(f, "env {variable}"),
            Provenance::Options => f.write_str("start options"),
            Provenance::Init => f.write_str("init"),
        }
    }
}

/// An error in a configuration, from the endpoint's own checks or from an `init`.
///
/// ```
/// use landfall::{config::{Config, ConfigError}};
///
/// fn init(config: Config) -> Result<Config, ConfigError> {
///     if config.secret_key_base.is_none() {
///         return Err(ConfigError::new("the vault has no key").help("run `vault unseal`"));
///     }
///     Ok(config)
/// }
/// # let _ = init;
/// ```
#[derive(Clone, Debug)]
pub struct ConfigError {
    message: String,
    key: Option<String>,
    source: Option<Provenance>,
    help: Vec<String>,
    cause: Option<Arc<dyn StdError + Send + Sync>>,
}

impl ConfigError {
    /// An error with this message: lower case, no full stop, code in backticks.
    pub fn new(message: impl Into<String>) -> Self {
        ConfigError {
            message: message.into(),
            key: None,
            source: None,
            help: Vec::new(),
            cause: None,
        }
    }

    /// The error of an environment variable that is needed.
    pub(super) fn not_set(variable: &str) -> Self {
        ConfigError::new(format!("the environment variable `{variable}` is not set"))
    }

    /// Adds its cause, for [`source`](StdError::source).
    pub(super) fn caused_by(mut self, cause: impl StdError + Send + Sync + 'static) -> Self {
        self.cause = Some(Arc::new(cause));
        self
    }

    /// The error of `init`: its own `ConfigError`, or an error of the application with its causes.
    pub(crate) fn of_init(error: Box<dyn StdError + Send + Sync>) -> Self {
        let error = match error.downcast::<ConfigError>() {
            Ok(finding) => return *finding,
            Err(error) => error,
        };
        let said: Vec<_> = causes::chain(&*error).map(ToString::to_string).collect();
        let message = said.join(": ");
        ConfigError {
            cause: Some(Arc::from(error)),
            ..ConfigError::new(message)
        }
    }

    /// Adds a line of help: what to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Makes this an error in the declaration of a mount.
    pub(crate) fn of_mount(
        self,
        key: &str,
        path: &str,
        location: &'static Location<'static>,
    ) -> Self {
        self.at(&format!("{key} of {path}"), Provenance::Mount(location))
    }

    /// Says which key it is about, unless it says so already.
    pub(crate) fn about(mut self, key: impl Into<String>) -> Self {
        self.key.get_or_insert_with(|| key.into());
        self
    }

    /// Leaves it to the caller to say which key it is about.
    pub(super) fn about_no_key(mut self) -> Self {
        self.key = None;
        self
    }

    pub(super) fn at(self, key: &str, source: Provenance) -> Self {
        self.about(key).from(source)
    }

    pub(super) fn from(mut self, source: Provenance) -> Self {
        self.source.get_or_insert(source);
        self
    }

    /// The message.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The key, such as `"url.port"`.
    pub fn key(&self) -> Option<&str> {
        self.key.as_deref()
    }

    /// The source of its value.
    pub fn provenance(&self) -> Option<&Provenance> {
        self.source.as_ref()
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match (&self.key, &self.source) {
            (Some(key), Some(source)) => write!(f, " (`{key}` from {source})")?,
            (None, Some(source)) => write!(f, " (from {source})")?,
            (_, None) => {}
        }
        self.help
            .iter()
            .try_for_each(|help| write!(f, "\n  help: {help}"))
    }
}

impl StdError for ConfigError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let cause = self.cause.as_deref()?;
        Some(cause)
    }
}

impl From<Mistake> for ConfigError {
    fn from(Mistake { text, help, .. }: Mistake) -> Self {
        help.into_iter()
            .fold(ConfigError::new(text), ConfigError::help)
    }
}

/// The error for a key that needs it.
impl From<Feature> for ConfigError {
    fn from(feature: Feature) -> Self {
        ConfigError::new(feature.text).help(feature.help)
    }
}

/// All errors in a configuration, displayed as a list.
#[derive(Debug)]
pub struct ConfigErrors {
    endpoint: &'static str,
    errors: Vec<ConfigError>,
}

impl ConfigErrors {
    pub(crate) fn new(endpoint: &'static str, errors: Vec<ConfigError>) -> Self {
        ConfigErrors { endpoint, errors }
    }

    /// The errors, in the order of the keys.
    pub fn iter(&self) -> std::slice::Iter<'_, ConfigError> {
        self.errors.iter()
    }
}

impl<'a> IntoIterator for &'a ConfigErrors {
    type Item = &'a ConfigError;
    type IntoIter = std::slice::Iter<'a, ConfigError>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for ConfigErrors {
    type Item = ConfigError;
    type IntoIter = std::vec::IntoIter<ConfigError>;

    fn into_iter(self) -> Self::IntoIter {
        self.errors.into_iter()
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the configuration of `{}` is wrong", self.endpoint)?;
        for error in &self.errors {
            write!(f, "\n\n{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}
