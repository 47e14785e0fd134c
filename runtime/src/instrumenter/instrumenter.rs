//! What is called before and after events.

use std::{
    any::{Any, type_name},
    fmt,
    sync::Arc,
};

use super::{Start, Stop};
use crate::error::BoxError;

/// What is called before and after each event of an endpoint: `instrumenters(Timings::new());`.
///
/// What both callbacks do should be quick, and must not block: they run where the event happens.
/// One that fails or panics is logged as an error, and harms nothing. See
/// [`instrument`](mod@crate::instrument).
///
/// ```
/// use http::request::Parts;
/// use landfall::{BoxError, instrument::{Instrumenter, Start, Stop}, prelude::*};
///
/// struct Timings;
///
/// impl Instrumenter for Timings {
///     type Started = String;
///
///     fn takes(&self, event: &str) -> bool {
///         matches!(event, "phoenix_controller_call" | "checkout")
///     }
///
///     fn start(&self, start: &Start<'_>) -> Result<String, BoxError> {
///         Ok(match start.get::<Parts>() {
///             Some(request) => request.uri.path().to_owned(),
///             None => start.event().to_owned(),
///         })
///     }
///
///     fn stop(&self, stop: &Stop<'_>, what: Option<String>) -> Result<(), BoxError> {
///         println!("{} took {:?}", what.unwrap_or_default(), stop.duration());
///         Ok(())
///     }
/// }
///
/// endpoint! {
///     struct Shop;
///     instrumenters(Timings);
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an instrumenter",
    label = "expected a type that implements `Instrumenter`",
    note = "`instrumenters(..)` takes values of such types, or closures `|state| ..` that make them"
)]
pub trait Instrumenter: Send + Sync + 'static {
    /// What the start hands to the stop.
    type Started: Send + 'static;

    /// Whether it takes the events of this name; it is called for each. Default: all.
    fn takes(&self, event: &str) -> bool {
        let _ = event;
        true
    }

    /// An event begins.
    ///
    /// # Errors
    /// Whatever goes wrong: it is logged.
    fn start(&self, start: &Start<'_>) -> Result<Self::Started, BoxError>;

    /// An event ends. `started` is what its start has returned, `None` if that failed or panicked.
    ///
    /// # Errors
    /// Whatever goes wrong: it is logged.
    fn stop(&self, stop: &Stop<'_>, started: Option<Self::Started>) -> Result<(), BoxError>;
}

/// What a start has returned, without its type.
pub(super) type Started = Box<dyn Any + Send>;

/// An instrumenter without its type.
pub(super) trait Erased: Send + Sync {
    fn name(&self) -> &'static str;
    fn takes(&self, event: &str) -> bool;
    fn start(&self, start: &Start<'_>) -> Result<Started, BoxError>;
    fn stop(&self, stop: &Stop<'_>, started: Option<Started>) -> Result<(), BoxError>;
}

impl<I: Instrumenter> Erased for I {
    fn name(&self) -> &'static str {
        type_name::<I>()
    }

    fn takes(&self, event: &str) -> bool {
        Instrumenter::takes(self, event)
    }

    fn start(&self, start: &Start<'_>) -> Result<Started, BoxError> {
        Ok(Box::new(Instrumenter::start(self, start)?))
    }

    fn stop(&self, stop: &Stop<'_>, started: Option<Started>) -> Result<(), BoxError> {
        let started = started.and_then(|started| started.downcast().ok());
        Instrumenter::stop(self, stop, started.map(|started| *started))
    }
}

/// The instrumenters of an endpoint, in the order in which they are called. Cloning it is cheap.
///
/// [`Endpoint::instrumenters`](crate::Endpoint::instrumenters) returns it.
#[derive(Clone, Default)]
pub struct Instrumenters(pub(super) Option<Arc<[Arc<dyn Erased>]>>);

impl Instrumenters {
    /// None: events cost nothing.
    pub const NONE: Instrumenters = Instrumenters(None);

    /// One more, which is called after the others.
    #[must_use]
    pub fn with(self, instrumenter: impl Instrumenter) -> Self {
        let mut all = self.0.map(|all| all.to_vec()).unwrap_or_default();
        all.push(Arc::new(instrumenter));
        Instrumenters(Some(all.into()))
    }
}

impl fmt::Debug for Instrumenters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.0.iter().flat_map(|all| all.iter());
        f.debug_list()
            .entries(all.map(|instrumenter| instrumenter.name()))
            .finish()
    }
}
