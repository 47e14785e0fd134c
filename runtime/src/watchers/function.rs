//! A function that runs as a watcher.

use std::{fmt, future::Future, pin::Pin};

use crate::{error::BoxError, socket::returned::Failure};

/// One run of a function.
pub(super) type Run = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

/// A function of `watchers(..)`. The declaration makes it.
pub struct WatchFunction(Box<dyn Fn() -> Run + Send + Sync>);

impl WatchFunction {
    /// A function that is called for each run.
    pub fn new<F>(start: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output: Watched> + Send + 'static,
    {
        let start = move || -> Run {
            let run = start();
            Box::pin(async move { run.await.into_watched() })
        };
        WatchFunction(Box::new(start))
    }

    pub(super) fn start(&self) -> Run {
        (self.0)()
    }
}

impl fmt::Debug for WatchFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WatchFunction")
    }
}

/// How a function of `watchers(..)` may end: with `()`, or with a `Result`. After an error it is
/// called again.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not how a watcher ends",
    label = "expected `()`, or a `Result` of it"
)]
pub trait Watched {
    /// Whether it has failed.
    ///
    /// # Errors
    /// The error that it failed with.
    fn into_watched(self) -> Result<(), BoxError>;
}

impl Watched for () {
    fn into_watched(self) -> Result<(), BoxError> {
        Ok(())
    }
}

impl<E: Failure> Watched for Result<(), E> {
    fn into_watched(self) -> Result<(), BoxError> {
        self.map_err(E::into_error)
    }
}
