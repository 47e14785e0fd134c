//! The encodings of compressed siblings.

use std::io::{self, Write};

use flate2::{Compression, write::GzEncoder};

/// An encoding of compressed siblings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Encoding {
    /// `.gz`
    Gzip,
    /// `.br`
    #[cfg(feature = "brotli")]
    Brotli,
    /// `.zst`
    #[cfg(feature = "zstd")]
    Zstd,
}

impl Encoding {
    /// The encodings that this build supports.
    pub const ALL: &[Encoding] = &[
        Encoding::Gzip,
        #[cfg(feature = "brotli")]
        Encoding::Brotli,
        #[cfg(feature = "zstd")]
        Encoding::Zstd,
    ];

    /// The extensions of compressed files, also of encodings that this build does not support.
    pub(crate) const EXTENSIONS: [&str; 3] = [".gz", ".br", ".zst"];

    /// The name: `gzip`, `brotli` or `zstd`.
    pub const fn name(self) -> &'static str {
        match self {
            Encoding::Gzip => "gzip",
            #[cfg(feature = "brotli")]
            Encoding::Brotli => "brotli",
            #[cfg(feature = "zstd")]
            Encoding::Zstd => "zstd",
        }
    }

    /// The extension that is appended to a file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Encoding::Gzip => ".gz",
            #[cfg(feature = "brotli")]
            Encoding::Brotli => ".br",
            #[cfg(feature = "zstd")]
            Encoding::Zstd => ".zst",
        }
    }

    /// The content, compressed at the highest level.
    pub(crate) fn encode(self, content: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Encoding::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
                encoder.write_all(content)?;
                encoder.finish()
            }
            #[cfg(feature = "brotli")]
            Encoding::Brotli => {
                let (mut encoded, mut rest) = (Vec::new(), content);
                let params = brotli::enc::BrotliEncoderParams {
                    size_hint: content.len(),
                    ..Default::default()
                };
                brotli::BrotliCompress(&mut rest, &mut encoded, &params)?;
                Ok(encoded)
            }
            #[cfg(feature = "zstd")]
            Encoding::Zstd => zstd::bulk::compress(content, 19),
        }
    }
}
