//! Counts the sessions of a mount, and limits them.

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
pub(super) struct SessionLimit {
    taken: AtomicUsize,
    of_clients: Arc<Places>,
}

/// The place of one session. Dropping it frees the place.
pub(super) struct SessionPlace {
    limit: Arc<SessionLimit>,
    _of_client: Option<Place>,
}

/// Why there is no place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    /// The client has as many as it may have.
    Client,
    /// The mount has as many as it may have.
    Mount,
}

impl SessionLimit {
    /// Takes a place, if there is one left. If both the mount and the client are full, the error
    /// names the mount.
    pub(super) fn take(
        self: &Arc<Self>,
        options: &LongPoll,
        client: Option<Client>,
    ) -> Result<SessionPlace, Full> {
        let count = |taken: usize| (taken < options.max_sessions).then_some(taken + 1);
        self.taken
            .fetch_update(Relaxed, Relaxed, count)
            .map_err(|_| Full::Mount)?;
        let mut session = SessionPlace {
            limit: self.clone(),
            _of_client: None,
        };
        if let Some(client) = client {
            let place = self.of_clients.take(client, options.most_sessions_per_ip());
            session._of_client = Some(place.ok_or(Full::Client)?);
        }
        Ok(session)
    }
}

impl Drop for SessionPlace {
    fn drop(&mut self) {
        self.limit.taken.fetch_sub(1, Relaxed);
    }
}
