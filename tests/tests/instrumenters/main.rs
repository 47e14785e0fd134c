//! Instrumenters: the endpoint's own events, those of the application, and what goes wrong. A
//! program of its own: tracing caches globally which events are wanted.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod own;
mod phoenix;
mod recording;
mod wrong;
