//! A term as JSON, as Jason writes it on a Phoenix node.

use std::fmt::Write;

use super::{
    number::{self, INTEGERS, LONGEST_INTEGER},
    structs,
};
use crate::{
    message::EncodeError,
    term::{Term, big},
};

/// Larger maps have their keys in the order of the encoding.
pub(super) const SORTED: usize = 32;

/// Writes a term as JSON of at most so many bytes.
pub(super) fn json(term: &Term, most: usize) -> Result<String, EncodeError> {
    let mut writer = Writer {
        out: String::new(),
        most,
        integers: INTEGERS,
    };
    writer.value(term)?;
    Ok(writer.out)
}

struct Writer {
    out: String,
    most: usize,
    /// How many bytes of large integers may follow.
    integers: usize,
}

type Written = Result<(), EncodeError>;

impl Writer {
    fn value(&mut self, term: &Term) -> Written {
        match term {
            Term::Atom(name) => match &**name {
                "nil" => self.push("null"),
                "true" | "false" => self.push(name),
                _ => self.string(name),
            },
            Term::Binary(bytes) => self.string(text(bytes)?),
            Term::Int(_) | Term::Float(_) | Term::Opaque(_) => {
                let number = self.number(term)?;
                self.push(&number)
            }
            Term::List(elements) => self.list(elements),
            Term::Map(pairs) => match structs::name(pairs) {
                Some(name) => {
                    let text = structs::text(name, pairs)?;
                    self.string(&text)
                }
                None => self.map(pairs),
            },
            Term::Tuple(_) => Err(EncodeError::new("a tuple cannot be JSON")),
        }
    }

    fn number(&mut self, term: &Term) -> Result<String, EncodeError> {
        match term {
            Term::Int(value) => return Ok(value.to_string()),
            Term::Float(value) => return Ok(number::float(*value)),
            Term::Opaque(encoding) => {
                if let Some((negative, digits)) = big(encoding) {
                    let left = self.integers.checked_sub(digits.len());
                    let left = left.filter(|_| digits.len() <= LONGEST_INTEGER);
                    self.integers = left.ok_or(EncodeError::new("an integer is too long"))?;
                    let sign = if negative { "-" } else { "" };
                    return Ok(format!("{sign}{}", number::decimal(digits)));
                }
            }
            _ => {}
        }
        Err(EncodeError::new(
            "a process, a reference, a function, bits or an improper list cannot be JSON",
        ))
    }

    fn list(&mut self, elements: &[Term]) -> Written {
        let mut separator = "[";
        for element in elements {
            self.push(separator)?;
            self.value(element)?;
            separator = ",";
        }
        self.push(if elements.is_empty() { "[]" } else { "]" })
    }

    fn map(&mut self, pairs: &[(Term, Term)]) -> Written {
        let mut sorted: Vec<_> = pairs.iter().collect();
        if sorted.len() <= SORTED {
            sorted.sort_by(|a, b| a.0.compare(&b.0));
        }
        let mut separator = "{";
        for (key, value) in sorted {
            self.push(separator)?;
            self.key(key)?;
            self.push(":")?;
            self.value(value)?;
            separator = ",";
        }
        self.push(if pairs.is_empty() { "{}" } else { "}" })
    }

    fn key(&mut self, key: &Term) -> Written {
        match key {
            Term::Binary(bytes) => self.string(text(bytes)?),
            Term::Atom(name) => self.string(name),
            Term::Int(_) | Term::Float(_) | Term::Opaque(_) => {
                let number = self.number(key)?;
                self.string(&number)
            }
            _ => Err(EncodeError::new("a key of a map is no text")),
        }
    }

    fn string(&mut self, text: &str) -> Written {
        self.push("\"")?;
        let mut rest = text;
        while let Some(at) = rest.find(|c: char| c < ' ' || c == '"' || c == '\\') {
            let (plain, special) = rest.split_at(at);
            self.push(plain)?;
            let mut chars = special.chars();
            self.escape(chars.next().unwrap_or_default())?;
            rest = chars.as_str();
        }
        self.push(rest)?;
        self.push("\"")
    }

    fn escape(&mut self, special: char) -> Written {
        match special {
            '"' => self.push("\\\""),
            '\\' => self.push("\\\\"),
            '\u{8}' => self.push("\\b"),
            '\t' => self.push("\\t"),
            '\n' => self.push("\\n"),
            '\u{c}' => self.push("\\f"),
            '\r' => self.push("\\r"),
            _ => {
                let _ = write!(self.out, "\\u{:04X}", u32::from(special));
                self.push("")
            }
        }
    }

    fn push(&mut self, text: &str) -> Written {
        if self.out.len() + text.len() > self.most {
            return Err(EncodeError::new("it is too large as JSON"));
        }
        self.out.push_str(text);
        Ok(())
    }
}

fn text(bytes: &[u8]) -> Result<&str, EncodeError> {
    str::from_utf8(bytes).map_err(|_| EncodeError::new("a string is not UTF-8"))
}
