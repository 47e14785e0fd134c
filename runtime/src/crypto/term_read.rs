//! Reads Erlang's external term format, from any author.

use super::term::{Term, VERSION, tag};

/// The maximum depth of nesting. Each level uses stack.
const DEEPEST: usize = 64;

/// The maximum length of an atom, in characters, as in Erlang.
const LONGEST_ATOM: usize = 255;

/// The maximum size in bytes of a compressed term once it is inflated.
#[cfg(feature = "compress")]
const LARGEST: usize = 1024 * 1024;

impl Term {
    /// Reads a whole message: the version byte and one term.
    ///
    /// `None` for anything else, for functions, for terms that are nested too deeply, and for
    /// compressed terms of more than a mebibyte. Without the feature `compress`, all compressed
    /// terms are refused.
    pub fn decode(bytes: &[u8]) -> Option<Term> {
        message(bytes)
    }
}

fn message(bytes: &[u8]) -> Option<Term> {
    let rest = bytes.strip_prefix(&[VERSION])?;
    match rest.strip_prefix(&[tag::COMPRESSED]) {
        None => whole(rest),
        Some(compressed) => whole(&inflate(compressed)?),
    }
}

fn whole(bytes: &[u8]) -> Option<Term> {
    let mut reader = Reader { bytes };
    let term = reader.term(DEEPEST)?;
    reader.bytes.is_empty().then_some(term)
}

#[cfg(feature = "compress")]
fn inflate(compressed: &[u8]) -> Option<Vec<u8>> {
    let (size, stream) = compressed.split_first_chunk()?;
    let size = usize::try_from(u32::from_be_bytes(*size))
        .ok()
        .filter(|size| *size <= LARGEST)?;
    let mut inflated = vec![0; size];
    let mut decompress = flate2::Decompress::new(true);
    let status = decompress
        .decompress(stream, &mut inflated, flate2::FlushDecompress::Finish)
        .ok()?;
    let complete = status == flate2::Status::StreamEnd
        && decompress.total_out() == size as u64
        && decompress.total_in() == stream.len() as u64;
    complete.then_some(inflated)
}

#[cfg(not(feature = "compress"))]
fn inflate(_: &[u8]) -> Option<Vec<u8>> {
    None
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.bytes.split_first_chunk()?;
        self.bytes = rest;
        Some(*array)
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(u8::from_be_bytes)
    }

    fn short(&mut self) -> Option<usize> {
        self.array().map(u16::from_be_bytes).map(usize::from)
    }

    /// Reads a number of elements. Each has at least one byte, which bounds the number.
    fn count(&mut self) -> Option<usize> {
        let count = usize::try_from(u32::from_be_bytes(self.array()?)).ok()?;
        (count <= self.bytes.len()).then_some(count)
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.bytes.split_at_checked(length)?;
        self.bytes = rest;
        Some(taken)
    }

    fn term(&mut self, deepest: usize) -> Option<Term> {
        let deeper = deepest.checked_sub(1)?;
        let start = self.bytes;
        let tag = self.byte()?;
        Some(match tag {
            tag::SMALL_INTEGER => Term::Int(self.byte()?.into()),
            tag::INTEGER => Term::Int(i32::from_be_bytes(self.array()?).into()),
            tag::SMALL_BIG => {
                let length = self.byte()?;
                self.big(start, length.into())?
            }
            tag::LARGE_BIG => {
                let length = self.count()?;
                self.big(start, length)?
            }
            tag::NEW_FLOAT => {
                let value = f64::from_be_bytes(self.array()?);
                value.is_finite().then_some(Term::Float(value))?
            }
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
            tag::STRING => {
                let length = self.short()?;
                Term::List(
                    self.take(length)?
                        .iter()
                        .map(|byte| Term::Int((*byte).into()))
                        .collect(),
                )
            }
            tag::LIST => {
                let length = self.count()?;
                let elements = self.terms(length, deeper)?;
                match self.term(deeper)? {
                    Term::List(tail) if tail.is_empty() => Term::List(elements),
                    _ => self.opaque(start),
                }
            }
            tag::MAP => {
                let pairs = self.count()?;
                let read = |_| Some((self.term(deeper)?, self.term(deeper)?));
                Term::Map((0..pairs).map(read).collect::<Option<_>>()?)
            }
            _ => {
                self.skip(tag)?;
                self.opaque(start)
            }
        })
    }

    fn terms(&mut self, count: usize, deepest: usize) -> Option<Vec<Term>> {
        (0..count).map(|_| self.term(deepest)).collect()
    }

    fn atom(&mut self, tag: u8) -> Option<Term> {
        let length = match tag {
            tag::SMALL_ATOM | tag::SMALL_ATOM_UTF8 => self.byte()?.into(),
            _ => self.short()?,
        };
        let bytes = self.take(length)?;
        let name: String = match tag {
            tag::ATOM | tag::SMALL_ATOM => bytes.iter().copied().map(char::from).collect(),
            _ => std::str::from_utf8(bytes).ok()?.to_owned(),
        };
        (name.chars().count() <= LONGEST_ATOM).then_some(Term::Atom(name))
    }

    fn big(&mut self, start: &[u8], length: usize) -> Option<Term> {
        let negative = match self.byte()? {
            0 => false,
            1 => true,
            _ => return None,
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
        Some(value.map_or_else(|| self.opaque(start), Term::Int))
    }

    /// Skips a process, a port, a reference or a bit string. `None` for everything else, such as a
    /// function.
    fn skip(&mut self, tag: u8) -> Option<()> {
        let rest = match tag {
            tag::PID => 9,
            tag::NEW_PID => 12,
            tag::NEW_PORT => 8,
            tag::NEW_REFERENCE => 1 + 4 * self.short()?,
            tag::NEWER_REFERENCE => 4 + 4 * self.short()?,
            tag::BIT_BINARY => 1 + self.count()?,
            _ => return None,
        };
        if tag != tag::BIT_BINARY {
            match self.byte()? {
                node @ (tag::ATOM | tag::SMALL_ATOM | tag::ATOM_UTF8 | tag::SMALL_ATOM_UTF8) => {
                    self.atom(node)?;
                }
                _ => return None,
            }
        }
        self.take(rest).map(drop)
    }

    /// Everything that was read since `start`.
    fn opaque(&self, start: &[u8]) -> Term {
        Term::Opaque(start[..start.len() - self.bytes.len()].to_vec())
    }
}
