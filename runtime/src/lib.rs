//! # Landfall: where connections come ashore

mod body;
pub mod config;
mod endpoint;
mod error;
mod handle;
mod message;
pub mod pubsub;
mod socket;
mod stream;
mod transport;

pub use self::{
    body::Body,
    config::{Config, ConfigError},
    endpoint::EndpointDef,
    error::{BoxError, Error},
    handle::Handle,
    message::{Control, Message, Text},
    socket::*,
    transport::{Mount, SocketDef},
};
pub use landfall_macros::{endpoint, socket};
