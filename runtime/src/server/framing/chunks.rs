//! A chunked body (RFC 9112, 7.1), read as strictly as hyper reads it.

use super::{head::Malformed, limits::Limits};

/// The maximum size of all extensions of a body, in bytes.
const MOST_EXTENSIONS: u32 = 16 * 1024;

/// The next part of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// The first digit of a size.
    Start,
    Size,
    /// White space after a size.
    Space,
    Extension,
    /// The end of a size's line.
    SizeLf,
    Data,
    DataCr,
    DataLf,
    /// A trailer, or the empty line at the end.
    Trailer,
    TrailerName,
    TrailerValue,
    TrailerLf,
    EndLf,
}

#[derive(Debug)]
pub(super) struct Chunks {
    at: At,
    size: u64,
    extensions: u32,
    trailers: usize,
    trailer_bytes: usize,
    limits: Limits,
}

impl Chunks {
    pub(super) fn new(limits: Limits) -> Self {
        Chunks {
            at: At::Start,
            size: 0,
            extensions: 0,
            trailers: 0,
            trailer_bytes: 0,
            limits,
        }
    }

    /// Consumes the body's bytes. Returns `Some` at its end, or if it is malformed.
    pub(super) fn read(&mut self, bytes: &mut &[u8]) -> Option<Result<(), Malformed>> {
        while let [first, rest @ ..] = *bytes {
            if self.at == At::Data {
                let here = usize::try_from(self.size)
                    .unwrap_or(usize::MAX)
                    .min(bytes.len());
                *bytes = &bytes[here..];
                self.size -= here as u64;
                if self.size == 0 {
                    self.at = At::DataCr;
                }
                continue;
            }
            *bytes = rest;
            match self.step(*first) {
                Ok(_) if self.at == At::EndLf && *first == b'\n' => return Some(Ok(())),
                Ok(next) => self.at = next,
                Err(malformed) => return Some(Err(malformed)),
            }
        }
        None
    }

    fn step(&mut self, byte: u8) -> Result<At, Malformed> {
        match (self.at, byte) {
            (At::Start | At::Size, byte) if byte.is_ascii_hexdigit() => self.digit(byte),
            (At::Size | At::Space, b' ' | b'\t') => Ok(At::Space),
            (At::Size | At::Space, b';') => Ok(At::Extension),
            (At::Size | At::Space | At::Extension, b'\r') => Ok(At::SizeLf),
            (At::Extension, byte) if byte != b'\n' => self.extension(),
            (At::SizeLf, b'\n') if self.size == 0 => Ok(At::Trailer),
            (At::SizeLf, b'\n') => Ok(At::Data),
            (At::DataCr, b'\r') => Ok(At::DataLf),
            (At::DataLf, b'\n') => Ok(At::Start),
            (
                At::Trailer | At::TrailerName | At::TrailerValue | At::TrailerLf | At::EndLf,
                byte,
            ) => self.trailer(byte),
            _ => Err(Malformed),
        }
    }

    fn digit(&mut self, byte: u8) -> Result<At, Malformed> {
        let digit = char::from(byte).to_digit(16).ok_or(Malformed)?;
        let size = self
            .size
            .checked_mul(16)
            .and_then(|size| size.checked_add(u64::from(digit)));
        self.size = size.ok_or(Malformed)?;
        Ok(At::Size)
    }

    fn extension(&mut self) -> Result<At, Malformed> {
        self.extensions += 1;
        if self.extensions < MOST_EXTENSIONS {
            Ok(At::Extension)
        } else {
            Err(Malformed)
        }
    }

    /// Trailers are written like headers.
    fn trailer(&mut self, byte: u8) -> Result<At, Malformed> {
        // If there are no trailers, the empty line is not counted.
        if self.at != At::Trailer || self.trailers > 0 || byte != b'\r' {
            self.trailer_bytes += 1;
        }
        let next = match (self.at, byte) {
            (At::Trailer, b'\r') => At::EndLf,
            (At::Trailer | At::TrailerName, byte) if is_in_name(byte) => At::TrailerName,
            (At::TrailerName, b':') => At::TrailerValue,
            (At::TrailerValue, b'\r') => At::TrailerLf,
            (At::TrailerValue, byte) if is_in_value(byte) => At::TrailerValue,
            (At::TrailerLf, b'\n') => {
                self.trailers += 1;
                At::Trailer
            }
            (At::EndLf, b'\n') => At::EndLf,
            _ => return Err(Malformed),
        };
        let Limits { headers, bytes } = self.limits;
        let fits = self.trailers <= headers && self.trailer_bytes < bytes;
        if fits { Ok(next) } else { Err(Malformed) }
    }
}

fn is_in_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_in_value(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}
