//! # Landfall: where connections come ashore

mod body;
mod cast;
pub mod config;
mod endpoint;
mod error;
mod handle;
mod interop;
mod message;
mod pipeline;
mod plug;
pub mod pubsub;
mod server;
mod slab;
mod socket;
mod stream;
mod transport;

pub use self::{
    body::Body,
    config::{Config, ConfigError},
    endpoint::{EndpointDef, EndpointFuture, EndpointService},
    error::{BoxError, Error},
    handle::Handle,
    message::{Control, Message, Text},
    pipeline::Pipeline,
    server::{Address, Listener},
    socket::*,
    transport::{Mount, SocketDef},
};
pub use landfall_macros::{endpoint, socket};
