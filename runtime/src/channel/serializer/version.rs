//! Versions, read and compared as Elixir does.

use std::cmp::Ordering;

/// A semantic version. Its numbers may have any length. Build metadata is ignored.
#[derive(Clone, Copy)]
pub(super) struct Version<'a> {
    major: &'a [u8],
    minor: &'a [u8],
    /// `None` only if [`Version::partial`] read it.
    patch: Option<&'a [u8]>,
    /// Empty unless it is a pre-release.
    pre: &'a [u8],
}

impl<'a> Version<'a> {
    /// Reads `1.2.3-rc.1+build`.
    pub(super) const fn parse(text: &'a [u8]) -> Option<Self> {
        match Version::partial(text) {
            Some(version) if version.patch.is_some() => Some(version),
            _ => None,
        }
    }

    /// Reads a version that may lack its third number.
    pub(super) const fn partial(text: &'a [u8]) -> Option<Self> {
        let Some((major, [b'.', rest @ ..])) = number(text) else {
            return None;
        };
        let Some((minor, rest)) = number(rest) else {
            return None;
        };
        let (patch, rest) = match rest {
            [b'.', rest @ ..] => match number(rest) {
                Some((patch, rest)) => (Some(patch), rest),
                None => return None,
            },
            rest => (None, rest),
        };
        let (pre, rest) = match rest {
            [b'-', rest @ ..] => match identifiers(rest, true) {
                Some(found) => found,
                None => return None,
            },
            rest => rest.split_at(0),
        };
        let rest = match rest {
            [b'+', rest @ ..] => match identifiers(rest, false) {
                Some((_, rest)) => rest,
                None => return None,
            },
            rest => rest,
        };
        if rest.is_empty() {
            Some(Version {
                major,
                minor,
                patch,
                pre,
            })
        } else {
            None
        }
    }

    pub(super) fn compare(&self, other: &Version<'_>) -> Ordering {
        let pre = || match (self.pre, other.pre) {
            ([], []) => Ordering::Equal,
            ([], _) => Ordering::Greater,
            (_, []) => Ordering::Less,
            (one, other) => split(one).cmp(split(other)),
        };
        self.numbers().cmp(&other.numbers()).then_with(pre)
    }

    /// Neither this nor the last number that the requirement names is lower, and all numbers before
    /// that are the same.
    pub(super) fn is_about(&self, required: &Version<'_>) -> bool {
        let same_minor = required.patch.is_none() || self.minor == required.minor;
        let same = self.patch == required.patch && self.pre == required.pre;
        // Most clients ask for the very version.
        self.major == required.major
            && same_minor
            && ((same && self.minor == required.minor) || self.compare(required).is_ge())
    }

    fn numbers(&self) -> [Identifier<'a>; 3] {
        [self.major, self.minor, self.patch.unwrap_or(b"0")].map(Identifier::of)
    }
}

/// A part of a version. Numbers are lower than text.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Identifier<'a> {
    /// Neither has leading zeros, so the longer number is the higher.
    Number(usize, &'a [u8]),
    Text(&'a [u8]),
}

impl<'a> Identifier<'a> {
    fn of(part: &'a [u8]) -> Self {
        match part.iter().all(u8::is_ascii_digit) {
            true => Identifier::Number(part.len(), part),
            false => Identifier::Text(part),
        }
    }
}

fn split(pre: &[u8]) -> impl Iterator<Item = Identifier<'_>> {
    pre.split(|byte| *byte == b'.').map(Identifier::of)
}

/// Digits without a leading zero, and what follows.
const fn number(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut length = 0;
    while length < text.len() && text[length].is_ascii_digit() {
        length += 1;
    }
    if length == 0 || (length > 1 && text[0] == b'0') {
        None
    } else {
        Some(text.split_at(length))
    }
}

/// Identifiers with dots between them, and what follows; none is empty. `ordered` ones that are
/// numbers have no leading zero.
const fn identifiers(text: &[u8], ordered: bool) -> Option<(&[u8], &[u8])> {
    let (mut start, mut numeric, mut at) = (0, true, 0);
    loop {
        let is_part = at < text.len() && (text[at].is_ascii_alphanumeric() || text[at] == b'-');
        if is_part {
            numeric = numeric && text[at].is_ascii_digit();
            at += 1;
            continue;
        }
        let leading_zero = at - start > 1 && text[start] == b'0';
        if at == start || (ordered && numeric && leading_zero) {
            return None;
        }
        if at == text.len() || text[at] != b'.' {
            return Some(text.split_at(at));
        }
        at += 1;
        (start, numeric) = (at, true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version<'_> {
        Version::parse(text.as_bytes()).expect(text)
    }

    #[test]
    fn all_three_numbers_are_needed_and_nothing_around_them() {
        for good in [
            "0.0.0",
            "1.2.3",
            "10.20.30",
            "1.0.0-rc.1",
            "1.0.0-0a.-",
            "1.0.0+01.b",
            "1.0.0-a+b-c",
        ] {
            version(good);
        }
        let bad = [
            "",
            "1",
            "1.0",
            "1.0.0.0",
            "01.0.0",
            "1.00.0",
            "1.0.",
            "v1.0.0",
            "1.0.0 ",
            " 1.0.0",
            "1.0.0-",
            "1.0.0+",
            "1.0.0-a..b",
            "1.0.0-01",
            "1.0.0-a.",
            "1.0.0+a+b",
            "1.0.0-é",
            "-1.0.0",
            "1.0-rc.0",
            "1.x.0",
        ];
        for bad in bad {
            assert!(Version::parse(bad.as_bytes()).is_none(), "{bad:?} was read");
        }
    }

    #[test]
    fn versions_are_in_order() {
        let ascending = [
            "0.9.9",
            "1.0.0-0",
            "1.0.0-2",
            "1.0.0-10",
            "1.0.0-alpha",
            "1.0.0-alpha.1",
            "1.0.0-alpha.beta",
            "1.0.0-beta.2",
            "1.0.0-beta.11",
            "1.0.0-rc.1",
            "1.0.0",
            "1.0.1",
            "1.2.0",
            "1.10.0",
            "9.0.0",
            "10.0.0",
            "99999999999999999999999.0.0",
            "100000000000000000000000.0.0",
        ];
        for (index, one) in ascending.iter().enumerate() {
            for (other_index, other) in ascending.iter().enumerate() {
                assert_eq!(
                    version(one).compare(&version(other)),
                    index.cmp(&other_index),
                    "{one} and {other}"
                );
            }
        }
        assert_eq!(
            version("1.0.0+a").compare(&version("1.0.0+b")),
            Ordering::Equal
        );
    }
}
