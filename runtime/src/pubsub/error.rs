//! Why a broadcast was not accepted.

use std::fmt;

use crate::message::EncodeError;

/// Why a broadcast was not accepted. No subscriber got it, unless it is
/// [`Unreachable`](BroadcastError::Unreachable).
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
    /// Subscribers of this node got it, and those of other nodes did not: the broker is away, or
    /// more waits for it than may wait. They are told that they may have missed something once it
    /// is back.
    Unreachable,
    /// A broadcast to one node did not reach it: the broker is away, more waits for it than may
    /// wait, or this node is alone. Nobody got it.
    NodeUnreachable,
    /// It is larger than `pubsub(max_message = ..)` allows between nodes, or than their broker
    /// carries.
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The largest that is sent.
        limit: usize,
    },
}

impl fmt::Display for BroadcastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BroadcastError::Overloaded => f.write_str("too many broadcasts wait for delivery"),
            BroadcastError::Closed => f.write_str("the endpoint has stopped"),
            BroadcastError::Unencodable(error) => error.fmt(f),
            BroadcastError::Unreachable => {
                f.write_str("delivered on this node only: the other nodes cannot be reached")
            }
            BroadcastError::NodeUnreachable => {
                f.write_str("delivered to nobody: the other node cannot be reached")
            }
            BroadcastError::TooLarge { bytes, limit } => write!(
                f,
                "a broadcast of {bytes} bytes is too large for other nodes, which take {limit}; help: raise \
                 `pubsub(max_message = ..)`, or the limit of the broker, such as `max_payload` of NATS"
            ),
        }
    }
}

impl std::error::Error for BroadcastError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            BroadcastError::Unencodable(error) => error.source(),
            BroadcastError::Overloaded
            | BroadcastError::Closed
            | BroadcastError::Unreachable
            | BroadcastError::NodeUnreachable
            | BroadcastError::TooLarge { .. } => None,
        }
    }
}

impl From<EncodeError> for BroadcastError {
    fn from(error: EncodeError) -> Self {
        BroadcastError::Unencodable(error)
    }
}

/// The broker has not confirmed the subscription of a topic in time. What other nodes publish may
/// not arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unconfirmed(pub(super) ());

impl fmt::Display for Unconfirmed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the broker has not confirmed the subscription in time")
    }
}

impl std::error::Error for Unconfirmed {}
