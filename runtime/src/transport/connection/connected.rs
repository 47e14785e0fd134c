//! What a connection begins with.

use std::net::IpAddr;

use crate::{
    pubsub::SubscriberId,
    socket::{Inbox, Socket},
};

/// A client that `connect` accepted.
pub(in crate::transport) struct Connected<S: Socket> {
    pub(in crate::transport) socket: S,
    pub(in crate::transport) id: SubscriberId,
    /// The client's address, if it is known.
    pub(in crate::transport) peer: Option<IpAddr>,
    pub(in crate::transport) inbox: Inbox<S::Info>,
}
