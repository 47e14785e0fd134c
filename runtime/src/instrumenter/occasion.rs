//! The arguments of an instrumenter's callbacks.

use std::{any::Any, fmt, time::Duration};

use super::CompileMeta;

/// An event that begins.
pub struct Start<'a> {
    pub(super) event: &'static str,
    pub(super) compile_meta: &'a CompileMeta,
    pub(super) values: &'a [&'a dyn Any],
}

impl<'a> Start<'a> {
    /// The name of the event.
    pub fn event(&self) -> &'static str {
        self.event
    }

    /// Where in the code it is.
    pub fn compile_meta(&self) -> &'a CompileMeta {
        self.compile_meta
    }

    /// What is known of it, by type: a [`Handle`](crate::Handle), and what is said of [each
    /// event](mod@crate::instrument#events), or what the application has given with its own.
    pub fn get<T: 'static>(&self) -> Option<&'a T> {
        self.values.iter().find_map(|value| value.downcast_ref())
    }
}

impl fmt::Debug for Start<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Start")
            .field("event", &self.event)
            .field("compile_meta", &self.compile_meta)
            .finish_non_exhaustive()
    }
}

/// An event that ends.
#[derive(Debug)]
pub struct Stop<'a> {
    pub(super) event: &'static str,
    pub(super) compile_meta: &'a CompileMeta,
    pub(super) duration: Duration,
    pub(super) completed: bool,
}

impl<'a> Stop<'a> {
    /// The name of the event.
    pub fn event(&self) -> &'static str {
        self.event
    }

    /// Where in the code it is.
    pub fn compile_meta(&self) -> &'a CompileMeta {
        self.compile_meta
    }

    /// How long it took: from when all instrumenters had started to when the first is to stop.
    pub fn duration(&self) -> Duration {
        self.duration
    }

    /// Whether there is a result. `false` if the future was dropped, or there was a panic.
    pub fn completed(&self) -> bool {
        self.completed
    }
}
