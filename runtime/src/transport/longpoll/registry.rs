//! The longpoll sessions of a mount, by their names.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::session::PollSession;

/// The longpoll sessions of a mount of a running endpoint.
#[derive(Default)]
pub(super) struct Registry(Mutex<HashMap<Box<str>, Arc<PollSession>>>);

/// A session's entry. Dropping it removes the entry.
pub(super) struct Listed {
    sessions: Arc<Registry>,
    name: Box<str>,
}

impl Registry {
    pub(super) fn find(&self, name: &str) -> Option<Arc<PollSession>> {
        self.all().get(name).cloned()
    }

    pub(super) fn list(self: &Arc<Self>, session: Arc<PollSession>) -> Listed {
        let name: Box<str> = session.name().into();
        self.all().insert(name.clone(), session);
        Listed {
            sessions: self.clone(),
            name,
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Box<str>, Arc<PollSession>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        let gone = self.sessions.all().remove(&self.name);
        // Dropped outside the lock: it may be the last reference.
        drop(gone);
    }
}
