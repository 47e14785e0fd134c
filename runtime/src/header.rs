//! The grammar of headers' values (RFC 9110 §5.5 and §5.6). All code that reads a header uses it.
//!
//! It works on bytes. An element that is not ASCII or not well-formed spoils no other element.

use http::{
    HeaderMap, HeaderName,
    header::{AsHeaderName, CONTENT_TYPE},
};

mod list;
#[cfg(feature = "compress")]
mod parameters;
#[cfg(test)]
mod tests;
mod weights;

use self::list::Split;
pub(crate) use self::list::{list, trim};
#[cfg(feature = "compress")]
pub(crate) use self::parameters::parameters;
pub(crate) use self::weights::{Liking, Weighted, liking, weighted};

/// Whether a list has this token. Case does not matter.
pub(crate) fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let is_token = |element: &[u8]| element.eq_ignore_ascii_case(token.as_bytes());
    let lines = || headers.get_all(name).into_iter();
    // Most lists have one element only.
    lines().any(|line| is_token(line.as_bytes())) || list(headers, name).any(is_token)
}

/// Whether a list that is one line has this token. Case does not matter.
pub(crate) fn line_has_token(line: &[u8], token: &str) -> bool {
    let is_token = |element: &[u8]| element.eq_ignore_ascii_case(token.as_bytes());
    is_token(line) || list::elements(line).any(is_token)
}

/// The elements of a list as text, in their original case. `None` if the request does not have the
/// header.
pub(crate) fn texts<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Vec<&'a str>> {
    let texts = || list(headers, name).filter_map(|element| str::from_utf8(element).ok());
    headers.contains_key(name).then(|| texts().collect())
}

/// The value of a header that occurs exactly once, or else `None`.
pub(crate) fn one(headers: &HeaderMap, name: impl AsHeaderName) -> Option<&[u8]> {
    let mut lines = headers.get_all(name).into_iter();
    let only = lines.next().filter(|_| lines.next().is_none())?;
    Some(trim(only.as_bytes()))
}

/// The values of a header that is not a list, in order. Values that are empty or not text are
/// skipped.
pub(crate) fn values(headers: &HeaderMap, name: impl AsHeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).into_iter();
    lines
        .filter_map(|line| str::from_utf8(trim(line.as_bytes())).ok())
        .filter(|value| !value.is_empty())
}

/// Splits a host from its port. The port is `None` without a colon.
pub(crate) fn host_and_port(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once(':') {
        // The last colon may be part of an IPv6 address in brackets.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (text, None),
    }
}

/// Whether the content is of this media type, with any parameters. A request that names several
/// different types is of none.
pub(crate) fn is_of_type(headers: &HeaderMap, kind: &str) -> bool {
    let mut types = media_types(headers).peekable();
    types.peek().is_some() && types.all(|named| named.eq_ignore_ascii_case(kind.as_bytes()))
}

/// The media types that `content-type` names, without their parameters.
pub(crate) fn media_types(headers: &HeaderMap) -> impl Iterator<Item = &[u8]> {
    list(headers, &CONTENT_TYPE)
        .map(|value| trim(Split::new(value, b';').next().unwrap_or_default()))
}
