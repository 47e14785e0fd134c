//! Bounds the memory of all broadcasts that wait for delivery, in bytes.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

/// What a broadcast costs on top of its bytes.
const BOOKKEEPING: usize = 256;

/// The bytes of a `PubSub`'s broadcasts: what was published, and every form that was rendered from
/// it.
#[derive(Debug)]
pub(super) struct Budget {
    limit: usize,
    taken: AtomicUsize,
}

/// A share of the budget. Dropping it gives the share back.
#[derive(Debug)]
pub(super) struct Share {
    budget: Arc<Budget>,
    bytes: AtomicUsize,
}

impl Budget {
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Budget {
            limit,
            taken: AtomicUsize::new(0),
        })
    }

    #[cfg(feature = "metrics")]
    pub(super) fn taken(&self) -> usize {
        self.taken.load(Relaxed)
    }

    pub(super) fn limit(&self) -> usize {
        self.limit
    }

    /// An empty share.
    pub(super) fn share(self: &Arc<Self>) -> Share {
        Share {
            budget: self.clone(),
            bytes: AtomicUsize::new(0),
        }
    }
}

impl Share {
    /// Takes `bytes` bytes if the total stays within the limit, or if nothing else is taken.
    pub(super) fn take(&self, bytes: usize) -> bool {
        let (bytes, own, limit) = (
            bytes + BOOKKEEPING,
            self.bytes.load(Relaxed),
            self.budget.limit,
        );
        let fits = |taken: usize| {
            let sum = taken.saturating_add(bytes);
            (sum <= limit || taken <= own).then_some(sum)
        };
        let taken = self
            .budget
            .taken
            .fetch_update(Relaxed, Relaxed, fits)
            .is_ok();
        if taken {
            self.bytes.fetch_add(bytes, Relaxed);
        }
        taken
    }

    /// Takes `bytes` more bytes, without a check: for what follows from a broadcast that was
    /// accepted.
    pub(super) fn add(&self, bytes: usize) {
        self.budget.taken.fetch_add(bytes, Relaxed);
        self.bytes.fetch_add(bytes, Relaxed);
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.taken.fetch_sub(*self.bytes.get_mut(), Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 10_000;

    #[test]
    fn shares_fit_the_limit_and_are_given_back() {
        let budget = Budget::new(LIMIT);
        let shares = [(); 3].map(|()| budget.share());
        assert_eq!(
            shares.each_ref().map(|share| share.take(4_000)),
            [true, true, false]
        );
        let [first, second, third] = shares;
        first.add(2_000);
        drop(second);
        assert!(!third.take(4_000), "what was made of the first counts too");
        drop(first);
        assert!(third.take(4_000));
        drop(third);
        assert_eq!(budget.taken.load(Relaxed), 0);
    }

    #[test]
    fn one_passes_alone_whatever_its_size() {
        let budget = Budget::new(LIMIT);
        let (large, other) = (budget.share(), budget.share());
        large.add(50_000);
        assert!(large.take(50_000));
        assert!(!other.take(1));
        drop(large);
        assert!(other.take(1));
    }
}
