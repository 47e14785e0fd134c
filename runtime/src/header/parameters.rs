//! The parameters of a list's elements: `permessage-deflate; client_max_window_bits="10"`.

use std::borrow::Cow;

use super::list::{Split, quoted, trim};

/// A parameter of an element.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Parameter<'a> {
    pub(crate) name: &'a [u8],
    /// Without its quotes.
    pub(crate) value: Option<Cow<'a, [u8]>>,
}

/// The name of an element, and its parameters: `name; a; b=1; c="2"`.
pub(crate) fn parameters(element: &[u8]) -> (&[u8], impl Iterator<Item = Parameter<'_>>) {
    let mut parts = Split::new(element, b';').map(trim);
    let name = parts.next().unwrap_or_default();
    (name, parts.map(parameter))
}

fn parameter(part: &[u8]) -> Parameter<'_> {
    match part.iter().position(|byte| *byte == b'=') {
        Some(at) => Parameter {
            name: trim(&part[..at]),
            value: Some(unquote(trim(&part[at + 1..]))),
        },
        None => Parameter {
            name: part,
            value: None,
        },
    }
}

/// The text of a quoted string. Other text is returned unchanged.
fn unquote(value: &[u8]) -> Cow<'_, [u8]> {
    let Some(inner) = quoted(value)
        .filter(|length| *length == value.len())
        .map(|end| &value[1..end - 1])
    else {
        return Cow::Borrowed(value);
    };
    if !inner.contains(&b'\\') {
        return Cow::Borrowed(inner);
    }
    let (mut text, mut bytes) = (Vec::with_capacity(inner.len()), inner.iter());
    while let Some(byte) = bytes.next() {
        // A backslash escapes the next character.
        let plain = if *byte == b'\\' {
            bytes.next()
        } else {
            Some(byte)
        };
        text.extend(plain);
    }
    Cow::Owned(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parameters_may_be_quoted() {
        let (name, found) = parameters(br#"x ; a; b = 1; c="2;\"3" ;d=""; e="open"#);
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        let found: Vec<_> = found
            .map(|found| (text(found.name), found.value.map(|value| text(&value))))
            .collect();
        let expected = [
            ("a", None),
            ("b", Some("1")),
            ("c", Some("2;\"3")),
            ("d", Some("")),
            ("e", Some("\"open")),
        ];
        assert_eq!(name, b"x");
        assert_eq!(
            found,
            expected.map(|(name, value)| (name.to_owned(), value.map(str::to_owned)))
        );
    }

    /// Writes any text as a quoted string.
    fn quote(text: &str) -> String {
        let escaped = text.chars().flat_map(|c| {
            matches!(c, '"' | '\\')
                .then_some('\\')
                .into_iter()
                .chain([c])
        });
        format!("\"{}\"", escaped.collect::<String>())
    }

    proptest! {
        #[test]
        fn any_text_can_be_quoted(texts in proptest::collection::vec("[ -~]{0,12}", 0..6)) {
            let element = texts.iter().fold("name".to_owned(), |all, text| format!("{all}; p={}", quote(text)));
            let (name, found) = parameters(element.as_bytes());
            prop_assert_eq!(name, b"name");
            let found: Vec<_> = found.map(|parameter| parameter.value.expect("a value").into_owned()).collect();
            prop_assert_eq!(found, texts.into_iter().map(String::into_bytes).collect::<Vec<_>>());
        }

        #[test]
        fn no_bytes_panic(value in proptest::collection::vec(any::<u8>(), 0..80)) {
            let (_, found) = parameters(&value);
            prop_assert!(found.count() <= value.len());
        }
    }
}
