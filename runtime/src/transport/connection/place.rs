//! The place of a callback's future.
//!
//! In a debug build, whatever names the type of a callback's future is compiled again after each
//! change in the callback, with the description of each type that contains it. There, what runs a
//! callback knows it as a trait object ([`without_type`]). An optimized build knows the type, and
//! pays for no such call.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::end::End;
use crate::socket::Flow;

/// A callback that runs where it is.
pub(super) trait Run: Send {
    /// Polls the callback; the first time, makes its future. How it ends the connection, if it does.
    fn run(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Box<End>>>;

    /// Drops what is in the place.
    fn clear(self: Pin<&mut Self>);
}

pin_project! {
    /// A place for the future that `make` makes. It is never moved: it may be large.
    #[project = Placed]
    pub(super) enum Place<M, F> {
        Fresh { make: Option<M> },
        Running { #[pin] future: F },
        Over,
    }
}

/// The place without its type.
#[cfg(debug_assertions)]
pub(super) fn without_type<'a>(place: Pin<&'a mut (dyn Run + 'a)>) -> Pin<&'a mut (dyn Run + 'a)> {
    place
}

#[cfg(not(debug_assertions))]
pub(super) fn without_type<R: Run>(place: Pin<&mut R>) -> Pin<&mut R> {
    place
}

impl<M: FnOnce() -> Option<F>, F: Future<Output = Flow>> Place<M, F> {
    pub(super) fn new(make: M) -> Self {
        Place::Fresh { make: Some(make) }
    }
}

impl<M, F> Run for Place<M, F>
where
    M: FnOnce() -> Option<F> + Send,
    F: Future<Output = Flow> + Send,
{
    #[inline]
    fn run(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Box<End>>> {
        if let Placed::Fresh { make } = self.as_mut().project()
            && let Some(make) = make.take()
            && let Some(future) = make()
        {
            self.set(Place::Running { future });
        }
        let Placed::Running { future } = self.as_mut().project() else {
            return Poll::Pending;
        };
        match future.poll(cx) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(flow) => {
                self.set(Place::Over);
                Poll::Ready(End::of(flow))
            }
        }
    }

    fn clear(mut self: Pin<&mut Self>) {
        self.set(Place::Over);
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, sync::Arc, task::Waker};

    use super::*;

    #[test]
    fn a_future_is_made_in_its_place_and_dropped_when_it_has_ended() {
        let cx = &mut Context::from_waker(Waker::noop());
        let held = Arc::new(());
        let given = held.clone();
        let mut waits = true;
        let make = || {
            Some(async move {
                std::future::poll_fn(|_| match std::mem::take(&mut waits) {
                    true => Poll::Pending,
                    false => Poll::Ready(()),
                })
                .await;
                drop(given.clone());
                Flow::stop()
            })
        };
        let mut place = pin!(Place::new(make));
        assert!(place.as_mut().run(cx).is_pending());
        assert_eq!(Arc::strong_count(&held), 2);
        assert!(matches!(place.as_mut().run(cx), Poll::Ready(Some(_))));
        assert_eq!(Arc::strong_count(&held), 1);
        assert!(place.as_mut().run(cx).is_pending(), "it is over");
    }

    #[test]
    fn what_is_in_a_place_is_dropped_when_it_is_cleared() {
        let cx = &mut Context::from_waker(Waker::noop());
        let held = Arc::new(());
        let given = held.clone();
        let make = || {
            Some(async move {
                std::future::pending::<()>().await;
                drop(given);
                Flow::Continue
            })
        };
        let mut place = pin!(Place::new(make));
        assert!(place.as_mut().run(cx).is_pending());
        place.as_mut().clear();
        assert_eq!(Arc::strong_count(&held), 1);
    }
}
