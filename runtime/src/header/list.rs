//! Lists, and the quoted strings in them.

use http::{HeaderMap, HeaderName};

/// Removes spaces and tabs around a value.
pub(crate) fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// The elements of a list, without empty ones. Several lines are one list, and commas in quotes do
/// not separate.
pub(crate) fn list<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'a [u8]> {
    let lines = headers.get_all(name).into_iter();
    lines.flat_map(|line| elements(line.as_bytes()))
}

/// The elements of a list that is one line.
pub(super) fn elements(line: &[u8]) -> Elements<'_> {
    Elements(Split::new(line, b','))
}

pub(super) struct Elements<'a>(Split<'a>);

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        loop {
            let element = trim(self.0.next()?);
            if !element.is_empty() {
                return Some(element);
            }
        }
    }
}

/// The length of the quoted string at the beginning of a text, including its quotes.
pub(super) fn quoted(text: &[u8]) -> Option<usize> {
    if text.first() != Some(&b'"') {
        return None;
    }
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

/// Splits a text at separators that are not in quotes.
pub(super) struct Split<'a> {
    rest: Option<&'a [u8]>,
    separator: u8,
    /// Whether quotes count. They do not after a quote that is never closed: it is an ordinary
    /// character.
    quotes: bool,
}

impl<'a> Split<'a> {
    pub(super) fn new(text: &'a [u8], separator: u8) -> Self {
        Split {
            rest: Some(text),
            separator,
            quotes: true,
        }
    }
}

impl<'a> Iterator for Split<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let text = self.rest?;
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            if *byte == self.separator {
                self.rest = Some(&text[at + 1..]);
                return Some(&text[..at]);
            }
            let string = if self.quotes && *byte == b'"' {
                quoted(&text[at..])
            } else {
                None
            };
            self.quotes &= *byte != b'"' || string.is_some();
            at += string.unwrap_or(1);
        }
        self.rest = None;
        Some(text)
    }
}
