//! The WebSocket transport (RFC 6455, RFC 7692).
//!
//! | file | what |
//! | --- | --- |
//! | `accept` | the decisions about a connection attempt, in order |
//! | `handshake` | the upgrade: what is asked of a request, and the 101 |
//! | `subprotocol` | which subprotocol is spoken, and the bearer token that may travel with it |
//! | `connection` | the task of an open connection |
//! | `incoming` | bytes into frames, frames into messages |
//! | `work` | callbacks, contained |
//! | `outgoing` | what waits for the client, within bounds |
//! | `peer` | what others reach of a connection: broadcasts, mailboxes, the sweeper |
//! | `frame` `deflate` | the formats |
//! | `wire` | writing from any task, or from the connection's own |
//! | `fuzzing` | what our own fuzzing reaches of this |

mod accept;
mod connection;
#[cfg(feature = "compress")]
mod deflate;
#[cfg(not(feature = "compress"))]
#[path = "deflate_off.rs"]
mod deflate;
mod frame;
mod framing;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod handshake;
mod incoming;
mod outgoing;
mod peer;
mod subprotocol;
mod wire;
mod work;

pub(super) use self::{accept::WebSocketTransport, subprotocol::BEARER};
