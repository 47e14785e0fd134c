//! Memory of futures, used again and again.
//!
//! A callback's future is as large as the application makes it, and an idle connection has none.
//! A worker keeps one place for each kind: most callbacks return at once, and leave it for the next
//! one.

use std::{
    any::Any,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

/// So many kinds of futures a worker keeps a place for.
const KINDS: usize = 8;
/// No larger place is kept, in bytes.
const LARGEST: usize = 16 * 1024;

pin_project! {
    /// A place for a future.
    pub(super) struct Slot<F> {
        #[pin]
        future: Option<F>,
    }
}

/// A place that may be there.
pub(super) type Spare<F> = Option<Pin<Box<Slot<F>>>>;

impl<F> Slot<F> {
    /// The spare place, or a new one.
    pub(super) fn of(spare: &mut Spare<F>) -> Pin<&mut Self> {
        spare
            .get_or_insert_with(|| Box::pin(Slot { future: None }))
            .as_mut()
    }

    /// Drops what is in the place, and puts a future there.
    pub(super) fn fill(self: Pin<&mut Self>, future: F) {
        self.project().future.set(Some(future));
    }
}

/// An empty place is never ready.
impl<F: Future> Future for Slot<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match self.project().future.as_pin_mut() {
            Some(future) => future.poll(cx),
            None => Poll::Pending,
        }
    }
}

/// The places that a worker keeps.
#[derive(Default)]
pub(super) struct Spares(Vec<Box<dyn Any>>);

impl Spares {
    /// Calls `use_it` with the place for futures of this kind.
    pub(super) fn with<F: 'static, T>(&mut self, use_it: impl FnOnce(&mut Spare<F>) -> T) -> T {
        let Spares(places) = self;
        if size_of::<F>() > LARGEST {
            return use_it(&mut None);
        }
        if let Some(spare) = places.iter_mut().find_map(|place| place.downcast_mut()) {
            return use_it(spare);
        }
        let mut spare = None;
        let result = use_it(&mut spare);
        if places.len() == KINDS {
            places.remove(0);
        }
        places.push(Box::new(spare));
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fills the place for futures like this one, and polls it.
    fn run<F: Future + 'static>(
        spares: &mut Spares,
        future: F,
    ) -> (*const Slot<F>, Poll<F::Output>) {
        spares.with(|spare: &mut Spare<F>| {
            let mut slot = Slot::of(spare);
            slot.as_mut().fill(future);
            let poll = slot
                .as_mut()
                .poll(&mut Context::from_waker(std::task::Waker::noop()));
            (&raw const *slot, poll)
        })
    }

    #[test]
    fn futures_of_a_kind_use_the_same_place() {
        let add = |a: u32, b: u32| async move { a + b };
        let mut spares = Spares::default();
        let (first, sum) = run(&mut spares, add(1, 2));
        assert_eq!(sum, Poll::Ready(3));
        let (_, other) = run(&mut spares, async { "another kind" });
        assert_eq!(other, Poll::Ready("another kind"));
        let (second, sum) = run(&mut spares, add(3, 4));
        assert_eq!((second, sum), (first, Poll::Ready(7)));
    }

    #[test]
    fn few_kinds_are_kept_and_no_large_one() {
        fn kind<const N: usize>(spares: &mut Spares) {
            let bytes = [1u8; N];
            let length = async move { bytes.len() };
            assert_eq!(run(spares, length).1, Poll::Ready(N));
        }
        let mut spares = Spares::default();
        kind::<{ 2 * LARGEST }>(&mut spares);
        assert!(spares.0.is_empty());
        kind::<1>(&mut spares);
        kind::<2>(&mut spares);
        kind::<3>(&mut spares);
        kind::<4>(&mut spares);
        kind::<5>(&mut spares);
        kind::<6>(&mut spares);
        kind::<7>(&mut spares);
        kind::<8>(&mut spares);
        kind::<9>(&mut spares);
        assert_eq!(spares.0.len(), KINDS);
    }
}
