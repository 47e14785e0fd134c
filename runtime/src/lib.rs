#![doc = include_str!("docs/crate.md")]

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
mod address;
mod body;
mod cast;
pub mod channel;
pub mod config;
mod contain;
mod crypto;
mod endpoint;
mod error;
mod escape;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod grammar;
mod handle;
mod header;
mod interop;
mod message;
mod origin;
mod pipeline;
mod places;
mod plug;
pub mod prelude;
pub mod presence;
mod proxies;
pub mod pubsub;
mod server;
pub mod session;
mod slab;
mod socket;
pub mod state;
mod stream;
#[cfg(feature = "testing")]
pub mod testing;
pub mod transport;
mod url;
mod watchdog;

pub use self::{
    address::Address,
    body::Body,
    config::{Config, ConfigError, Secret},
    crypto::{Digest, KeyOptions, Term, Unencodable, token},
    endpoint::{
        Builder, Endpoint, EndpointDef, EndpointFuture, EndpointHandle, EndpointService, Running,
    },
    error::{BoxError, Error},
    handle::{Handle, NotListening, Stats},
    message::{Control, Message, PushError, Text, Unsupported},
    origin::{CheckOrigin, Origin, OriginFunction},
    pipeline::Pipeline,
    server::Listener,
    socket::*,
    transport::{Mount, SocketDef},
    url::StructUrl,
};
#[doc = include_str!("docs/channel.md")]
pub use landfall_macros::channel;
#[doc = include_str!("docs/endpoint.md")]
pub use landfall_macros::endpoint;
#[doc = include_str!("docs/socket.md")]
pub use landfall_macros::socket;
