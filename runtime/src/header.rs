//! How the values of headers are written (RFC 9110 §5.5 and §5.6): whatever reads a header reads it by this.
//!
//! It is all about bytes: what is not ASCII, or not well-formed, spoils its own element and nothing beside it.

use http::{
    HeaderMap, HeaderName,
    header::{AsHeaderName, CONTENT_TYPE},
};

#[cfg(feature = "compress")]
mod parameters;
#[cfg(test)]
mod tests;

#[cfg(feature = "compress")]
pub(crate) use self::parameters::parameters;

/// Without the blanks that may stand around a value.
pub(crate) fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

/// The elements of a list: several lines are one list, and commas in quotes part nothing. Empty elements do not count.
pub(crate) fn list<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = &'a [u8]> {
    let lines = headers.get_all(name).into_iter();
    let elements = lines.flat_map(|line| Split::new(line.as_bytes(), b','));
    elements.map(trim).filter(|element| !element.is_empty())
}

/// Whether a list has this token, in any case.
pub(crate) fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let is_token = |element: &[u8]| element.eq_ignore_ascii_case(token.as_bytes());
    let lines = || headers.get_all(name).into_iter();
    // Most lists have this one element.
    lines().any(|line| is_token(line.as_bytes())) || list(headers, name).any(is_token)
}

/// The elements of a list as text, in their own case; `None` if the request has no such header.
pub(crate) fn texts<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Vec<&'a str>> {
    let texts = || list(headers, name).filter_map(|element| str::from_utf8(element).ok());
    headers.contains_key(name).then(|| texts().collect())
}

/// The value of a header that occurs once; `None` if there is none, or several.
pub(crate) fn one(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&[u8]> {
    let mut lines = headers.get_all(name).into_iter();
    let only = lines.next().filter(|_| lines.next().is_none())?;
    Some(trim(only.as_bytes()))
}

/// The values of a header that is no list, in order: those that are text, and not empty.
pub(crate) fn values(headers: &HeaderMap, name: impl AsHeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).into_iter();
    lines
        .filter_map(|line| str::from_utf8(trim(line.as_bytes())).ok())
        .filter(|value| !value.is_empty())
}

/// A host, and the port behind it if there is a colon.
pub(crate) fn host_and_port(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        // The colons within an address are not the last.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    }
}

/// Whether the content is of this media type, whatever its parameters. Who names several types has none.
pub(crate) fn is_of_type(headers: &HeaderMap, kind: &str) -> bool {
    let mut types = media_types(headers).peekable();
    types.peek().is_some() && types.all(|named| named.eq_ignore_ascii_case(kind.as_bytes()))
}

/// The media types that `content-type` names, without their parameters.
pub(crate) fn media_types(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    list(headers, &CONTENT_TYPE)
        .map(|value| trim(Split::new(value, b';').next().unwrap_or_default()))
}

/// The length of the quoted string that a text begins with, its quotes included.
fn quoted(text: &[u8]) -> Option<usize> {
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

/// The parts of a text between separators that are not in quotes.
struct Split<'a> {
    rest: Option<&'a [u8]>,
    separator: u8,
    /// A quote that nothing closes is a character like any other, and so are all behind it.
    quotes: bool,
}

impl<'a> Split<'a> {
    fn new(text: &'a [u8], separator: u8) -> Self {
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
