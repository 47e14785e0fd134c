//! Transports: how clients reach sockets, and how an application brings a way of its own.
//!
//! A [`Transport`] answers the requests at one path of a mount. WebSocket and longpoll are two. Another one is mounted by
//! `transport = expression` in `socket(..)`, for the same sockets:
//!
//! ```
//! # use landfall::transport::{Attempt, Denied, TransportOptions};
//! use landfall::{prelude::*, transport::Transport};
//!
//! struct Lines;
//!
//! impl Transport for Lines {
//!     const NAME: &'static str = "lines";
//!     // ..
//! #   fn options(&self) -> TransportOptions {
//! #       TransportOptions { path: "/lines", ..TransportOptions::DEFAULT }
//! #   }
//! #   async fn answer<S: Socket>(&self, _: Attempt) -> Result<http::Response<Body>, Denied> {
//! #       Ok(http::Response::new(Body::empty()))
//! #   }
//! }
//!
//! endpoint! {
//!     struct Web;
//!     socket("/news", News, transport = Lines);
//! }
//! # struct News;
//! # #[socket]
//! # impl News {
//! #     async fn connect() -> Result<Self, Refused> { Ok(News) }
//! #     async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
//! # }
//! ```
//!
//! All transports are built on what is here:
//!
//! | | |
//! | --- | --- |
//! | [`Transport`], [`TransportOptions`] | what a transport is, and what it is told: how to write one |
//! | [`Attempt`], [`Denied`] | a request on its way to a socket: parameters, origin, connect_info, `connect` |
//! | [`Driver`] | calls the socket's callbacks while the connection lasts |
//! | [`Format`], [`Outgoing`] | how messages look on the wire, and those that are to go there |
//! | [`Replay`] | the same, kept until the client has acknowledged it |
//! | [`unguessable_name`] | a name for a connection whose client comes back |
//!
//! Panics of callbacks, limits on what waits, topics, draining and logs are taken care of behind them.

// | file | what |
// | --- | --- |
// | `mount` | a socket at a path, as declared |
// | `dispatch` | all of them in a running endpoint, and which of them a request belongs to |
// | `context` | what all connections of a mount share that came by one transport |
// | `drain` | how a mount drains |
// | `erased` | what a transport is, without its type too |
// | `attempt` `request` `denied` | a request on its way to a socket, what is read from it, and why it gets no further |
// | `request_body` `grow` `name` | a request's body read whole; memory for what comes in pieces; names of connections |
// | `connection/` | what every open connection is, whatever carries it |
// | `pattern` | paths with variables |
// | `websocket/` | RFC 6455 and RFC 7692 |
// | `longpoll/` | requests that wait for messages |
// | `log` | what is logged of all this |

mod attempt;
mod connection;
mod context;
mod denied;
mod dispatch;
mod drain;
mod erased;
mod grow;
mod log;
#[cfg(feature = "longpoll")]
mod longpoll;
#[cfg(not(feature = "longpoll"))]
#[path = "longpoll/off.rs"]
mod longpoll;
pub(crate) mod mount;
mod name;
mod pattern;
mod request;
mod request_body;
mod websocket;

pub use self::{
    attempt::Attempt,
    connection::{
        driver::Driver,
        format::Format,
        outgoing::{Outgoing, Replay, Unacknowledged},
    },
    denied::Denied,
    erased::{CustomTransport, Transport},
    name::unguessable_name,
};
pub(crate) use self::{
    dispatch::{Dispatcher, MountError, WeakDispatcher},
    mount::Mount,
};
#[cfg(feature = "fuzzing")]
pub(crate) use self::{
    longpoll::messages,
    pattern::{Path, Pattern},
    websocket::fuzzing as websocket_fuzzing,
};
pub use crate::socket::TransportOptions;
