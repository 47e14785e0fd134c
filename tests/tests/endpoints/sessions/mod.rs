//! Sessions from outside: what pages set, what comes back, and what sockets get of it.

#![expect(clippy::unwrap_used, reason = "a test may fail by it")]

mod computed;
mod pages;
mod site;
mod sockets;
mod start;
