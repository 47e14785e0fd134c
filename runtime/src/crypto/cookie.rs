//! The `cookie` header, read as Plug reads it. Malformed cookies of other applications are skipped.

use http::{HeaderMap, header::COOKIE};

/// The values of all cookies of that name, in order. Values are neither decoded nor unquoted.
///
/// There can be several: one for another path, or one from another site under the same domain. The
/// signature shows which one is ours.
pub(crate) fn all<'a>(headers: &'a HeaderMap, name: &str) -> impl Iterator<Item = &'a str> {
    let lines = headers
        .get_all(COOKIE)
        .into_iter()
        .map(|line| line.as_bytes());
    let pairs = lines
        .flat_map(|line| line.split(|byte| *byte == b';'))
        .filter_map(pair);
    pairs
        .filter(move |(found, _)| *found == name.as_bytes())
        .filter_map(|(_, value)| str::from_utf8(value).ok())
}

fn pair(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = text.iter().position(|byte| *byte == b'=')?;
    let (mut name, mut value) = (&text[..at], &text[at + 1..]);
    while let [b' ' | b'\t', rest @ ..] = name {
        name = rest;
    }
    while let [rest @ .., b' '] = value {
        value = rest;
    }
    let plain = !name.is_empty() && !name.iter().any(u8::is_ascii_whitespace);
    (plain && !value.iter().any(u8::is_ascii_control)).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn line(line: &[u8]) -> HeaderValue {
        HeaderValue::from_bytes(line).expect("a value")
    }

    #[test]
    fn finds_all_of_that_name() {
        let mut headers = HeaderMap::new();
        for text in [
            "a=1;b = 2; \tc=3 ; d=\"x y\"; e=%20; =6; a=7",
            "f=8; a=9",
            "g",
        ] {
            headers.append(COOKIE, line(text.as_bytes()));
        }
        for (name, values) in [
            ("a", &["1", "7", "9"][..]),
            ("b", &[]),
            ("c", &["3"]),
            ("d", &["\"x y\""]),
            ("e", &["%20"]),
            ("", &[]),
            ("f", &["8"]),
            ("g", &[]),
            ("A", &[]),
        ] {
            assert_eq!(all(&headers, name).collect::<Vec<_>>(), values, "{name}");
        }
    }

    #[test]
    fn what_is_no_cookie_spoils_no_other() {
        let mut headers = HeaderMap::new();
        headers.append(
            COOKIE,
            line(b"theirs=\xff; a=1\t2; a=\xfe; \xff=1; a=3; \xff"),
        );
        headers.append(COOKIE, line(b"\xff"));
        headers.append(COOKIE, line(b"a=4"));
        assert_eq!(all(&headers, "a").collect::<Vec<_>>(), ["3", "4"]);
    }
}
