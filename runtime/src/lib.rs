#![doc = include_str!("docs/crate.md")]

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
mod address;
mod arrival;
pub mod assets;
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
pub mod security;
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
    arrival::Forwarded,
    body::Body,
    config::{Config, ConfigError, Secret},
    crypto::{Digest, KeyOptions, Term, Unencodable, token},
    endpoint::{
        Builder, Endpoint, EndpointDef, EndpointFuture, EndpointHandle, EndpointService, ForceSsl,
        Running,
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

#[doc = include_str!("docs/static_path.md")]
#[macro_export]
macro_rules! static_path {
    ($endpoint:ty, $path:expr $(,)?) => {{
        const PARTS: [&::core::primitive::str; 3] =
            $crate::__private::static_path::<$endpoint>($path);
        const BYTES: [::core::primitive::u8; $crate::__private::length(PARTS)] =
            $crate::__private::concat(PARTS);
        const PATH: &::core::primitive::str = $crate::__private::text(&BYTES);
        PATH
    }};
}

/// The integrity of a static file as a constant, an `Option<&'static str>`: `static_integrity!(Web, "/assets/app.js")`.
///
/// It is what [`Handle::static_integrity`](crate::Handle::static_integrity) returns; see [`static_path!`](crate::static_path).
#[macro_export]
macro_rules! static_integrity {
    ($endpoint:ty, $path:expr $(,)?) => {{
        const INTEGRITY: ::core::option::Option<&::core::primitive::str> =
            $crate::__private::static_integrity::<$endpoint>($path);
        INTEGRITY
    }};
}
