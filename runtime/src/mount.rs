//! Mounts: sockets at paths, and what a mount can set.
//!
//! [`endpoint!`](macro@crate::endpoint) writes these constants from `socket("/path", Type, ..)`,
//! and [`#[socket(..)]`](macro@crate::socket) from its options; here is what they stand for. An
//! endpoint without the macro lists its mounts in
//! [`EndpointDef::mounts`](crate::endpoint::EndpointDef::mounts): see [`Mount`] for an example.

pub use crate::{
    socket::Mounted,
    socket::deflate_options::DeflateOptions,
    socket::drainer::{Drainer, DrainerOptions},
    socket::options::{
        ErrorHandler, LongPoll, OutboxOptions, Overflow, SocketOptions, Timeout, TokenOptions,
        WebSocket,
    },
    transport::mount::{Mount, SocketDef},
};
