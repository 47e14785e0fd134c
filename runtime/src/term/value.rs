//! A term, and how it is written.

/// An Erlang value.
///
/// Values without a counterpart here (process ids, references, numbers beyond 128 bits) are kept in
/// their encoding. So a session of an Elixir application survives a change by this one.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// An integer of up to 128 bits.
    Int(i128),
    /// A float.
    Float(f64),
    /// An atom, including `true`, `false` and `nil`.
    Atom(String),
    /// A binary, such as an Elixir string.
    Binary(Vec<u8>),
    /// A tuple.
    Tuple(Vec<Term>),
    /// A proper list.
    List(Vec<Term>),
    /// A map, its pairs in the order of the encoding.
    Map(Vec<(Term, Term)>),
    /// Anything else, in its encoding.
    Opaque(Vec<u8>),
}

pub(crate) const VERSION: u8 = 131;

pub(crate) mod tag {
    pub(crate) const NEW_FLOAT: u8 = 70;
    pub(crate) const BIT_BINARY: u8 = 77;
    pub(crate) const COMPRESSED: u8 = 80;
    pub(crate) const NEW_PID: u8 = 88;
    pub(crate) const NEW_PORT: u8 = 89;
    pub(crate) const NEWER_REFERENCE: u8 = 90;
    pub(crate) const SMALL_INTEGER: u8 = 97;
    pub(crate) const INTEGER: u8 = 98;
    pub(crate) const FLOAT: u8 = 99;
    pub(crate) const ATOM: u8 = 100;
    pub(crate) const REFERENCE: u8 = 101;
    pub(crate) const PORT: u8 = 102;
    pub(crate) const PID: u8 = 103;
    pub(crate) const SMALL_TUPLE: u8 = 104;
    pub(crate) const LARGE_TUPLE: u8 = 105;
    pub(crate) const NIL: u8 = 106;
    pub(crate) const STRING: u8 = 107;
    pub(crate) const LIST: u8 = 108;
    pub(crate) const BINARY: u8 = 109;
    pub(crate) const SMALL_BIG: u8 = 110;
    pub(crate) const LARGE_BIG: u8 = 111;
    pub(crate) const NEW_FUN: u8 = 112;
    pub(crate) const EXPORT: u8 = 113;
    pub(crate) const NEW_REFERENCE: u8 = 114;
    pub(crate) const SMALL_ATOM: u8 = 115;
    pub(crate) const MAP: u8 = 116;
    pub(crate) const ATOM_UTF8: u8 = 118;
    pub(crate) const SMALL_ATOM_UTF8: u8 = 119;
    pub(crate) const V4_PORT: u8 = 120;
}

impl Term {
    /// The atom `nil`.
    pub fn nil() -> Term {
        Term::Atom("nil".to_owned())
    }

    /// A string.
    pub fn text(text: impl Into<String>) -> Term {
        Term::Binary(text.into().into_bytes())
    }

    /// Whether this is the atom of that name.
    #[cfg(feature = "redis")]
    pub(crate) fn is_atom(&self, name: &str) -> bool {
        matches!(self, Term::Atom(own) if own == name)
    }

    /// Writes a whole message, as OTP 26 does.
    pub fn encode(&self) -> Vec<u8> {
        let mut out = vec![VERSION];
        self.write(&mut out);
        out
    }

    /// Writes the term without the version byte.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Term::Int(value) => write_int(*value, out),
            Term::Float(value) => {
                out.push(tag::NEW_FLOAT);
                out.extend(value.to_be_bytes());
            }
            Term::Atom(name) => write_atom(name, out),
            Term::Binary(bytes) => {
                out.push(tag::BINARY);
                write_length(bytes.len(), out);
                out.extend(bytes);
            }
            Term::Tuple(elements) => {
                match u8::try_from(elements.len()) {
                    Ok(arity) => out.extend([tag::SMALL_TUPLE, arity]),
                    Err(_) => {
                        out.push(tag::LARGE_TUPLE);
                        write_length(elements.len(), out);
                    }
                }
                elements.iter().for_each(|element| element.write(out));
            }
            Term::List(elements) => write_list(elements, out),
            Term::Map(pairs) => {
                out.push(tag::MAP);
                write_length(pairs.len(), out);
                for (key, value) in pairs {
                    key.write(out);
                    value.write(out);
                }
            }
            Term::Opaque(bytes) => out.extend(bytes),
        }
    }
}

/// A length, saturated: a token or cookie is never longer than 4 GiB.
fn write_length(length: usize, out: &mut Vec<u8>) {
    out.extend(u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes());
}

/// The sign and the digits of an integer beyond 128 bits, to the base of 256 and the lowest first.
pub(crate) fn big(encoding: &[u8]) -> Option<(bool, &[u8])> {
    let (negative, digits) = match encoding {
        [tag::SMALL_BIG, _, negative, digits @ ..]
        | [tag::LARGE_BIG, _, _, _, _, negative, digits @ ..] => (*negative == 1, digits),
        _ => return None,
    };
    let used = digits.iter().rposition(|digit| *digit != 0)? + 1;
    Some((negative, &digits[..used]))
}

fn write_int(value: i128, out: &mut Vec<u8>) {
    if let Ok(byte) = u8::try_from(value) {
        out.extend([tag::SMALL_INTEGER, byte]);
    } else if let Ok(small) = i32::try_from(value) {
        out.push(tag::INTEGER);
        out.extend(small.to_be_bytes());
    } else {
        let magnitude = value.unsigned_abs().to_le_bytes();
        let used = magnitude
            .iter()
            .rposition(|byte| *byte != 0)
            .map_or(0, |last| last + 1);
        out.extend([tag::SMALL_BIG, used as u8, u8::from(value < 0)]);
        out.extend(&magnitude[..used]);
    }
}

fn write_atom(name: &str, out: &mut Vec<u8>) {
    match u8::try_from(name.len()) {
        Ok(length) => out.extend([tag::SMALL_ATOM_UTF8, length]),
        Err(_) => {
            out.push(tag::ATOM_UTF8);
            out.extend(u16::try_from(name.len()).unwrap_or(u16::MAX).to_be_bytes());
        }
    }
    out.extend(name.as_bytes());
}

/// Erlang writes a list of bytes in the string format.
fn write_list(elements: &[Term], out: &mut Vec<u8>) {
    if elements.is_empty() {
        return out.push(tag::NIL);
    }
    let bytes: Option<Vec<u8>> = elements
        .iter()
        .map(|element| match element {
            Term::Int(value) => u8::try_from(*value).ok(),
            _ => None,
        })
        .collect();
    if let (Some(bytes), Ok(length)) = (bytes, u16::try_from(elements.len())) {
        out.push(tag::STRING);
        out.extend(length.to_be_bytes());
        out.extend(bytes);
        return;
    }
    out.push(tag::LIST);
    write_length(elements.len(), out);
    elements.iter().for_each(|element| element.write(out));
    out.push(tag::NIL);
}
