//! Events of the application, around which the endpoint's instrumenters are called.

use std::{any::Any, future::Future};

use super::{
    Handle,
    instrumented::{self, Instrumented},
};
use crate::instrumenter::{CompileMeta, Instrumenters, Mark};

impl Handle {
    /// Runs a future as an event, and gives its result: the endpoint's
    /// [instrumenters](mod@crate::instrument) are called before and after it, in the order of the
    /// declaration. They find `metadata` by its type: see
    /// [`Start::get`](crate::instrument::Start::get).
    ///
    /// The starts are called at the first poll. A stop follows each start, once: when the future
    /// completes, or when it is dropped, after a panic too. Nothing is called for a future that is
    /// never polled. A stop is lost only with the process, or with a future that is leaked.
    ///
    /// [`instrument!`](crate::instrument!) is the same, and knows the module and the function.
    /// Without instrumenters, it costs nothing.
    ///
    /// ```
    /// # use landfall::{Endpoint, endpoint};
    /// # endpoint! { struct Shop; }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), landfall::Error> {
    /// # let shop = Shop::start().await?;
    /// struct Order(u64);
    ///
    /// let total = shop.instrument("checkout", Order(7), async { 42 }).await;
    /// assert_eq!(total, 42);
    /// # shop.shutdown().await }
    /// ```
    #[track_caller]
    pub fn instrument<F: Future>(
        &self,
        event: &'static str,
        metadata: impl Any + Send + Sync,
        future: F,
    ) -> Instrumented<F> {
        instrumented::instrument(self, event, metadata, future)
    }

    /// Calls a function as an event: see [`instrument`](Handle::instrument).
    ///
    /// ```
    /// # use landfall::{Endpoint, endpoint};
    /// # endpoint! { struct Shop; }
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), landfall::Error> {
    /// # let shop = Shop::start().await?;
    /// assert_eq!(shop.instrument_sync("total", (), || 1 + 2), 3);
    /// # shop.shutdown().await }
    /// ```
    #[track_caller]
    pub fn instrument_sync<T>(
        &self,
        event: &'static str,
        metadata: impl Any + Send + Sync,
        call: impl FnOnce() -> T,
    ) -> T {
        instrumented::instrument_sync(self, event, metadata, call)
    }

    #[inline]
    pub(crate) fn instrumenters(&self) -> &Instrumenters {
        const NONE: &Instrumenters = &Instrumenters::NONE;
        self.0.instrumenters.get().unwrap_or(NONE)
    }

    /// An event begins. Without instrumenters, nothing is called.
    pub(crate) fn begin(
        &self,
        event: &'static str,
        compile_meta: CompileMeta,
        metadata: &[&dyn Any],
    ) -> Mark {
        let instrumenters = self.instrumenters();
        if !instrumenters.any() {
            return Mark::NONE;
        }
        let values: Vec<_> = metadata.iter().copied().chain([self as &dyn Any]).collect();
        instrumenters.begin(event, compile_meta, &values)
    }
}
