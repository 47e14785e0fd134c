//! JSON as a term, as Jason reads it. All of it is checked: code that makes a payload only says
//! that it is JSON.

use super::{
    jason::SORTED,
    number::{self, INTEGERS, LONGEST_INTEGER},
    wire::{DEPTH, TERMS},
};
use crate::{
    message::EncodeError,
    term::{Term, tag},
};

/// The term of a JSON text.
pub(super) fn parse(text: &str) -> Result<Term, EncodeError> {
    let mut parser = Parser {
        text,
        rest: text,
        terms: TERMS,
        integers: INTEGERS,
    };
    let term = parser.value(DEPTH)?;
    parser.blanks();
    match parser.rest {
        "" => Ok(term),
        _ => Err(parser.broken()),
    }
}

struct Parser<'a> {
    text: &'a str,
    rest: &'a str,
    /// How many terms may follow.
    terms: usize,
    /// How many bytes of large integers may follow.
    integers: usize,
}

type Parsed = Result<Term, EncodeError>;

impl<'a> Parser<'a> {
    fn broken(&self) -> EncodeError {
        let at = self.text.len() - self.rest.len();
        EncodeError::new(format!("the payload is not JSON from its byte {at} on"))
    }

    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn accept(&mut self, token: char) -> bool {
        self.blanks();
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, token: char) -> Result<(), EncodeError> {
        match self.accept(token) {
            true => Ok(()),
            false => Err(self.broken()),
        }
    }

    fn value(&mut self, deepest: usize) -> Parsed {
        let deeper = deepest.checked_sub(1);
        let deeper = deeper.ok_or(EncodeError::new("the payload is nested too deeply"))?;
        let terms = self.terms.checked_sub(1);
        self.terms = terms.ok_or(EncodeError::new("the payload has too many values"))?;
        self.blanks();
        match self.rest.as_bytes().first() {
            Some(b'{') => self.object(deeper),
            Some(b'[') => self.array(deeper),
            Some(b'"') => self.string().map(Term::Binary),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.literal(),
        }
    }

    fn literal(&mut self) -> Parsed {
        let literals = [("null", "nil"), ("true", "true"), ("false", "false")];
        for (json, atom) in literals {
            if let Some(rest) = self.rest.strip_prefix(json) {
                self.rest = rest;
                return Ok(Term::Atom(atom.to_owned()));
            }
        }
        Err(self.broken())
    }

    fn array(&mut self, deepest: usize) -> Parsed {
        self.expect('[')?;
        let mut elements = Vec::new();
        if self.accept(']') {
            return Ok(Term::List(elements));
        }
        loop {
            elements.push(self.value(deepest)?);
            if self.accept(']') {
                return Ok(Term::List(elements));
            }
            self.expect(',')?;
        }
    }

    fn object(&mut self, deepest: usize) -> Parsed {
        self.expect('{')?;
        let mut pairs = Vec::new();
        if self.accept('}') {
            return Ok(Term::Map(pairs));
        }
        loop {
            self.blanks();
            let key = Term::Binary(self.string()?);
            self.expect(':')?;
            pairs.push((key, self.value(deepest)?));
            if self.accept('}') {
                return Ok(map(pairs));
            }
            self.expect(',')?;
        }
    }

    fn string(&mut self) -> Result<Vec<u8>, EncodeError> {
        self.rest = self.rest.strip_prefix('"').ok_or_else(|| self.broken())?;
        let mut string = Vec::new();
        loop {
            let end = self
                .rest
                .find(|c: char| c < ' ' || c == '"' || c == '\\')
                .ok_or_else(|| self.broken())?;
            let (plain, rest) = self.rest.split_at(end);
            string.extend(plain.as_bytes());
            self.rest = rest;
            if self.take("\"") {
                return Ok(string);
            }
            let character = self.escape().ok_or_else(|| self.broken())?;
            string.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
        }
    }

    fn take(&mut self, token: &str) -> bool {
        match self.rest.strip_prefix(token) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    /// `None` for a control character, an unknown escape and half of a surrogate pair.
    fn escape(&mut self) -> Option<char> {
        let mut chars = self.rest.strip_prefix('\\')?.chars();
        let character = match chars.next()? {
            same @ ('"' | '\\' | '/') => same,
            'b' => '\u{8}',
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => return self.unicode(),
            _ => return None,
        };
        self.rest = chars.as_str();
        Some(character)
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.unit()?;
        let second = match first {
            0xD800..0xDC00 => Some(self.unit()?),
            _ => None,
        };
        let mut units = char::decode_utf16([Some(first), second].into_iter().flatten());
        units.next()?.ok()
    }

    fn unit(&mut self) -> Option<u16> {
        let rest = self.rest.strip_prefix("\\u")?;
        let (digits, rest) = rest.split_at_checked(4)?;
        let is_hex = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let unit = is_hex.then(|| u16::from_str_radix(digits, 16).ok())??;
        self.rest = rest;
        Some(unit)
    }

    fn number(&mut self) -> Parsed {
        let start = self.rest;
        let negative = self.take("-");
        let digits = self.digits();
        if digits.is_empty() || digits.len() > 1 && digits.starts_with('0') {
            return Err(self.broken());
        }
        let mut is_float = self.take(".");
        if is_float && self.digits().is_empty() {
            return Err(self.broken());
        }
        if self.take("e") || self.take("E") {
            is_float = true;
            let _ = self.take("-") || self.take("+");
            if self.digits().is_empty() {
                return Err(self.broken());
            }
        }
        let text = &start[..start.len() - self.rest.len()];
        match (is_float, text.parse()) {
            (true, _) => float(text),
            (false, Ok(value)) => Ok(Term::Int(value)),
            (false, Err(_)) => self.big(negative, digits),
        }
    }

    fn digits(&mut self) -> &'a str {
        let rest = self.rest.trim_start_matches(|c: char| c.is_ascii_digit());
        let digits = &self.rest[..self.rest.len() - rest.len()];
        self.rest = rest;
        digits
    }

    /// Five digits are a little more than two bytes.
    fn big(&mut self, negative: bool, digits: &str) -> Parsed {
        let size = digits.len() / 5 * 2;
        let left = self.integers.checked_sub(size);
        let left = left.filter(|_| size <= LONGEST_INTEGER);
        self.integers = left.ok_or(EncodeError::new("an integer is too long"))?;
        let digits = number::bytes(digits);
        let mut encoding = match u8::try_from(digits.len()) {
            Ok(length) => vec![tag::SMALL_BIG, length],
            Err(_) => {
                let length = u32::try_from(digits.len()).unwrap_or(u32::MAX);
                [&[tag::LARGE_BIG][..], &length.to_be_bytes()].concat()
            }
        };
        encoding.push(negative.into());
        encoding.extend(digits);
        Ok(Term::Opaque(encoding))
    }
}

fn float(text: &str) -> Parsed {
    match text.parse() {
        Ok(value) if f64::is_finite(value) => Ok(Term::Float(value)),
        _ => Err(EncodeError::new("a number is too large for a float")),
    }
}

/// Of pairs with the same key, the last one. Small maps have their keys in order, as Erlang writes
/// them.
fn map(pairs: Vec<(Term, Term)>) -> Term {
    let mut pairs: Vec<_> = pairs.into_iter().enumerate().rev().collect();
    pairs.sort_by(|(_, a), (_, b)| a.0.compare(&b.0));
    pairs.dedup_by(|(_, a), (_, b)| a.0.compare(&b.0).is_eq());
    if pairs.len() > SORTED {
        pairs.sort_by_key(|(at, _)| *at);
    }
    Term::Map(pairs.into_iter().map(|(_, pair)| pair).collect())
}
