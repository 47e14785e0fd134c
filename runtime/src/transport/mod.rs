//! Transports: how clients reach sockets, and how an application brings a way of its own.
//!
//! A [`Transport`] answers the requests at one path of a mount. WebSocket and longpoll are two.
//! Another one is mounted by `transport = expression` in `socket(..)`, for the same sockets:
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
//! # Steps
//!
//! What WebSocket and longpoll do with a request, a transport of one's own can do too, in this
//! order:
//!
//! | step | how | who refuses |
//! | --- | --- | --- |
//! | `transport_log` | [`TransportOptions::transport_log`]; the response is logged by itself | |
//! | `force_ssl` | [`Attempt::force_ssl`], unless the endpoint declares it for all requests | 301 or 307 |
//! | parameters | [`Attempt::params`] | 400, 414 |
//! | `check_origin` | [`Attempt::check_origin`], by [`TransportOptions::check_origin`] or the endpoint's | 403 |
//! | `auth_token` | [`TransportOptions::auth_token`]; the transport finds the token and gives it to `connect` | |
//! | subprotocols | [`Attempt::check_subprotocols`] | 403 |
//! | connect_info | [`TransportOptions::connect_info`] and [`check_csrf`](TransportOptions::check_csrf); `connect` reads them | |
//! | `connect` | [`Attempt::connect`] | what the socket says |
//!
//! All of them together:
//!
//! ```
//! use bytes::Bytes;
//! use http::{Method, Response, StatusCode, header};
//! use landfall::{
//!     endpoint::ForceSsl,
//!     message::Unsupported,
//!     prelude::*,
//!     socket::ConnectInfo,
//!     transport::{Attempt, Denied, Format, Transport, TransportOptions},
//! };
//!
//! const FORCE_SSL: ForceSsl = ForceSsl { subdomains: true, ..ForceSsl::DEFAULT };
//!
//! struct Careful;
//!
//! impl Transport for Careful {
//!     const NAME: &'static str = "careful";
//!
//!     fn options(&self) -> TransportOptions {
//!         TransportOptions {
//!             path: "/careful",
//!             connect_info: ConnectInfo { peer_data: true, ..ConnectInfo::NOTHING },
//!             auth_token: true,
//!             transport_log: Some(tracing::Level::INFO),
//!             ..TransportOptions::DEFAULT
//!         }
//!     }
//!
//!     async fn answer<S: Socket>(&self, mut attempt: Attempt) -> Result<Response<Body>, Denied> {
//!         if attempt.parts().method != Method::GET {
//!             let refusal = Response::builder().status(StatusCode::METHOD_NOT_ALLOWED);
//!             return Err(refusal.body(Body::empty()).expect("a status").into());
//!         }
//!         let hsts = attempt.force_ssl(&FORCE_SSL)?;
//!         let params = attempt.params()?;
//!         attempt.check_origin()?;
//!         let authorization = attempt.parts().headers.get(header::AUTHORIZATION);
//!         let token = authorization.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
//!         let token = token.map(str::to_owned);
//!         let subprotocol = attempt.check_subprotocols(&["lines.v2", "lines.v1"])?;
//!         let (driver, outgoing) = attempt.connect::<S, Line>(params, token).await?;
//!         driver.spawn(run);
//!
//!         let mut response = Response::new(outgoing.into_body());
//!         let headers = response.headers_mut();
//!         headers.extend(hsts.map(|value| (header::STRICT_TRANSPORT_SECURITY, value)));
//!         if let Some(subprotocol) = subprotocol {
//!             headers.insert("sec-websocket-protocol", http::HeaderValue::from_static(subprotocol));
//!         }
//!         Ok(response)
//!     }
//! }
//! # use landfall::transport::Driver;
//! # async fn run<S: Socket>(mut driver: Driver<S>) {
//! #     let mut flow = driver.init().await;
//! #     while flow == Flow::Continue {
//! #         driver.ready().await;
//! #         flow = driver.info().await;
//! #     }
//! # }
//! # struct Line;
//! # impl Format for Line {
//! #     fn format(message: Message) -> Result<Bytes, Unsupported> {
//! #         message.as_text().map(|text| format!("{text}\n").into()).ok_or(Unsupported::new("a line holds text"))
//! #     }
//! # }
//! #
//! # struct News;
//! # #[socket]
//! # impl News {
//! #     async fn connect(#[info] peer_data: PeerData, #[info] auth_token: String) -> Result<Self, Refused> { Ok(News) }
//! #     async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
//! # }
//! # endpoint! {
//! #     struct Web;
//! #     socket("/news", News, websocket = false, transport = Careful);
//! # }
//! ```
//!
//! Panics of callbacks, limits on what waits, topics, draining and logs are taken care of behind
//! them.

// | file | what |
// | --- | --- |
// | `mount` | a socket at a path, as declared |
// | `dispatch` | all of them in a running endpoint, and which of them a request belongs to |
// | `check` `mistake` | what has to be right for that, and what is wrong |
// | `context` | what all connections of a mount share that came by one transport |
// | `directory` | the connections of all of them, for those who ask who is here |
// | `drain` | how a mount drains |
// | `erased` | what a transport is, without its type too |
// | `attempt` `connecting` `request` `denied` | a request on its way to a socket, what is read from it, and why it gets no further |
// | `request_body` `grow` `name` | a request's body read whole; memory for what comes in pieces; names of connections |
// | `connection/` | what every open connection is, whatever carries it |
// | `pattern` `index` | paths with variables, and which of them a path may have |
// | `websocket/` | RFC 6455 and RFC 7692 |
// | `longpoll/` | requests that wait for messages |
// | `log` | what is logged of all this |

mod attempt;
mod check;
mod connecting;
mod connection;
mod context;
mod denied;
mod directory;
mod dispatch;
mod drain;
mod erased;
mod grow;
mod index;
mod log;
#[cfg(feature = "longpoll")]
mod longpoll;
#[cfg(not(feature = "longpoll"))]
#[path = "longpoll/off.rs"]
mod longpoll;
mod mistake;
pub(crate) mod mount;
mod name;
mod pattern;
mod request;
mod request_body;
#[cfg(debug_assertions)]
mod specimen;
mod websocket;

pub use self::{
    attempt::Attempt,
    connecting::SocketConnect,
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
    dispatch::{Dispatcher, WeakDispatcher},
    mistake::MountError,
    mount::Mount,
};
#[cfg(feature = "fuzzing")]
pub(crate) use self::{
    longpoll::messages,
    pattern::{Path, Pattern},
    websocket::fuzzing as websocket_fuzzing,
};
use crate::handle::has_handle;
pub use crate::socket::TransportOptions;

has_handle! {
    [] Attempt,
}
