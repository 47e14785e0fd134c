//! How large what is tracked may be.

/// Bytes of a key.
pub const MAX_KEY: usize = 1024;

/// Bytes of a meta's JSON text, without its `phx_ref`. Every subscriber of the topic gets it.
pub const MAX_META: usize = 16 * 1024;

/// Bytes of a topic in which something is tracked.
pub const MAX_TOPIC: usize = 4096;

/// Bytes of a presence's name.
pub(super) const MAX_NAME: usize = 255;

/// The maximum number of presences in a message between nodes.
pub(super) const MAX_ENTRIES: usize = 4096;

/// The maximum number of ranges of numbers in a message between nodes.
pub(super) const MAX_RANGES: usize = 16 * 1024;
