//! Landfall from outside: everything here goes through the public API or over the wire.
//!
//! | module | what |
//! | --- | --- |
//! | `wire` | HTTP/1.1 and WebSocket byte by byte, well-formed or not |
//! | `replay` | recorded exchanges played again, and their answers compared |

pub mod replay;
pub mod wire;
