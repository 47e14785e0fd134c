//! Who takes what other nodes send to this one.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use bytes::Bytes;

use super::Service;

/// What another node has sent to a service of this one.
#[derive(Clone, Debug)]
pub(crate) struct Delivered {
    /// The name of the node that has sent it.
    pub(crate) from: Arc<str>,
    pub(crate) bytes: Bytes,
}

/// A presence: there may be several, each with a name of its own.
pub(crate) trait ServePresence: Send + Sync {
    /// Takes what is sent to a presence, maybe another one, in order. It must not block.
    fn take(&self, delivered: &Delivered);

    /// The node is about to leave. What is sent now is the last that others hear.
    fn leave(&self);
}

/// Who takes what other nodes send to this one.
#[derive(Default)]
pub(crate) struct Services {
    presences: RwLock<HashMap<Arc<str>, Arc<dyn ServePresence>>>,
}

impl Services {
    /// Adds a presence. False if there is one of this name.
    pub(crate) fn serve_presence(&self, name: &Arc<str>, presence: Arc<dyn ServePresence>) -> bool {
        let mut presences = self
            .presences
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let free = !presences.contains_key(name);
        if free {
            presences.insert(name.clone(), presence);
        }
        free
    }

    /// Removes a presence.
    pub(crate) fn end_presence(&self, name: &str) {
        let mut presences = self
            .presences
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        presences.remove(name);
    }

    /// The node is about to leave.
    pub(in crate::pubsub) fn leave(&self) {
        self.presences()
            .iter()
            .for_each(|presence| presence.leave());
    }

    /// What nobody serves is dropped.
    pub(in crate::pubsub) fn deliver(&self, service: Service, delivered: Delivered) {
        match service {
            Service::Presence => {
                let presences = self.presences();
                presences
                    .iter()
                    .for_each(|presence| presence.take(&delivered));
            }
        }
    }

    fn presences(&self) -> Vec<Arc<dyn ServePresence>> {
        let presences = self
            .presences
            .read()
            .unwrap_or_else(PoisonError::into_inner);
        presences.values().cloned().collect()
    }
}
