//! The names of directories and a file in a request's path.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// The maximum length of a file's name on common systems.
const LONGEST_NAME: usize = 255;

/// The meaning of a request's path.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Named<'a> {
    /// The names of directories and of a file, decoded. Each is a plain name.
    File(Vec<Cow<'a, str>>),
    /// No file can have such a name.
    Nothing,
    /// The path would lead out of the directory, on this system or on another.
    Unsafe,
}

/// The segments of a request's path below a prefix, not decoded, without empty ones; `None` if the
/// path is not below the prefix, or is the prefix itself.
pub(super) fn below<'a>(path: &'a str, at: &[String]) -> Option<Vec<&'a str>> {
    let mut segments = path.split('/').filter(|segment| !segment.is_empty());
    if !at.iter().all(|prefix| segments.next() == Some(prefix)) {
        return None;
    }
    let rest: Vec<&str> = segments.collect();
    (!rest.is_empty()).then_some(rest)
}

/// Decodes a segment once. If the result is not UTF-8, the segment stays as it is.
pub(super) fn decoded(segment: &str) -> Cow<'_, str> {
    percent_decode_str(segment)
        .decode_utf8()
        .unwrap_or(Cow::Borrowed(segment))
}

/// Decodes the names. [`is_unsafe`] accepts each name that is returned.
pub(super) fn named<'a>(segments: &[&'a str]) -> Named<'a> {
    let names: Vec<Cow<'a, str>> = segments.iter().map(|segment| decoded(segment)).collect();
    if names.iter().any(|name| is_unsafe(name)) {
        Named::Unsafe
    } else if names
        .iter()
        .any(|name| name.len() > LONGEST_NAME || is_device(name))
    {
        Named::Nothing
    } else {
        Named::File(names)
    }
}

/// Whether this is not a plain name: the directory itself, the one above, or more than one name.
fn is_unsafe(name: &str) -> bool {
    matches!(name, "" | "." | "..") || name.contains(['/', '\\', ':', '\0'])
}

/// Whether Windows reads the name differently: it drops dots and spaces at the end, and has devices
/// in every directory.
fn is_device(name: &str) -> bool {
    const DEVICES: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "COM", "LPT"];
    let stem = name.split('.').next().unwrap_or(name).trim_end();
    let is = |device: &&str| {
        stem.get(..device.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(device))
            && stem.len() <= device.len() + 2
    };
    cfg!(windows) && (name.ends_with(['.', ' ']) || DEVICES.iter().any(is))
}

#[cfg(test)]
mod tests {
    use std::path::{Component, Path};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_decoded_once() {
        fn file(path: &str) -> Named<'_> {
            named(&below(path, &[]).expect("below"))
        }
        assert_eq!(
            file("/css//a%20b.css/"),
            Named::File(vec!["css".into(), "a b.css".into()])
        );
        assert_eq!(file("/%252e%252e"), Named::File(vec!["%2e%2e".into()]));
        assert_eq!(
            file("/%zz/%FF"),
            Named::File(vec!["%zz".into(), "%FF".into()])
        );
        let long = format!("/{}", "x".repeat(256));
        assert_eq!(file(&long), Named::Nothing);
        for path in [
            "/..",
            "/a/.",
            "/%2e%2e/x",
            "/a%2fb",
            "/a%5Cb",
            "/a\\b",
            "/c:/x",
            "/a%00",
            "/%2E",
        ] {
            assert_eq!(file(path), Named::Unsafe, "{path}");
        }
    }

    #[test]
    fn a_prefix_is_compared_by_segments() {
        let at = ["a".to_owned(), "b".to_owned()];
        assert_eq!(below("/a//b/c", &at), Some(vec!["c"]));
        for path in [
            "/a/b", "/a/b/", "/a", "/ab/c", "/a/bc/d", "/%61/b/c", "*", "",
        ] {
            assert_eq!(below(path, &at), None, "{path}");
        }
    }

    proptest! {
        /// For any request, each segment of the path that is opened is a plain name.
        #[test]
        fn no_path_leaves_the_root(path in "(/|\\\\|\\.|%2[eEfF]|%5[cC]|%25|%00|:|[a-c%]|\u{e4}|c:){0,24}") {
            let Some(segments) = below(&path, &[]) else { return Ok(()) };
            let Named::File(names) = named(&segments) else { return Ok(()) };
            let mut file = Path::new("root").to_owned();
            file.extend(names.iter().map(|name| &**name));
            let mut components = file.components();
            prop_assert_eq!(components.next(), Some(Component::Normal("root".as_ref())));
            let below: Vec<_> = components.collect();
            prop_assert_eq!(below.len(), names.len());
            prop_assert!(below.iter().all(|component| matches!(component, Component::Normal(_))));
        }
    }
}
