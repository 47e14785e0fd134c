//! What threads and the watcher of a watchdog share.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{
            AtomicBool, AtomicU64,
            Ordering::{AcqRel, Relaxed},
        },
    },
    thread::Thread,
};

use super::slot::Slot;

/// What threads and the watcher share.
pub(super) struct Dog {
    /// Distinguishes watchdogs of this process from each other. 0 is none.
    pub(super) id: u32,
    /// The watcher sleeps until a callback runs.
    pub(super) asleep: AtomicBool,
    pub(super) stopped: AtomicBool,
    pub(super) watcher: OnceLock<Thread>,
    /// Threads that the watcher has not seen yet.
    pub(super) fresh: Mutex<Vec<Arc<Slot>>>,
    /// The names of sockets, by number.
    pub(super) sockets: Mutex<Vec<&'static str>>,
    pub(super) blocked: AtomicU64,
    #[cfg(test)]
    pub(super) ticks: AtomicU64,
}

impl Dog {
    pub(super) fn add(&self, slot: Arc<Slot>) {
        lock(&self.fresh).push(slot);
    }

    pub(super) fn is_asleep(&self) -> bool {
        self.asleep.load(Relaxed)
    }

    #[cold]
    pub(super) fn rouse(&self) {
        if self.asleep.swap(false, AcqRel) {
            self.unpark();
        }
    }

    pub(super) fn stop(&self) {
        self.stopped.store(true, Relaxed);
        self.asleep.store(false, Relaxed);
        self.unpark();
    }

    fn unpark(&self) {
        if let Some(thread) = self.watcher.get() {
            thread.unpark();
        }
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
