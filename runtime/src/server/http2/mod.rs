//! HTTP/2 (RFC 9113), by ALPN or by prior knowledge: that of hyper, with limits.
//!
//! | file | what |
//! | --- | --- |
//! | `connection` | one connection, from its preface to its end |
//! | `activity` | the activity of a connection, and its time limits |
//! | `builder` | what hyper is told: its limits, and where streams run |
//! | `frames` | follows the incoming frames, and ends a connection that floods |
//! | `io` | the stream under hyper |
//! | `service` | between hyper and the service: one request, one response |
//! | `upload` | a request's body, and how long it may take |
//! | `tunnel` | a stream that a socket has taken over (RFC 8441) |

mod activity;
mod builder;
pub(super) mod connection;
mod frames;
mod io;
mod service;
mod tunnel;
mod upload;

pub(super) use self::frames::PREFACE;
