//! The task of a connection: HTTP, and then what has taken the connection over.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll, ready},
};

use crate::stream::Taken;

/// HTTP on a connection. It returns what has taken the connection over, if anything has.
type Http = Pin<Box<dyn Future<Output = Option<Taken>> + Send>>;

/// The task of a connection. The runtime rounds the size of a task up to a multiple of 128 bytes,
/// so what a stage needs stands beside it, and is free once the stage is over.
pub(super) enum Task {
    Http(Http),
    Taken(Taken),
}

impl Task {
    pub(super) fn new(http: impl Future<Output = Option<Taken>> + Send + 'static) -> Self {
        Task::Http(Box::pin(http))
    }
}

impl Future for Task {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        loop {
            let taken = match &mut *self {
                Task::Http(http) => ready!(http.as_mut().poll(cx)),
                Task::Taken(taken) => return taken.as_mut().poll(cx),
            };
            let Some(taken) = taken else {
                return Poll::Ready(());
            };
            *self = Task::Taken(taken);
        }
    }
}
