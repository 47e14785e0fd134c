//! How WebSocket messages are compressed.

/// `deflate_options(..)`: how messages are compressed where permessage-deflate is agreed on.
///
/// What a connection sends is compressed message by message. So a compressor belongs to a worker
/// thread, not to a connection, and one compressed broadcast serves all clients with the same
/// options. What these bound for each connection is the window of a client whose messages refer to
/// earlier ones.
///
/// A value beyond its bounds that was not written in a declaration counts as the nearest one
/// within.
///
/// ```
/// use landfall::mount::{DeflateOptions, WebSocket};
///
/// let options = WebSocket {
///     compress: true,
///     deflate_options: DeflateOptions { level: 1, window_bits: 11, ..DeflateOptions::DEFAULT },
///     ..WebSocket::DEFAULT
/// };
/// assert_eq!(options.deflate_options.memory_level, 8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeflateOptions {
    /// zlib's level, from 0 (nothing is compressed) to 9 (smallest). Default 6.
    pub level: u8,
    /// zlib's memory level, from 1 (least) to 9. A compressor takes about 2^(9 + `memory_level`)
    /// bytes beside four times its window: 128 KiB with 8. Default 8.
    pub memory_level: u8,
    /// The largest window of either side, as a power of two: 9 to 15. Default 15, which is 32 KiB.
    ///
    /// For what the server sends, it is the smaller of this and what the client asks for by
    /// `server_max_window_bits`. A client that offers `client_max_window_bits` is told it, and the
    /// memory that is kept for its messages is as much smaller; one that does not offer it may
    /// use 15.
    pub window_bits: u8,
}

impl DeflateOptions {
    /// The defaults of every key.
    pub const DEFAULT: DeflateOptions = DeflateOptions {
        level: 6,
        memory_level: 8,
        window_bits: 15,
    };
}
