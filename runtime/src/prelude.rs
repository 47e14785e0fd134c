//! What an application needs, in one `use landfall::prelude::*;`.

pub use landfall_macros::{endpoint, socket};

#[cfg(feature = "channels")]
pub use crate::channel::{Answer, Binary, Event, Join, JoinError, Outlet, Reply};
pub use crate::{
    Body, Endpoint, EndpointHandle, Handle, Message, Socket, channel,
    message::Control,
    pubsub::{Broadcast, BroadcastError, Json, Payload},
    socket::{Connect, Flow, Mailbox, Outbox, Params, PeerData, Reason, Refused, TellClient},
    state::FromRef,
};
