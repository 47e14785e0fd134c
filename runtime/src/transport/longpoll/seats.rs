//! How many sessions a mount has, and may have.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::Relaxed},
};

use crate::{
    address::Client,
    places::{Place, Places},
    socket::LongPoll,
};

/// The sessions of a mount, counted.
#[derive(Default)]
pub(super) struct Seats {
    taken: AtomicUsize,
    of_clients: Arc<Places>,
}

/// The place of one session; it is free again when this is dropped.
pub(super) struct Seat {
    seats: Arc<Seats>,
    _of_client: Option<Place>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// The client has as many as it may have.
    Client,
    /// The mount has.
    Mount,
}

impl Seats {
    /// A place, if there is one left.
    pub(super) fn take(self: &Arc<Self>, options: &LongPoll, client: Option<Client>) -> Result<Seat, Full> {
        let of_client = match client {
            Some(client) => {
                let place = self.of_clients.take(client, options.most_sessions_per_ip());
                Some(place.ok_or(Full::Client)?)
            }
            None => None,
        };
        let count = |taken: usize| (taken < options.max_sessions).then_some(taken + 1);
        self.taken.fetch_update(Relaxed, Relaxed, count).map_err(|_| Full::Mount)?;
        Ok(Seat { seats: self.clone(), _of_client: of_client })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.seats.taken.fetch_sub(1, Relaxed);
    }
}
