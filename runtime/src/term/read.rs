//! Reads Erlang's external term format, from any author.

use std::borrow::Cow;

use super::{
    order,
    value::{Term, VERSION, tag},
};

/// The maximum length of an atom, in characters, as in Erlang.
const LONGEST_ATOM: usize = 255;

/// The length of the text of a float, as old nodes write it.
const FLOAT_TEXT: usize = 31;

/// How much of a message is read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The maximum depth of nesting. Each level uses stack.
    pub(crate) depth: usize,
    /// The maximum number of terms, those inside of others included. Each takes 32 bytes.
    pub(crate) terms: usize,
    /// The maximum size in bytes of a compressed term once it is inflated.
    pub(crate) inflated: usize,
    /// Whether functions are read, as opaque terms. Nothing calls them.
    pub(crate) functions: bool,
}

impl Limits {
    /// Data of an application, in a token or a cookie.
    pub(crate) const DATA: Limits = Limits {
        depth: 64,
        terms: 1024 * 1024,
        inflated: 1024 * 1024,
        functions: false,
    };
}

/// Why bytes are no term for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// They are no term for Erlang either.
    Malformed,
    /// A kind of term that is not read.
    Unknown(u8),
    /// Nested too deeply.
    Deep,
    /// Too many terms, or too many bytes once inflated.
    Large,
}

use Unreadable::*;

impl Term {
    /// Reads a whole message: the version byte and one term.
    ///
    /// `None` for anything else, for functions, for terms that are nested too deeply or have more
    /// than a million parts, and for compressed terms of more than a mebibyte. Without the features
    /// `compress` and `redis`, all compressed terms are refused.
    pub fn decode(bytes: &[u8]) -> Option<Term> {
        whole(bytes, &Limits::DATA).ok()
    }
}

/// A term and nothing behind it.
pub(super) fn whole(bytes: &[u8], limits: &Limits) -> Result<Term, Unreadable> {
    let bytes = plain(bytes, limits)?;
    let mut reader = Reader::new(&bytes, *limits);
    let term = reader.term()?;
    match reader.bytes {
        [] => Ok(term),
        _ => Err(Malformed),
    }
}

/// The term of a message, without the version byte and inflated.
pub(crate) fn plain<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Cow<'a, [u8]>, Unreadable> {
    match bytes {
        [VERSION, tag::COMPRESSED, compressed @ ..] => {
            inflate(compressed, limits.inflated).map(Cow::Owned)
        }
        [VERSION, plain @ ..] => Ok(Cow::Borrowed(plain)),
        _ => Err(Malformed),
    }
}

/// What follows the stream is ignored, as Erlang does.
#[cfg(any(feature = "compress", feature = "redis"))]
fn inflate(compressed: &[u8], most: usize) -> Result<Vec<u8>, Unreadable> {
    let (size, stream) = compressed.split_first_chunk().ok_or(Malformed)?;
    let size = usize::try_from(u32::from_be_bytes(*size))
        .ok()
        .filter(|size| *size <= most)
        .ok_or(Large)?;
    // Deflate makes at most 1,032 bytes of one: so nobody gets memory for a number alone.
    let mut inflated = vec![0; size.min(stream.len().saturating_mul(1_032))];
    let mut decompress = flate2::Decompress::new(true);
    let status = decompress
        .decompress(stream, &mut inflated, flate2::FlushDecompress::Finish)
        .map_err(|_| Malformed)?;
    let complete = status == flate2::Status::StreamEnd && decompress.total_out() == size as u64;
    complete.then_some(inflated).ok_or(Malformed)
}

#[cfg(not(any(feature = "compress", feature = "redis")))]
fn inflate(_: &[u8], _: usize) -> Result<Vec<u8>, Unreadable> {
    Err(Unknown(tag::COMPRESSED))
}

/// Reads one term after the other.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    bytes: &'a [u8],
    limits: Limits,
}

impl<'a> Reader<'a> {
    /// Reads terms without a version byte.
    pub(crate) fn new(bytes: &'a [u8], limits: Limits) -> Self {
        Reader { bytes, limits }
    }

    /// What has not been read.
    #[cfg(feature = "redis")]
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.bytes
    }

    /// The next term, whole.
    pub(crate) fn term(&mut self) -> Result<Term, Unreadable> {
        self.deeper(self.limits.depth)
    }

    /// The number of elements, if the next term is a tuple. The elements come next.
    #[cfg(feature = "redis")]
    pub(crate) fn tuple(&mut self) -> Result<Option<usize>, Unreadable> {
        let start = self.bytes;
        match self.byte()? {
            tag::SMALL_TUPLE => self.byte().map(|arity| Some(arity.into())),
            tag::LARGE_TUPLE => self.count().map(Some),
            _ => {
                self.bytes = start;
                Ok(None)
            }
        }
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Unreadable> {
        let (array, rest) = self.bytes.split_first_chunk().ok_or(Malformed)?;
        self.bytes = rest;
        Ok(*array)
    }

    fn byte(&mut self) -> Result<u8, Unreadable> {
        self.array().map(u8::from_be_bytes)
    }

    fn short(&mut self) -> Result<usize, Unreadable> {
        self.array().map(u16::from_be_bytes).map(usize::from)
    }

    /// Reads a number of elements. Each has at least one byte, which bounds the number.
    fn count(&mut self) -> Result<usize, Unreadable> {
        let count = u32::from_be_bytes(self.array()?);
        usize::try_from(count)
            .ok()
            .filter(|count| *count <= self.bytes.len())
            .ok_or(Malformed)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], Unreadable> {
        let (taken, rest) = self.bytes.split_at_checked(length).ok_or(Malformed)?;
        self.bytes = rest;
        Ok(taken)
    }

    fn pay(&mut self, terms: usize) -> Result<(), Unreadable> {
        self.limits.terms = self.limits.terms.checked_sub(terms).ok_or(Large)?;
        Ok(())
    }

    fn deeper(&mut self, deepest: usize) -> Result<Term, Unreadable> {
        let deeper = deepest.checked_sub(1).ok_or(Deep)?;
        self.pay(1)?;
        let start = self.bytes;
        let tag = self.byte()?;
        Ok(match tag {
            tag::SMALL_INTEGER => Term::Int(self.byte()?.into()),
            tag::INTEGER => Term::Int(i32::from_be_bytes(self.array()?).into()),
            tag::SMALL_BIG => {
                let length = self.byte()?;
                self.integer(start, length.into())?
            }
            tag::LARGE_BIG => {
                let length = self.count()?;
                self.integer(start, length)?
            }
            tag::NEW_FLOAT => finite(f64::from_be_bytes(self.array()?))?,
            tag::FLOAT => self.float_text()?,
            tag::BINARY => {
                let length = self.count()?;
                Term::Binary(self.take(length)?.to_vec())
            }
            tag::ATOM | tag::SMALL_ATOM | tag::ATOM_UTF8 | tag::SMALL_ATOM_UTF8 => {
                self.atom(tag)?
            }
            tag::SMALL_TUPLE => {
                let arity = self.byte()?;
                Term::Tuple(self.terms(arity.into(), deeper)?)
            }
            tag::LARGE_TUPLE => {
                let arity = self.count()?;
                Term::Tuple(self.terms(arity, deeper)?)
            }
            tag::NIL => Term::List(Vec::new()),
            tag::STRING => self.bytes_list()?,
            tag::LIST => self.list(start, deeper)?,
            tag::MAP => self.map(deeper)?,
            tag::BIT_BINARY => self.bits(start)?,
            _ => {
                self.skip(tag)?;
                self.opaque(start)
            }
        })
    }

    fn terms(&mut self, count: usize, deepest: usize) -> Result<Vec<Term>, Unreadable> {
        (0..count).map(|_| self.deeper(deepest)).collect()
    }

    fn bytes_list(&mut self) -> Result<Term, Unreadable> {
        let length = self.short()?;
        self.pay(length)?;
        let elements = self.take(length)?.iter();
        Ok(Term::List(
            elements.map(|byte| Term::Int((*byte).into())).collect(),
        ))
    }

    /// A list with another tail than the empty list is opaque.
    fn list(&mut self, start: &[u8], deepest: usize) -> Result<Term, Unreadable> {
        let length = self.count()?;
        let elements = self.terms(length, deepest)?;
        Ok(match self.deeper(deepest)? {
            Term::List(tail) if tail.is_empty() => Term::List(elements),
            _ => self.opaque(start),
        })
    }

    fn map(&mut self, deepest: usize) -> Result<Term, Unreadable> {
        let count = self.count()?;
        let read = |_| Ok((self.deeper(deepest)?, self.deeper(deepest)?));
        let pairs: Vec<_> = (0..count).map(read).collect::<Result<_, _>>()?;
        if order::has_twins(&pairs) {
            return Err(Malformed);
        }
        Ok(Term::Map(pairs))
    }

    fn atom(&mut self, tag: u8) -> Result<Term, Unreadable> {
        let length = match tag {
            tag::SMALL_ATOM | tag::SMALL_ATOM_UTF8 => self.byte()?.into(),
            _ => self.short()?,
        };
        let bytes = self.take(length)?;
        let name: String = match tag {
            tag::ATOM | tag::SMALL_ATOM => bytes.iter().copied().map(char::from).collect(),
            _ => str::from_utf8(bytes).map_err(|_| Malformed)?.to_owned(),
        };
        if name.chars().count() > LONGEST_ATOM {
            return Err(Malformed);
        }
        Ok(Term::Atom(name))
    }

    fn float_text(&mut self) -> Result<Term, Unreadable> {
        let text = self.array::<FLOAT_TEXT>()?;
        let text = str::from_utf8(&text).map_err(|_| Malformed)?;
        let value = text.trim_end_matches('\0').trim_start().parse();
        finite(value.map_err(|_| Malformed)?)
    }

    fn integer(&mut self, start: &[u8], length: usize) -> Result<Term, Unreadable> {
        let negative = match self.byte()? {
            0 => false,
            1 => true,
            _ => return Err(Malformed),
        };
        let digits = self.take(length)?;
        let used = digits
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1);
        let mut low = [0; 16];
        let value = (used <= low.len()).then(|| {
            low[..used].copy_from_slice(&digits[..used]);
            let magnitude = u128::from_le_bytes(low);
            if negative {
                0_i128.checked_sub_unsigned(magnitude)
            } else {
                i128::try_from(magnitude).ok()
            }
        });
        let value = value.flatten();
        Ok(value.map_or_else(|| self.opaque(start), Term::Int))
    }

    /// Bits that are whole bytes are a binary.
    fn bits(&mut self, start: &[u8]) -> Result<Term, Unreadable> {
        let length = self.count()?;
        let last = self.byte()?;
        let bytes = self.take(length)?;
        match last {
            8 => Ok(Term::Binary(bytes.to_vec())),
            1..8 if length > 0 => Ok(self.opaque(start)),
            _ => Err(Malformed),
        }
    }

    /// Skips a process, a port, a reference or a function.
    fn skip(&mut self, tag: u8) -> Result<(), Unreadable> {
        let rest = match tag {
            tag::PID => 9,
            tag::NEW_PID | tag::V4_PORT => 12,
            tag::NEW_PORT => 8,
            tag::PORT | tag::REFERENCE => 5,
            tag::NEW_REFERENCE => 1 + 4 * self.short()?,
            tag::NEWER_REFERENCE => 4 + 4 * self.short()?,
            tag::NEW_FUN | tag::EXPORT if self.limits.functions => return self.function(tag),
            _ => return Err(Unknown(tag)),
        };
        self.name()?;
        self.take(rest).map(drop)
    }

    fn function(&mut self, tag: u8) -> Result<(), Unreadable> {
        if tag == tag::NEW_FUN {
            // The size counts itself.
            let size = u32::from_be_bytes(self.array()?).checked_sub(4);
            let size = size.and_then(|size| usize::try_from(size).ok());
            return self.take(size.ok_or(Malformed)?).map(drop);
        }
        self.name()?;
        self.name()?;
        match self.array()? {
            [tag::SMALL_INTEGER, _] => Ok(()),
            _ => Err(Malformed),
        }
    }

    fn name(&mut self) -> Result<(), Unreadable> {
        match self.byte()? {
            name @ (tag::ATOM | tag::SMALL_ATOM | tag::ATOM_UTF8 | tag::SMALL_ATOM_UTF8) => {
                self.atom(name).map(drop)
            }
            _ => Err(Malformed),
        }
    }

    /// Everything that was read since `start`.
    fn opaque(&self, start: &[u8]) -> Term {
        Term::Opaque(start[..start.len() - self.bytes.len()].to_vec())
    }
}

fn finite(value: f64) -> Result<Term, Unreadable> {
    match value.is_finite() {
        true => Ok(Term::Float(value)),
        false => Err(Malformed),
    }
}
