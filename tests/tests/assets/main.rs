//! Static files: digested, looked up and served. Headers of the pages that name them.

#![expect(clippy::unwrap_used, reason = "a test may fail by it")]

mod cleaning;
mod constants;
mod digesting;
mod embedding;
mod golden_digester;
mod golden_urls;
mod headers;
mod serving;
mod traversal;
mod tree;
