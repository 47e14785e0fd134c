//! What the guide's chapter about deploying shows, read and run by the programs that it is for.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod board;
mod pod;
mod proxies;
mod units;
