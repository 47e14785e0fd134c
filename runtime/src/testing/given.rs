//! Sockets that a test makes itself, in place of their `connect`.

use std::{any::Any, fmt};

use super::caller::Caller;
use crate::handle::{GIVEN, Handle};

/// A socket that waits for its client.
pub(super) struct Given {
    socket: Box<dyn Any + Send>,
    kind: &'static str,
}

impl Given {
    pub(super) fn new<S: Send + 'static>(socket: S) -> Self {
        Given {
            socket: Box::new(socket),
            kind: std::any::type_name::<S>(),
        }
    }

    /// Leaves it with the endpoint, for the connection that has this parameter.
    pub(super) fn leave(self, handle: &Handle) -> Left {
        let ticket = handle.0.given.leave(self.socket);
        Left {
            handle: handle.clone(),
            ticket,
            kind: self.kind,
        }
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Given").field(&self.kind).finish()
    }
}

/// A socket that was left with the endpoint, until it is dropped.
pub(super) struct Left {
    handle: Handle,
    ticket: String,
    kind: &'static str,
}

impl Left {
    /// The parameter of its connection.
    pub(super) fn param(&self) -> (String, String) {
        (GIVEN.to_owned(), self.ticket.clone())
    }

    /// Fails the test if a connection was opened without it.
    pub(super) fn check_taken(self, path: &str, at: Caller) {
        if self.handle.0.given.is_left(&self.ticket) {
            let kind = self.kind;
            at.fail(format_args!("the socket at `{path}` is not a `{kind}`"));
        }
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        self.handle.0.given.discard(&self.ticket);
    }
}
