//! Transports: how bytes of clients reach sockets. Stub.

mod mount;

pub use self::mount::{Mount, SocketDef};
