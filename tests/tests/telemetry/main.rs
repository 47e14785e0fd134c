//! The events of an endpoint, beside the documented table. A program of its own: tracing caches
//! globally which events are wanted.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod canary;
mod lines;
mod recorder;
mod session;
mod site;
mod table;
