//! Names that nobody can guess.

use crate::random::unguessable;

/// An unguessable name for a connection, known only to its client: 128 random bits, as 22
/// characters that need no escaping in a URL.
///
/// For transports whose clients come back with another request. Whoever knows a connection's name
/// can speak for its client, so keep it out of logs.
pub fn unguessable_name() -> String {
    unguessable()
}
