//! Tokens as Phoenix makes them, as we make them, and as an implementation of their format that shares no code with
//! ours sees them.

#![expect(clippy::unwrap_used, reason = "a test may fail by it")]

mod format;
mod golden;
mod ours;
mod sealed;
