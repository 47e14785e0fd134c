//! How many sessions a mount has, and may have.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use crate::socket::LongPoll;

/// The sessions of a mount, counted.
#[derive(Default)]
pub(super) struct Seats(Mutex<Counts>);

#[derive(Default)]
struct Counts {
    taken: usize,
    by_ip: HashMap<IpAddr, usize>,
}

/// The place of one session; it is free again when this is dropped.
pub(super) struct Seat {
    seats: Arc<Seats>,
    ip: Option<IpAddr>,
}

impl Seats {
    /// A place, if there is one left.
    pub(super) fn take(self: &Arc<Self>, options: &LongPoll, ip: Option<IpAddr>) -> Option<Seat> {
        let mut counts = self.counts();
        if counts.taken >= options.max_sessions {
            return None;
        }
        // Addresses are counted only where they are limited.
        let ip = ip.filter(|_| options.max_sessions_per_ip.is_some());
        if let (Some(ip), Some(most)) = (ip, options.max_sessions_per_ip) {
            let count = counts.by_ip.get(&ip).copied().unwrap_or(0);
            if count >= most {
                return None;
            }
            counts.by_ip.insert(ip, count + 1);
        }
        counts.taken += 1;
        Some(Seat { seats: self.clone(), ip })
    }

    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut counts = self.seats.counts();
        counts.taken -= 1;
        if let Some(ip) = self.ip
            && let Some(count) = counts.by_ip.get_mut(&ip)
        {
            *count -= 1;
            if *count == 0 {
                counts.by_ip.remove(&ip);
            }
        }
    }
}
