//! The WebSocket transport (RFC 6455, RFC 7692).
//!
//! | file | what |
//! | --- | --- |
//! | `accept` | the decisions about a connection attempt, in order |
//! | `handshake` | what is asked of a request, and the response that opens a socket |
//! | `subprotocol` | which subprotocol is spoken, and the bearer token that may travel with it |
//! | `task` | the task of an open connection |
//! | `reading` | what a client sends, handled as it is read |
//! | `incoming` | bytes into frames, frames into messages |
//! | `work` | the futures of callbacks |
//! | `lent` `spare` | buffers and memory for futures, lent by the worker |
//! | `stream_out` | the way out: straight to the stream, and through a queue where that takes no more |
//! | `cork` | what callbacks push in one turn |
//! | `write` | the queue to a client, within bounds |
//! | `plain` | the short way for frames as most are |
//! | `frame` `mask` `framing` `deflate` `compression` | the formats |
//! | `wire` | writing from any task, or from the connection's own |
//! | `fuzzing` | what our own fuzzing reaches of this |

mod accept;
mod compression;
mod cork;
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
mod lent;
mod mask;
mod plain;
mod reading;
mod spare;
mod stream_out;
mod subprotocol;
mod task;
mod wire;
mod work;
mod write;

pub(super) use self::{accept::erased, subprotocol::BEARER};
