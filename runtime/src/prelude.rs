//! What an application needs, in one `use landfall::prelude::*;`.

pub use landfall_macros::{endpoint, socket};

pub use crate::{
    Body, Endpoint, EndpointHandle, Handle, Message, Socket, channel,
    channel::{Answer, Binary, Event, Join, JoinError, Outlet, Reply},
    message::Control,
    pubsub::{Broadcast, BroadcastError, Json, Payload},
    socket::{Connect, Flow, Mailbox, Outbox, Params, PeerData, Reason, Refused, TellClient},
    state::FromRef,
};
