//! The application's state, as sockets, channels, plugs, routers and tests reach it.

#![expect(clippy::unwrap_used, reason = "tests")]

mod app;
mod by_hand;
mod channels;
mod edge;
mod sockets;
