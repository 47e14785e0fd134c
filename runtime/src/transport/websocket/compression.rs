//! How the messages to a client are compressed.

use crate::socket::DeflateOptions;

/// How the messages to a client are compressed. Clients with the same share compressed broadcasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Compression {
    /// The window, as a power of two: 8 to 15. 0 if nothing is compressed.
    pub(super) window_bits: u8,
    /// zlib's level, from 0 to 9.
    pub(super) level: u8,
    /// zlib's memory level, from 1 to 9.
    pub(super) memory_level: u8,
}

impl Compression {
    pub(super) const OFF: Compression = Compression {
        window_bits: 0,
        level: 0,
        memory_level: 0,
    };

    pub(super) fn new(window_bits: u8, options: &DeflateOptions) -> Self {
        Compression {
            window_bits,
            level: options.level.min(9),
            memory_level: options.memory_level.clamp(1, 9),
        }
    }

    pub(super) fn to_number(self) -> u32 {
        u32::from_be_bytes([0, self.window_bits, self.level, self.memory_level])
    }

    pub(super) fn from_number(number: u32) -> Self {
        let [_, window_bits, level, memory_level] = number.to_be_bytes();
        Compression {
            window_bits,
            level,
            memory_level,
        }
    }
}
