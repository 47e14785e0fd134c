//! What clients count.

use std::{
    any::Any,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::task::JoinError;

/// What all clients have counted so far.
#[derive(Default)]
pub(super) struct Tally {
    connections: AtomicU64,
    messages: AtomicU64,
    lost: AtomicU64,
    doubled: AtomicU64,
    broken: AtomicU64,
    complaint: Mutex<Option<String>>,
}

/// A snapshot of a [`Tally`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Totals {
    pub(super) connections: u64,
    pub(super) messages: u64,
    pub(super) lost: u64,
    pub(super) doubled: u64,
    /// Visits that did not go as planned.
    pub(super) broken: u64,
}

impl Tally {
    pub(super) fn connected(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn lost(&self, count: u64) {
        self.lost.fetch_add(count, Ordering::Relaxed);
    }

    /// The value of a task. A panic is counted, and the first one is kept as the complaint.
    pub(super) fn note<T>(&self, done: Result<T, JoinError>) -> Option<T> {
        done.map_err(|error| {
            self.broken.fetch_add(1, Ordering::Relaxed);
            let mut complaint = self
                .complaint
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            complaint.get_or_insert_with(|| match error.try_into_panic() {
                Ok(panic) => said(&*panic),
                Err(error) => error.to_string(),
            });
        })
        .ok()
    }

    /// What went wrong first.
    pub(super) fn complaint(&self) -> Option<String> {
        self.complaint
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(super) fn totals(&self) -> Totals {
        let now = |count: &AtomicU64| count.load(Ordering::Relaxed);
        Totals {
            connections: now(&self.connections),
            messages: now(&self.messages),
            lost: now(&self.lost),
            doubled: now(&self.doubled),
            broken: now(&self.broken),
        }
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without words")
        .to_owned()
}

impl Totals {
    pub(super) fn line(&self, elapsed: Duration, descriptors: usize, rss: usize) -> String {
        let Totals {
            connections,
            messages,
            lost,
            doubled,
            broken,
        } = self;
        format!(
            "{:6.1} s {connections:12} {messages:12} {lost:5} {doubled:8} {broken:7} {descriptors:5} {:9.1}",
            elapsed.as_secs_f64(),
            mebibytes(rss),
        )
    }
}

pub(super) fn mebibytes(bytes: usize) -> f64 {
    bytes as f64 / (1024.0 * 1024.0)
}

/// Checks messages that are numbered from 1.
#[derive(Default)]
pub(super) struct Sequence(AtomicU64);

impl Sequence {
    pub(super) fn heard(&self, number: u64, tally: &Tally) {
        tally.messages.fetch_add(1, Ordering::Relaxed);
        let last = self.0.load(Ordering::Relaxed);
        if number > last {
            tally.lost(number - last - 1);
            self.0.store(number, Ordering::Relaxed);
        } else {
            tally.doubled.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The highest number so far.
    pub(super) fn last(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_and_what_comes_twice_is_counted() {
        let (tally, sequence) = (Tally::default(), Sequence::default());
        [1, 2, 5, 5, 6]
            .into_iter()
            .for_each(|number| sequence.heard(number, &tally));
        let totals = tally.totals();
        assert_eq!((totals.messages, totals.lost, totals.doubled), (5, 2, 1));
        assert_eq!(sequence.last(), 6);
    }
}
