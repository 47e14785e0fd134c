//! A future, or a call, as an event.

use std::{
    any::Any,
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use pin_project_lite::pin_project;

use super::{Handle, HasEndpoint};
use crate::instrumenter::{CompileMeta, Mark};

/// Runs a future as an event of the endpoint that is found in `of`, such as a request, and gives
/// its result: see [`Handle::instrument`]. If none is found, no instrumenter is called.
///
/// ```
/// use http::Request;
/// use landfall::instrument::instrument;
///
/// async fn checkout<B>(request: &Request<B>) -> u32 {
///     instrument(request, "checkout", (), async { 42 }).await
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # assert_eq!(checkout(&Request::new(())).await, 42);
/// # }
/// ```
#[track_caller]
pub fn instrument<F: Future>(
    of: &(impl HasEndpoint + ?Sized),
    event: &'static str,
    metadata: impl Any + Send + Sync,
    future: F,
) -> Instrumented<F> {
    instrument_at(of, CompileMeta::of_caller(), event, metadata, future)
}

/// Calls a function as an event: see [`instrument`].
///
/// ```
/// use http::request::Parts;
/// use landfall::instrument::instrument_sync;
///
/// fn total(request: &Parts, prices: &[u32]) -> u32 {
///     instrument_sync(request, "total", prices.len(), || prices.iter().sum())
/// }
/// # let (parts, ()) = http::Request::new(()).into_parts();
/// # assert_eq!(total(&parts, &[1, 2]), 3);
/// ```
#[track_caller]
pub fn instrument_sync<T>(
    of: &(impl HasEndpoint + ?Sized),
    event: &'static str,
    metadata: impl Any + Send + Sync,
    call: impl FnOnce() -> T,
) -> T {
    let compile_meta = CompileMeta::of_caller();
    let mark = of.endpoint().map_or(Mark::NONE, |handle| {
        handle.begin(event, compile_meta, &[&metadata])
    });
    let result = call();
    mark.end(true);
    result
}

/// What [`instrument!`](crate::instrument!) calls.
#[doc(hidden)]
pub fn instrument_at<F: Future>(
    of: &(impl HasEndpoint + ?Sized),
    compile_meta: CompileMeta,
    event: &'static str,
    metadata: impl Any + Send + Sync,
    future: F,
) -> Instrumented<F> {
    let handle = of.endpoint().filter(|handle| handle.instrumenters().any());
    let waiting = handle.map(|handle| {
        Box::new(Waiting {
            handle: handle.clone(),
            event,
            compile_meta,
            metadata: Box::new(metadata),
        })
    });
    Instrumented {
        future,
        waiting,
        mark: None,
    }
}

/// An event that has not begun.
struct Waiting {
    handle: Handle,
    event: &'static str,
    compile_meta: CompileMeta,
    metadata: Box<dyn Any + Send + Sync>,
}

pin_project! {
    /// A future as an event: what [`Handle::instrument`] returns.
    pub struct Instrumented<F> {
        // It is dropped before the mark: the stops come last.
        #[pin]
        future: F,
        waiting: Option<Box<Waiting>>,
        mark: Option<Mark>,
    }
}

impl<F: Future> Future for Instrumented<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if let Some(waiting) = this.waiting.take() {
            let Waiting {
                handle,
                event,
                compile_meta,
                metadata,
            } = *waiting;
            *this.mark = Some(handle.begin(event, compile_meta, &[&*metadata]));
        }
        let output = ready!(this.future.poll(cx));
        if let Some(mark) = this.mark.take() {
            mark.end(true);
        }
        Poll::Ready(output)
    }
}

impl<F> fmt::Debug for Instrumented<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Instrumented")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{config::Config, pubsub::PubSub, state::AppState};

    #[tokio::test]
    async fn without_instrumenters_nothing_is_kept() {
        let handle = Handle::new("Web", Config::default(), PubSub::new(), AppState::default());
        let event = handle.instrument("event", [0; 64], async { 7 });
        assert!(event.waiting.is_none() && event.mark.is_none());
        assert_eq!(event.await, 7);
    }
}
