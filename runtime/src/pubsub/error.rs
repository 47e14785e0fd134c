//! Why a broadcast was not accepted.

use std::fmt;

use crate::message::EncodeError;

/// Why a broadcast was not accepted. No subscriber got it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BroadcastError {
    /// More broadcasts wait for delivery, or more bytes of them, than the endpoint's `pubsub(queue
    /// = .., queue_bytes = ..)` allows.
    Overloaded,
    /// The endpoint has stopped.
    Closed,
    /// The payload has no form: a value that cannot be JSON, or one that no client of the channel
    /// can get, because no serializer of the socket has room for it. Channels broadcast JSON
    /// objects, and bytes.
    Unencodable(EncodeError),
}

impl fmt::Display for BroadcastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BroadcastError::Overloaded => f.write_str("too many broadcasts wait for delivery"),
            BroadcastError::Closed => f.write_str("the endpoint has stopped"),
            BroadcastError::Unencodable(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for BroadcastError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            BroadcastError::Unencodable(error) => error.source(),
            BroadcastError::Overloaded | BroadcastError::Closed => None,
        }
    }
}

impl From<EncodeError> for BroadcastError {
    fn from(error: EncodeError) -> Self {
        BroadcastError::Unencodable(error)
    }
}
