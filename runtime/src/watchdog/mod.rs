//! Notices callbacks that block their thread, and keeps the other tasks of the runtime served
//! meanwhile.
//!
//! tokio's workers take turns in waiting for I/O. A worker that is blocked in a callback keeps that
//! role. No task then gets I/O events, even if other workers are idle. A task that is spawned from
//! outside the runtime wakes one of these, which takes over waiting for I/O.
//!
//! | file | what |
//! | --- | --- |
//! | `slot` | what a thread does, in memory that it writes and a watchdog reads |
//! | `watcher` | the thread of a watchdog: it compares what it sees, and sleeps while nothing runs |

mod slot;
mod watcher;

use std::{
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{
            AtomicBool, AtomicU32, AtomicU64,
            Ordering::{AcqRel, Relaxed},
        },
    },
    task::{Context, Poll},
    thread::Thread,
};

use self::slot::Slot;
pub(crate) use self::watcher::Watcher;
use crate::contain::{self, Panic};

/// The application's code that may run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Callback {
    CheckOrigin = 1,
    Connect,
    ErrorHandler,
    Init,
    HandleIn,
    HandleControl,
    HandleInfo,
    Encode,
    Terminate,
    Drain,
    Session,
    /// Those of channels.
    Join,
    Joined,
    ChannelIn,
    ChannelInfo,
    ChannelOut,
    ChannelTerminate,
}

impl Callback {
    /// By number.
    const ALL: [Option<Callback>; 18] = {
        use Callback::*;
        [
            None,
            Some(CheckOrigin),
            Some(Connect),
            Some(ErrorHandler),
            Some(Init),
            Some(HandleIn),
            Some(HandleControl),
            Some(HandleInfo),
            Some(Encode),
            Some(Terminate),
            Some(Drain),
            Some(Session),
            Some(Join),
            Some(Joined),
            Some(ChannelIn),
            Some(ChannelInfo),
            Some(ChannelOut),
            Some(ChannelTerminate),
        ]
    };

    fn name(self) -> &'static str {
        match self {
            Callback::CheckOrigin => "check_origin",
            Callback::Connect => "connect",
            Callback::ErrorHandler => "error_handler",
            Callback::Init => "init",
            Callback::HandleIn | Callback::ChannelIn => "handle_in",
            Callback::HandleControl => "handle_control",
            Callback::HandleInfo | Callback::ChannelInfo => "handle_info",
            Callback::Encode => "encode",
            Callback::Terminate | Callback::ChannelTerminate => "terminate",
            Callback::Drain => "drain",
            Callback::Session => "session",
            Callback::Join => "join",
            Callback::Joined => "joined",
            Callback::ChannelOut => "handle_out",
        }
    }

    fn has_topic(self) -> bool {
        self as u8 >= Callback::Join as u8
    }
}

/// Watches the callbacks of an endpoint.
#[derive(Clone)]
pub(crate) struct Watchdog(Arc<Dog>);

/// What threads and the watcher share.
struct Dog {
    /// Distinguishes watchdogs of this process from each other. 0 is none.
    id: u32,
    /// The watcher sleeps until a callback runs.
    asleep: AtomicBool,
    stopped: AtomicBool,
    watcher: OnceLock<Thread>,
    /// Threads that the watcher has not seen yet.
    fresh: Mutex<Vec<Arc<Slot>>>,
    /// The names of sockets, by number.
    sockets: Mutex<Vec<&'static str>>,
    blocked: AtomicU64,
    #[cfg(test)]
    ticks: AtomicU64,
}

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
        slot::turn(self, poll)
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
            slot::step(callback);
            function()
        })
    }

    /// Runs a future of the application's where it is, in a task of its own or another's.
    pub(crate) async fn run<T>(
        &self,
        callback: Callback,
        future: Pin<&mut Option<impl Future<Output = T>>>,
    ) -> Result<T, Panic> {
        let mut running = pin!(run(callback, future));
        poll_fn(|cx| self.turn(|| running.as_mut().poll(cx))).await
    }
}

/// Runs a future of the application's without moving it, because it may be large. Its task is
/// polled by [`Watched::turn`].
pub(crate) async fn run<T>(
    callback: Callback,
    future: Pin<&mut Option<impl Future<Output = T>>>,
) -> Result<T, Panic> {
    contain::run_in_place(future, || slot::step(callback)).await
}

/// Polls a future of the application's once. Its task is polled by [`Watched::turn`].
pub(crate) fn poll<T>(
    callback: Callback,
    future: Pin<&mut Option<impl Future<Output = T>>>,
    cx: &mut Context<'_>,
) -> Poll<Result<T, Panic>> {
    slot::step(callback);
    contain::poll(future, cx)
}

/// Calls a function of the application's. Its task is polled by [`Watched::turn`].
pub(crate) fn call<T>(callback: Callback, function: impl FnOnce() -> T) -> Result<T, Panic> {
    slot::step(callback);
    contain::call(function)
}

/// Records that the callbacks that are polled next belong to the channel of this topic.
pub(crate) fn topic(topic: &str) {
    slot::topic(topic);
}

impl Dog {
    fn add(&self, slot: Arc<Slot>) {
        lock(&self.fresh).push(slot);
    }

    fn is_asleep(&self) -> bool {
        self.asleep.load(Relaxed)
    }

    #[cold]
    fn rouse(&self) {
        if self.asleep.swap(false, AcqRel) {
            self.unpark();
        }
    }

    fn stop(&self) {
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

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
