//! Notices callbacks that block their thread, and keeps the other tasks of the runtime served
//! meanwhile.
//!
//! tokio's workers take turns in waiting for I/O. A worker that is blocked in a callback keeps that
//! role. No task then gets I/O events, even if other workers are idle. A task that is spawned from
//! outside the runtime wakes one of these, which takes over waiting for I/O.
//!
//! | file | what |
//! | --- | --- |
//! | `callback` | the application's code that may run |
//! | `slot` | what a thread does, in memory that it writes and a watchdog reads |
//! | `dog` | what threads and a watchdog's thread share |
//! | `here` | this thread's slot, as it is written |
//! | `watcher` | the thread of a watchdog: it compares what it sees, and sleeps while nothing runs |

mod callback;
mod dog;
mod here;
mod slot;
mod watcher;

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering::Relaxed},
    },
};

use self::dog::{Dog, lock};
pub(crate) use self::{callback::Callback, watcher::Watcher};
use crate::contain::{self, Panic};

/// Watches the callbacks of an endpoint.
#[derive(Clone)]
pub(crate) struct Watchdog(Arc<Dog>);

/// A socket type whose callbacks are watched.
#[derive(Clone)]
pub(crate) struct Watched {
    dog: Arc<Dog>,
    /// The watchdog's id, and below it the socket's number.
    whose: u64,
}

impl Watchdog {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        Watchdog(Arc::new(Dog {
            id: NEXT.fetch_add(1, Relaxed),
            asleep: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
            watcher: OnceLock::new(),
            fresh: Mutex::default(),
            sockets: Mutex::default(),
            blocked: AtomicU64::new(0),
            #[cfg(test)]
            ticks: AtomicU64::new(0),
        }))
    }

    /// Watches a socket type of this name.
    pub(crate) fn socket(&self, name: &'static str) -> Watched {
        let mut sockets = lock(&self.0.sockets);
        let number = sockets
            .iter()
            .position(|known| *known == name)
            .unwrap_or_else(|| {
                sockets.push(name);
                sockets.len() - 1
            });
        Watched {
            dog: self.0.clone(),
            whose: u64::from(self.0.id) << 32 | number as u64,
        }
    }

    /// The number of callbacks that have blocked their thread so far.
    pub(crate) fn blocked(&self) -> u64 {
        self.0.blocked.load(Relaxed)
    }
}

impl Watched {
    /// Polls a task that may run callbacks.
    pub(crate) fn turn<T>(&self, poll: impl FnOnce() -> T) -> T {
        here::turn(&self.dog, self.whose, poll)
    }

    /// Calls a function of the application's.
    pub(crate) fn call<T>(
        &self,
        callback: Callback,
        function: impl FnOnce() -> T,
    ) -> Result<T, Panic> {
        self.turn(|| call(callback, function))
    }

    /// Calls a function of the application's. The caller contains its panic.
    pub(crate) fn pass<T>(&self, callback: Callback, function: impl FnOnce() -> T) -> T {
        self.turn(|| {
            here::step(callback);
            function()
        })
    }

    /// Runs a future of the application's where it is, in a task of its own or another's.
    pub(crate) fn run<T>(
        &self,
        callback: Callback,
        mut future: Pin<&mut Option<impl Future<Output = T>>>,
    ) -> impl Future<Output = Result<T, Panic>> {
        poll_fn(move |cx| {
            self.turn(|| {
                here::step(callback);
                contain::poll(future.as_mut(), cx)
            })
        })
    }
}

/// Runs a future of the application's without moving it, because it may be large. Its task is
/// polled by [`Watched::turn`].
pub(crate) async fn run<T>(
    callback: Callback,
    future: Pin<&mut Option<impl Future<Output = T>>>,
) -> Result<T, Panic> {
    contain::run_in_place(future, || here::step(callback)).await
}

/// Calls a function of the application's. Its task is polled by [`Watched::turn`].
pub(crate) fn call<T>(callback: Callback, function: impl FnOnce() -> T) -> Result<T, Panic> {
    here::step(callback);
    contain::call(function)
}

/// Records that the callbacks that are polled next belong to the channel of this topic.
pub(crate) fn topic(topic: &str) {
    here::topic(topic);
}

#[cfg(test)]
mod tests;
