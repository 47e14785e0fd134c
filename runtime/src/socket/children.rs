//! Tasks that belong to a socket type.

use std::{fmt, future::Future, pin::Pin};

use crate::handle::Handle;

type Start = Box<dyn Fn(Handle) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

/// Collects the tasks of a socket type: see [`Socket::children`](crate::Socket::children).
///
/// A child that returns is done. A child that panics is started again, at most three times in five
/// seconds. Past that the endpoint stops, because a necessary part of it cannot run.
#[derive(Default)]
pub struct Children(Vec<ChildSpec>);

/// A child, not started yet.
pub(crate) struct ChildSpec {
    pub(crate) name: &'static str,
    pub(crate) start: Start,
}

impl Children {
    /// Adds a task. `start` is called with the handle of the running endpoint: once, and again
    /// after each panic.
    pub fn add<F, Fut>(&mut self, name: &'static str, start: F)
    where
        F: Fn(Handle) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.0.push(ChildSpec {
            name,
            start: Box::new(move |handle| Box::pin(start(handle))),
        });
    }

    pub(crate) fn into_specs(self) -> Vec<ChildSpec> {
        self.0
    }
}

impl fmt::Debug for Children {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.0.iter().map(|child| child.name))
            .finish()
    }
}
