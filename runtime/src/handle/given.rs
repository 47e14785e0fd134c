//! Sockets that tests leave with an endpoint, for connections to come.

use std::{
    any::Any,
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::random::unguessable;

/// The parameter of a connection whose socket was left.
pub(crate) const PARAM: &str = "_landfall_given";

/// Sockets by ticket. A test that awaits its connection leaves one at a time.
#[derive(Default)]
pub(crate) struct GivenSockets(Mutex<HashMap<String, Box<dyn Any + Send>>>);

impl GivenSockets {
    /// Leaves a socket. Returns its ticket.
    pub(crate) fn leave(&self, socket: Box<dyn Any + Send>) -> String {
        let ticket = unguessable();
        self.sockets().insert(ticket.clone(), socket);
        ticket
    }

    /// Takes the socket with this ticket, if it is an `S`.
    pub(crate) fn take<S: 'static>(&self, ticket: &str) -> Option<S> {
        let mut sockets = self.sockets();
        let socket = sockets.remove(ticket)?;
        match socket.downcast() {
            Ok(socket) => Some(*socket),
            Err(other) => {
                sockets.insert(ticket.to_owned(), other);
                None
            }
        }
    }

    pub(crate) fn is_left(&self, ticket: &str) -> bool {
        self.sockets().contains_key(ticket)
    }

    pub(crate) fn discard(&self, ticket: &str) {
        self.sockets().remove(ticket);
    }

    fn sockets(&self) -> MutexGuard<'_, HashMap<String, Box<dyn Any + Send>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
