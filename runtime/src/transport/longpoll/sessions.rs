//! The longpoll sessions of a mount, by their names.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::session::Session;

/// The longpoll sessions of a mount of a running endpoint.
#[derive(Default)]
pub(super) struct Sessions(Mutex<HashMap<Box<str>, Arc<Session>>>);

/// A session's entry, which ends when this is dropped.
pub(super) struct Listed {
    sessions: Arc<Sessions>,
    name: Box<str>,
}

impl Sessions {
    pub(super) fn find(&self, name: &str) -> Option<Arc<Session>> {
        self.all().get(name).cloned()
    }

    pub(super) fn list(self: &Arc<Self>, session: Arc<Session>) -> Listed {
        let name: Box<str> = session.name().into();
        self.all().insert(name.clone(), session);
        Listed { sessions: self.clone(), name }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Box<str>, Arc<Session>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        let gone = self.sessions.all().remove(&self.name);
        // Dropped without the lock: it may be the last reference.
        drop(gone);
    }
}
