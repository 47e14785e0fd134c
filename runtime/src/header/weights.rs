//! Lists with weights: `accept: text/html, */*;q=0.5` (RFC 9110 §12.4.2 and §12.5.1).

use std::cmp::Reverse;

use http::{HeaderMap, HeaderName, header::ACCEPT};

use super::list::{Split, list, trim};

/// Media ranges that are looked at. Clients send a handful.
const RANGES: usize = 64;

/// An element of such a list.
pub(crate) struct Weighted<'a> {
    /// Without parameters.
    pub(crate) name: &'a [u8],
    /// In thousandths.
    pub(crate) weight: u16,
}

/// The elements of a list, in the client's order.
pub(crate) fn weighted<'a>(
    headers: &'a HeaderMap,
    name: &HeaderName,
) -> impl Iterator<Item = Weighted<'a>> {
    list(headers, name).map(|element| {
        let mut parts = Split::new(element, b';').map(trim);
        let name = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| {
            part.strip_prefix(b"q=")
                .or_else(|| part.strip_prefix(b"Q="))
        });
        Weighted {
            name,
            weight: weight.map_or(1000, thousandths),
        }
    })
}

/// How much a client likes a media type. The greater is the better liked: by weight, then by the
/// client's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Liking {
    weight: u16,
    place: Reverse<usize>,
    /// Whether the client names the type or only a range that contains it.
    pub(crate) named: bool,
}

/// How much `accept` likes a media type. The most specific range decides. `None` if the type is not
/// acceptable, or the request does not have the header.
pub(crate) fn liking(headers: &HeaderMap, kind: &str) -> Option<Liking> {
    let ranges = weighted(headers, &ACCEPT).take(RANGES).enumerate();
    let matching =
        ranges.filter_map(|(place, range)| Some((place, specificity(&range, kind)?, range)));
    // Of equals, `min_by_key` takes the first.
    let (place, specific, range) = matching.min_by_key(|(_, specific, _)| Reverse(*specific))?;
    (range.weight > 0).then_some(Liking {
        weight: range.weight,
        place: Reverse(place),
        named: specific == 2,
    })
}

/// `None` if the range does not contain the type.
fn specificity(range: &Weighted<'_>, kind: &str) -> Option<u8> {
    let whole = kind.split('/').next().unwrap_or_default();
    match range.name {
        b"*" | b"*/*" => Some(0),
        [of @ .., b'/', b'*'] => of.eq_ignore_ascii_case(whole.as_bytes()).then_some(1),
        name => name.eq_ignore_ascii_case(kind.as_bytes()).then_some(2),
    }
}

/// Parses a weight such as `0.5`, `1` or `0.333`. A malformed weight counts as absent.
fn thousandths(text: &[u8]) -> u16 {
    let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
    match text {
        [b'1'] => 1000,
        [b'1', b'.', rest @ ..] if rest.iter().all(|byte| *byte == b'0') => 1000,
        [b'0', b'.', rest @ ..] if rest.len() <= 3 && digits(rest) => {
            let place = |(digit, value): (&u8, u16)| u16::from(digit - b'0') * value;
            rest.iter().zip([100, 10, 1]).map(place).sum()
        }
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn best(accept: &str, kinds: &[&'static str]) -> Option<&'static str> {
        let value = HeaderValue::from_str(accept).expect("a value");
        let headers = HeaderMap::from_iter([(ACCEPT, value)]);
        let liked = kinds
            .iter()
            .filter_map(|kind| Some((liking(&headers, kind)?, *kind)));
        liked
            .max_by_key(|(liking, _)| *liking)
            .map(|(_, kind)| kind)
    }

    #[test]
    fn what_a_client_likes_best_is_chosen() {
        let kinds = ["text/html", "application/json"];
        for (accept, chosen) in [
            ("text/html", Some("text/html")),
            ("TEXT/HTML;level=1", Some("text/html")),
            (
                "application/json;q=0.9, text/html;q=0.1",
                Some("application/json"),
            ),
            ("application/json, text/html", Some("application/json")),
            (
                "text/html;q=0.5, text/*, application/json;q=0.6",
                Some("application/json"),
            ),
            ("text/html;q=0, */*", Some("application/json")),
            (
                "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                Some("text/html"),
            ),
            ("text/plain", None),
            ("%%%", None),
            ("*/*;q=0", None),
            ("text/html;x=\";q=0\"", Some("text/html")),
            ("", None),
        ] {
            assert_eq!(best(accept, &kinds), chosen, "{accept}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(value in "[ -~]{0,80}") {
            best(&value, &["text/html", "application/json"]);
        }
    }
}
