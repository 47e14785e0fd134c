//! The part of a file that a client asks for.

use http::HeaderMap;

/// The part of a file to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Whole,
    /// From the first byte to the last, inclusive.
    Bytes(u64, u64),
    /// The part is beyond the end of the file.
    Beyond,
}

/// The part that the `Range` header asks for. If it asks for several parts, or is malformed, the
/// whole file is sent, which is always allowed.
pub(super) fn part(headers: &HeaderMap, size: u64) -> Part {
    let value = crate::header::one(headers, http::header::RANGE)
        .and_then(|value| str::from_utf8(value).ok());
    let Some((first, last)) = value.and_then(parse) else {
        return Part::Whole;
    };
    match (first, last) {
        (Some(first), Some(last)) if last < first => Part::Whole,
        (Some(0), last) if last.is_none_or(|last| last.saturating_add(1) >= size) => Part::Whole,
        (Some(first), _) if first >= size => Part::Beyond,
        (Some(first), last) => Part::Bytes(first, last.map_or(size - 1, |last| last.min(size - 1))),
        (None, Some(count)) if count > 0 && count < size => Part::Bytes(size - count, size - 1),
        (None, _) => Part::Whole,
    }
}

/// Parses `bytes=a-b`, `bytes=a-` or `bytes=-n`. Text after a `;` is ignored.
fn parse(value: &str) -> Option<(Option<u64>, Option<u64>)> {
    let (unit, ranges) = value.split_once('=')?;
    let range = ranges.split(';').next()?;
    let (first, last) = range.split_once('-')?;
    let number = |digits: &str| match digits {
        "" => Some(None),
        _ if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            // A number that overflows is beyond the end of any file.
            Some(Some(digits.parse().unwrap_or(u64::MAX)))
        }
        _ => None,
    };
    let both = (number(first)?, number(last)?);
    (unit.eq_ignore_ascii_case("bytes") && both != (None, None)).then_some(both)
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, header::RANGE};

    use super::*;

    fn of_ten(range: &str) -> Part {
        let headers =
            HeaderMap::from_iter([(RANGE, HeaderValue::from_str(range).expect("a value"))]);
        part(&headers, 10)
    }

    #[test]
    fn one_range_is_sent() {
        for (range, first, last) in [
            ("bytes=0-3", 0, 3),
            ("Bytes=0-0", 0, 0),
            ("bytes=3-", 3, 9),
            ("bytes=-3", 7, 9),
            ("bytes=9-", 9, 9),
            ("bytes=8-99999999999999999999999", 8, 9),
            ("bytes=0-3;x", 0, 3),
        ] {
            assert_eq!(of_ten(range), Part::Bytes(first, last), "{range}");
        }
    }

    #[test]
    fn of_anything_else_all_is_sent() {
        for range in [
            "bytes=0-9",
            "bytes=0-",
            "bytes=0-100",
            "bytes=-10",
            "bytes=-100",
            "bytes=-0",
            "bytes=3-2",
            "bytes=0-1,3-4",
            "bytes=a-b",
            "bytes= 0-3",
            "items=0-3",
            "bytes=",
            "bytes=-",
            "bytes",
            "bytes=1",
            "bytes=+1-2",
        ] {
            assert_eq!(of_ten(range), Part::Whole, "{range}");
        }
        assert_eq!(of_ten("bytes=10-"), Part::Beyond);
        assert_eq!(of_ten("bytes=10-20"), Part::Beyond);
        let twice = [
            (RANGE, HeaderValue::from_static("bytes=1-2")),
            (RANGE, HeaderValue::from_static("bytes=3-4")),
        ];
        assert_eq!(part(&HeaderMap::from_iter(twice), 10), Part::Whole);
    }
}
