//! A task, without the type of its future.

use std::{future::Future, pin::Pin};

/// A task of an endpoint's own.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Boxes what lives as long as its endpoint, or is rare. tokio has some hundred functions for each
/// type of future that is spawned, and every program would be linked with all of them.
pub(crate) fn boxed(task: impl Future<Output = ()> + Send + 'static) -> Task {
    Box::pin(task)
}

/// As [`boxed`] in a debug build only: for tasks that come with the messages of clients.
#[cfg(debug_assertions)]
pub(crate) fn boxed_in_debug(task: impl Future<Output = ()> + Send + 'static) -> Task {
    boxed(task)
}

#[cfg(not(debug_assertions))]
pub(crate) fn boxed_in_debug<F>(task: F) -> F {
    task
}
