//! How large what is tracked may be.

/// Bytes of a key.
pub const MAX_KEY: usize = 1024;

/// Bytes of a meta's JSON text, without its `phx_ref`. Every subscriber of the topic gets it.
pub const MAX_META: usize = 16 * 1024;
