//! What an application needs, in one `use landfall::prelude::*;`.

pub use crate::{
    Body, CheckOrigin, Children, Config, ConfigError, Connect, Control, Endpoint, EndpointHandle,
    EndpointService, Error, Flow, Handle, Mailbox, Message, Origin, Outbox, Params, PeerData,
    Reason, Refused, RequestUri, Running, Socket, TellClient, TransportKind, channel,
    channel::{Answer, Binary, Event, Join, JoinError, Outlet, Reply},
    endpoint,
    pubsub::{Broadcast, BroadcastError, Payload},
    socket,
    state::FromRef,
};
