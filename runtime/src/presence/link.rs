//! The way from a presence to those of the same name on other nodes.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::Notify, time::Instant};

use super::{
    replication::{PIECE, To},
    seen::Replica,
    wire::{self, Message, Unreadable},
};
use crate::pubsub::{PubSub, Remote, ServePresence, Service};

/// How often it is logged that something cannot be read.
const PAUSE: Duration = Duration::from_secs(60);

/// The way from a presence to those of the same name on other nodes. When it is dropped, they are
/// told.
pub(super) struct Link {
    remote: Arc<Remote>,
    name: Arc<str>,
    replica: Replica,
    start: Instant,
    /// Notified when something has changed here.
    pub(super) changed: Arc<Notify>,
    skipped: Mutex<Skipped>,
}

/// What could not be read since that was logged.
#[derive(Default)]
struct Skipped {
    count: u64,
    logged: Option<Instant>,
}

impl Link {
    /// `None` for a node that is alone, and if it has a presence of this name.
    pub(super) fn join(
        pubsub: &PubSub,
        name: &str,
        replica: Replica,
        served: Arc<dyn ServePresence>,
    ) -> Option<Self> {
        let (remote, name) = (pubsub.remote()?.clone(), name.into());
        if !remote.services.serve_presence(&name, served) {
            tracing::error!(
                %name,
                "a second presence of this name stays on this node\n  help: give it a name of its own, by \
                 `presence::Options::name`"
            );
            return None;
        }
        Some(Link {
            remote,
            name,
            replica,
            start: Instant::now(),
            changed: Arc::default(),
            skipped: Mutex::default(),
        })
    }

    /// About how many bytes a message should have.
    pub(super) fn piece(&self) -> usize {
        PIECE.min(self.remote.max_message() / 2)
    }

    /// The time that replication goes by.
    pub(super) fn now(&self) -> Duration {
        self.start.elapsed()
    }

    /// Others notice what they were not sent because the broker is away, and ask for it.
    pub(super) fn send(&self, messages: Vec<(To, Message)>) {
        for (to, message) in messages {
            let bytes = wire::write(&self.name, self.replica, &message).into();
            let node = match &to {
                To::All => None,
                To::Node(node) => Some(&**node),
            };
            self.remote.send(node, Service::Presence, bytes);
        }
    }

    /// Says that what is tracked here is gone.
    pub(super) fn leave(&self) {
        self.send(vec![(To::All, Message::Gone)]);
    }

    /// Reads a message, if it is for this presence.
    pub(super) fn read(&self, bytes: &[u8]) -> Option<(Replica, Message)> {
        let read = wire::read_for(&self.name, bytes);
        read.unwrap_or_else(|error| {
            self.skipped(error);
            None
        })
    }

    fn skipped(&self, error: Unreadable) {
        let mut skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        skipped.count += 1;
        if skipped
            .logged
            .is_none_or(|logged| logged.elapsed() >= PAUSE)
        {
            skipped.logged = Some(Instant::now());
            let times = std::mem::take(&mut skipped.count);
            tracing::warn!(
                times,
                "a message of another node's presence was skipped: it is {error}"
            );
        }
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.leave();
        self.remote.services.end_presence(&self.name);
    }
}
