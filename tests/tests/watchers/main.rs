//! Programs and functions that run beside an endpoint.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod functions;
#[cfg(unix)]
mod processes;
