//! What `init` returns.

use crate::{config::Config, error::BoxError, socket::returned::Failure};

/// What `init` of [`endpoint!`](macro@crate::endpoint) may return: the configuration, or a `Result`
/// of it.
///
/// An alias works too, such as `anyhow::Result<Config>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a result of `init`",
    label = "expected `Config`, or a `Result` of it",
    note = "`init` returns `Config`, or `Result<Config, E>` with `ConfigError` or another error"
)]
pub trait IntoConfig {
    /// The configuration.
    ///
    /// # Errors
    /// The error that `init` failed with.
    fn into_config(self) -> Result<Config, BoxError>;
}

impl IntoConfig for Config {
    fn into_config(self) -> Result<Config, BoxError> {
        Ok(self)
    }
}

impl<E: Failure> IntoConfig for Result<Config, E> {
    fn into_config(self) -> Result<Config, BoxError> {
        self.map_err(E::into_error)
    }
}
