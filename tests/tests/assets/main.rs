//! Static files: digested, looked up and served.

#![expect(clippy::unwrap_used, reason = "a test may fail by it")]

mod cleaning;
mod digesting;
mod golden_digester;
mod serving;
mod traversal;
mod tree;
