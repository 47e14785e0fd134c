#![doc = include_str!("docs/crate.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(all(
        feature = "channels",
        feature = "config-file",
        feature = "longpoll",
        feature = "tokens"
    )),
    allow(
        dead_code,
        unreachable_pub,
        unused_imports,
        reason = "what is off uses it"
    )
)]

#[doc(hidden)]
#[path = "private/mod.rs"]
pub mod __private;
mod address;
mod arrival;
pub mod assets;
mod body;
mod cast;
mod causes;
#[cfg(feature = "channels")]
pub mod channel;
pub mod config;
mod contain;
#[cfg(feature = "tokens")]
mod crypto;
#[cfg(not(feature = "tokens"))]
#[path = "crypto/off.rs"]
mod crypto;
#[cfg(feature = "dashboard")]
pub mod dashboard;
#[cfg(not(feature = "dashboard"))]
#[path = "dashboard/off.rs"]
pub mod dashboard;
pub mod debug;
pub mod endpoint;
mod error;
pub mod error_page;
mod escape;
mod failure;
mod feature;
mod force_ssl;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod grammar;
#[cfg(all(
    feature = "axum",
    feature = "channels",
    feature = "config-file",
    feature = "longpoll",
    feature = "redis",
    feature = "testing",
    feature = "tls"
))]
pub mod guide;
#[cfg(not(all(
    feature = "axum",
    feature = "channels",
    feature = "config-file",
    feature = "longpoll",
    feature = "redis",
    feature = "testing",
    feature = "tls"
)))]
#[path = "guide/off.rs"]
pub mod guide;
mod handle;
mod header;
mod hidden;
pub mod instrument;
mod instrumenter;
mod interop;
mod level;
#[cfg(feature = "live-reload")]
pub mod live_reload;
#[cfg(not(feature = "live-reload"))]
#[path = "live_reload/off.rs"]
mod live_reload;
pub mod message;
pub mod mount;
pub mod nodes;
pub mod origin;
mod pipeline;
mod places;
pub mod plug;
#[cfg(feature = "channels")]
pub mod presence;
#[cfg(not(feature = "channels"))]
#[path = "presence/off.rs"]
mod presence;
mod proxies;
pub mod pubsub;
mod random;
pub mod reference;
pub mod security;
mod server;
#[cfg(feature = "tokens")]
pub mod session;
#[cfg(not(feature = "tokens"))]
#[path = "session/off.rs"]
pub mod session;
mod slab;
pub mod socket;
mod sorted;
pub mod state;
mod stream;
mod task;
pub mod telemetry;
#[cfg(any(feature = "tokens", feature = "redis"))]
mod term;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "rustls")]
mod tls_provider;
pub mod transport;
mod url;
mod watchdog;
mod watchers;

// Behind the others: so the compiler names a type by its module, and not by the prelude.
pub mod prelude;

#[cfg(feature = "tokens")]
pub use self::crypto::token;
#[doc(inline)]
pub use self::{
    body::Body,
    endpoint::{Builder, Endpoint, EndpointHandle, Running},
    error::{BoxError, Error},
    handle::Handle,
    message::Message,
    socket::Socket,
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

/// The integrity of a static file as a constant, an `Option<&'static str>`:
/// `static_integrity!(Web, "/assets/app.js")`.
///
/// It is what [`Handle::static_integrity`](crate::Handle::static_integrity) returns; see
/// [`static_path!`](crate::static_path).
#[macro_export]
macro_rules! static_integrity {
    ($endpoint:ty, $path:expr $(,)?) => {{
        const INTEGRITY: ::core::option::Option<&::core::primitive::str> =
            $crate::__private::static_integrity::<$endpoint>($path);
        INTEGRITY
    }};
}

/// Runs a future as an event, as [`Handle::instrument`](crate::Handle::instrument) does, and tells
/// the instrumenters the module and the function in which this stands, beside file and line:
/// `instrument!(request, "checkout", metadata, future)`.
///
/// The first argument is anything [in which an endpoint is
/// found](crate::instrument::HasEndpoint): a handle, a request, or what a socket's or a channel's
/// callback is given.
///
/// ```
/// use landfall::{instrument, prelude::*};
///
/// async fn checkout(request: http::Request<Body>) -> u32 {
///     instrument!(request, "checkout", (), async { 42 }).await
/// }
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// # assert_eq!(checkout(http::Request::new(Body::empty())).await, 42);
/// # }
/// ```
#[macro_export]
macro_rules! instrument {
    ($of:expr, $event:expr, $metadata:expr, $future:expr $(,)?) => {
        $crate::instrument::instrument_at(
            &$of,
            {
                fn __here() {}
                $crate::instrument::CompileMeta::new(
                    ::core::module_path!(),
                    ::core::any::type_name_of_val(&__here),
                    ::core::file!(),
                    ::core::line!(),
                )
            },
            $event,
            $metadata,
            $future,
        )
    };
}

#[doc = include_str!("docs/embed_static.md")]
#[macro_export]
macro_rules! embed_static {
    ($directory:literal $(,)?) => {
        $crate::assets::Embedded::of($crate::__private::embed_files!($directory))
    };
}
