//! Tokens of Phoenix, tokens of ours, and an implementation of their format that does not share
//! code with ours.

#![expect(clippy::unwrap_used, reason = "a test may fail by it")]

mod format;
mod golden;
mod ours;
mod sealed;
