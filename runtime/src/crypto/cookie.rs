//! The `cookie` header, read as Plug reads it.

use http::{HeaderMap, header::COOKIE};

/// The value of the first cookie of that name; values are neither decoded nor unquoted.
pub(crate) fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines =
        headers.get_all(COOKIE).into_iter().filter_map(|line| std::str::from_utf8(line.as_bytes()).ok());
    lines
        .flat_map(|line| line.split(';'))
        .filter_map(pair)
        .find(|(found, _)| *found == name)
        .map(|(_, value)| value)
}

fn pair(text: &str) -> Option<(&str, &str)> {
    let (name, value) = text.trim_start_matches([' ', '\t']).split_once('=')?;
    let plain = !name.is_empty() && !name.contains([' ', '\t', '\r', '\n', '\x0b', '\x0c']);
    let value = value.trim_end_matches(' ');
    (plain && !value.contains(|c: char| c.is_ascii_control())).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn finds_the_first_of_that_name() {
        let mut headers = HeaderMap::new();
        for line in ["a=1;b = 2; \tc=3 ; d=\"x y\"; e=%20; =6; a=7", "f=8; a=9", "g"] {
            headers.append(COOKIE, HeaderValue::from_static(line));
        }
        for (name, value) in [
            ("a", Some("1")),
            ("b", None),
            ("c", Some("3")),
            ("d", Some("\"x y\"")),
            ("e", Some("%20")),
            ("", None),
            ("f", Some("8")),
            ("g", None),
        ] {
            assert_eq!(find(&headers, name), value, "{name}");
        }
    }

    #[test]
    fn a_value_with_a_control_character_is_none() {
        let mut headers = HeaderMap::new();
        headers.append(COOKIE, HeaderValue::from_static("a=1\t2; a=3"));
        assert_eq!(find(&headers, "a"), Some("3"));
    }
}
