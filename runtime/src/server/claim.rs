//! The right to a socket that was handed to the process.

use std::sync::Arc;

/// The right to a socket, as long as this is kept.
#[derive(Debug)]
pub(super) struct Claim(#[expect(dead_code, reason = "it is counted")] pub(super) Arc<()>);
