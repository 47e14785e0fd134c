//! Values of a mount that need not be known before the start.

use std::{
    env::{self, VarError},
    time::Duration,
};

use tracing::Level;

use super::{ConfigError, Provenance, finding::Findings, key::Key, value::Value};

/// A value of a declaration that is part of the binary, or known when the endpoint starts.
///
/// ```
/// use landfall::{config::AtStart, mount::DrainerOptions};
///
/// const DRAINER: DrainerOptions = DrainerOptions {
///     batch_size: AtStart::Variable("BATCH_SIZE", Some(|| 1_000)),
///     shutdown: AtStart::Function(|| std::time::Duration::from_secs(10)),
///     ..DrainerOptions::DEFAULT
/// };
/// # let _ = DRAINER;
/// ```
#[derive(Clone, Copy, Debug)]
pub enum AtStart<T> {
    /// A constant.
    Value(T),
    /// What a function returns. It is called once, at the start.
    Function(fn() -> T),
    /// An environment variable, read at the start, and what stands in for it. Without that, it is
    /// an error if the variable is not set.
    Variable(&'static str, Option<fn() -> T>),
}

/// A kind of value that is read at the start.
pub(crate) trait AtStartValue: Sized {
    fn of_text(key: &str, text: String) -> Result<Self, ConfigError>;

    /// The value, if nothing is wrong with it.
    fn right(self, key: &str) -> Result<Self, ConfigError>;
}

impl<T: Copy> AtStart<T> {
    /// The value of the key.
    ///
    /// # Errors
    /// If the variable is not set, or the value is wrong.
    pub(crate) fn read(&self, key: &str) -> Result<T, ConfigError>
    where
        T: AtStartValue,
    {
        let value = match *self {
            AtStart::Value(value) => value,
            AtStart::Function(value) => value(),
            AtStart::Variable(name, default) => match (env::var(name), default) {
                (Ok(text), _) => {
                    let source = Provenance::Env(name);
                    let value = T::of_text(key, text).and_then(|value| value.right(key));
                    return value.map_err(|error| error.from(source));
                }
                (Err(VarError::NotPresent), Some(default)) => default(),
                (Err(VarError::NotPresent), None) => {
                    return Err(ConfigError::not_set(name).help(format!(
                        "set it, or say what stands in for it: `env(\"{name}\").or(..)`"
                    )));
                }
                (Err(VarError::NotUnicode(_)), _) => {
                    return Err(ConfigError::new(format!("`{name}` is not UTF-8")));
                }
            },
        };
        value.right(key)
    }
}

macro_rules! read_as_a_setting {
    ($($kind:ty),*) => {$(
        impl AtStartValue for $kind {
            fn of_text(key: &str, text: String) -> Result<Self, ConfigError> {
                Value::from_text(Key(key), text)
            }

            fn right(self, key: &str) -> Result<Self, ConfigError> {
                let mut found = Findings::default();
                self.check(Key(key), &mut found);
                found.first_error().map_or(Ok(self), Err)
            }
        }
    )*};
}

read_as_a_setting!(usize, Duration);

/// The level of a line in the log; `None` is silent.
impl AtStartValue for Option<Level> {
    fn of_text(key: &str, text: String) -> Result<Self, ConfigError> {
        Ok(Some(match text.as_str() {
            "false" => return Ok(None),
            "error" => Level::ERROR,
            "warn" => Level::WARN,
            "info" => Level::INFO,
            "debug" => Level::DEBUG,
            "trace" => Level::TRACE,
            _ => {
                let error = ConfigError::new(format!("`{key}` takes a level, not `{text:?}`"));
                return Err(error.help("`error`, `warn`, `info`, `debug`, `trace` or `false`"));
            }
        }))
    }

    fn right(self, _: &str) -> Result<Self, ConfigError> {
        Ok(self)
    }
}
