//! The contract of sockets and transports: what a socket is shown, and how it parts with its
//! clients.

mod drains;
mod mounts;
mod steps;
mod tokens;
