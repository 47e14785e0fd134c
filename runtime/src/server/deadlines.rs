//! Time limits without timers: connections record in coarse ticks when they are due, and one task
//! checks them all.

use std::sync::{Arc, Mutex, PoisonError, Weak, atomic::Ordering::Relaxed};

use tokio::{
    sync::Notify,
    time::{Instant, MissedTickBehavior},
};
use tokio_util::sync::CancellationToken;

use super::{clock::Clock, stop::Stop, watch::Watch};
use crate::config::HttpConfig;

/// The deadlines of a server's connections.
pub(super) struct Deadlines {
    pub(super) clock: Arc<Clock>,
    connections: Mutex<Vec<Weak<Watch>>>,
    /// Notified by the first connection after a time without any.
    arrival: Notify,
}

impl Deadlines {
    pub(super) fn new(config: &HttpConfig) -> Arc<Self> {
        Arc::new(Deadlines {
            clock: Arc::new(Clock::new(config)),
            connections: Mutex::default(),
            arrival: Notify::new(),
        })
    }

    pub(super) fn watch(&self) -> Arc<Watch> {
        let mut connections = self
            .connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if connections.is_empty() {
            // The clock is not updated while there are no connections.
            self.clock.set();
            self.arrival.notify_one();
        }
        if connections.len() == connections.capacity() {
            make_room(&mut connections);
        }
        let watch = Arc::new(Watch::new(self.clock.clone()));
        connections.push(Arc::downgrade(&watch));
        watch
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
        let mut connections = self
            .connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        connections.retain(|watch| {
            let Some(watch) = watch.upgrade().filter(|watch| !watch.has_ended()) else {
                return false;
            };
            if all || watch.is_due() {
                watch.wake();
            }
            true
        });
        if connections.is_empty() {
            connections.shrink_to(1024);
        }
        connections.len()
    }
}

/// What a connection leaves here takes memory until it is removed, and many may come and go between
/// two ticks. More room is made only if at least half of them are there still.
fn make_room(connections: &mut Vec<Weak<Watch>>) {
    connections.retain(|watch| watch.strong_count() > 0);
    if connections.len() > connections.capacity() / 2 {
        connections.reserve(connections.len());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_has_ended_is_not_kept_until_the_next_tick() {
        let deadlines = Deadlines::new(&HttpConfig::default());
        let open: Vec<_> = (0..100).map(|_| deadlines.watch()).collect();
        (0..10_000).for_each(|_| drop(deadlines.watch()));
        let kept = deadlines.connections.lock().expect("no panic").len();
        assert!((100..=400).contains(&kept), "{kept}");
        drop(open);
    }
}
