//! The WebSocket transport through the public API, spoken to byte by byte.

mod closing;
mod deflate;
mod frames;
mod handshake;
mod isolation;
mod limits;
mod site;
mod sizes;
