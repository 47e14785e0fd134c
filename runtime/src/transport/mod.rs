//! Transports: how clients reach sockets.
//!
//! | file | what |
//! | --- | --- |
//! | `mount` | a socket at a path, as declared |
//! | `mounts` | all of them in a running endpoint, and which of them a request belongs to |
//! | `mounted` | what all connections of a mount share |
//! | `pattern` | paths with variables |
//! | `request` | what is read from the request that opens a connection |
//! | `roster` `clock` | open connections: swept for silence, drained at the end |
//! | `websocket/` | RFC 6455 and RFC 7692 |
//! | `log` | what is logged of all this |

mod clock;
mod log;
mod mount;
mod mounted;
mod mounts;
mod pattern;
mod request;
mod roster;
mod websocket;

pub use self::mount::{Mount, SocketDef};
pub(crate) use self::mounts::{MountError, Mounts};
