//! Time limits without timers: connections record in coarse ticks when they are due, and one task
//! checks them all.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering::Relaxed};

use tokio::{
    sync::Notify,
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

use super::{clock::Clock, stop::Stop, watch::Watch};
use crate::{config::HttpConfig, slab::Slab};

/// The deadlines of a server's connections.
pub(super) struct Deadlines {
    pub(super) clock: Arc<Clock>,
    connections: Mutex<Connections>,
    /// Notified by the first connection after a time without any.
    arrival: Notify,
}

struct Connections {
    watches: Slab<Arc<Watch>>,
    /// There are no connections, and the clock is not updated.
    resting: bool,
}

/// The time limits of a connection, until it is dropped.
pub(super) struct Deadline {
    pub(super) watch: Arc<Watch>,
    place: usize,
    deadlines: Arc<Deadlines>,
}

impl Drop for Deadline {
    fn drop(&mut self) {
        self.watch.end();
        self.deadlines.connections().watches.remove(self.place);
    }
}

impl Deadlines {
    pub(super) fn new(config: &HttpConfig) -> Arc<Self> {
        Arc::new(Deadlines {
            clock: Arc::new(Clock::new(config)),
            connections: Mutex::new(Connections {
                watches: Slab::default(),
                resting: true,
            }),
            arrival: Notify::new(),
        })
    }

    /// Begins the time limits of a connection.
    pub(super) fn watch(self: &Arc<Self>) -> Deadline {
        let mut connections = self.connections();
        if connections.resting {
            connections.resting = false;
            self.clock.set();
            self.arrival.notify_one();
        }
        let watch = Arc::new(Watch::new(self.clock.clone()));
        let place = connections.watches.insert(watch.clone());
        Deadline {
            watch,
            place,
            deadlines: self.clone(),
        }
    }

    fn connections(&self) -> MutexGuard<'_, Connections> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Runs the clock until the server has stopped and its last connection is gone. `closed` is
    /// cancelled when no more connections can come.
    pub(super) async fn run(self: Arc<Self>, closed: CancellationToken, stop: Stop) {
        let over = || async {
            closed.cancelled().await;
            stop.serving.cancelled().await;
        };
        let mut ticks = tokio::time::interval(self.clock.tick);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut stopped = None;
        loop {
            tokio::select! {
                () = over(), if stopped.is_none() => {
                    self.clock.stopping.store(true, Relaxed);
                    stopped = Some(Instant::now());
                    self.sweep(true);
                }
                _ = ticks.tick() => {}
            }
            self.clock.set();
            let cut = stopped.is_some_and(|stopped| stopped.elapsed() >= stop.shutdown);
            self.clock.cut.store(cut, Relaxed);
            if self.sweep(cut) > 0 {
                continue;
            }
            if stopped.is_some() {
                return;
            }
            tokio::select! {
                () = self.arrival.notified() => {}
                () = over() => {}
            }
        }
    }

    /// Wakes the connections that are due, or all of them. Returns how many connections there are.
    fn sweep(&self, all: bool) -> usize {
        let mut connections = self.connections();
        for watch in connections.watches.values() {
            if all || watch.is_due() {
                watch.wake();
            }
        }
        let open = connections.watches.len();
        connections.resting = open == 0;
        open
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_has_ended_is_gone_at_once() {
        let deadlines = Deadlines::new(&HttpConfig::default());
        let open: Vec<_> = (0..100).map(|_| deadlines.watch()).collect();
        let ended = deadlines.watch();
        let seen = Arc::downgrade(&ended.watch);
        drop(ended);
        assert!(seen.upgrade().is_none());
        assert_eq!(deadlines.sweep(false), 100);
        drop(open);
        assert_eq!(deadlines.sweep(false), 0);
    }
}
