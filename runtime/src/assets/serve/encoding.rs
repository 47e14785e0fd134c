//! Which compressed siblings a client accepts (RFC 9110 §12.5.3).

use http::{HeaderMap, header::ACCEPT_ENCODING};

use crate::header;

/// The `known` encodings that a client accepts, best first: by the client's weights, and with equal
/// weights in the order of `known`. Encodings that the client likes less than the plain file are
/// left out.
pub(super) fn accepted<'a>(
    headers: &HeaderMap,
    known: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<(&'a str, &'a str)> {
    let offers: Vec<Offer<'_>> = header::list(headers, &ACCEPT_ENCODING)
        .map(Offer::read)
        .collect();
    let weight = |name: &str| {
        let named = offers.iter().find(|offer| offer.is(name));
        named
            .or_else(|| offers.iter().find(|offer| offer.name == b"*"))
            .map(|offer| offer.weight)
    };
    let plain = offers
        .iter()
        .find(|offer| offer.is("identity"))
        .map_or(1, |offer| offer.weight.max(1));
    let mut accepted: Vec<_> = known
        .filter_map(|encoding| Some((weight(encoding.0)?, encoding)))
        .filter(|(weight, _)| *weight >= plain)
        .collect();
    accepted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    accepted.into_iter().map(|(_, encoding)| encoding).collect()
}

struct Offer<'a> {
    name: &'a [u8],
    /// In thousandths.
    weight: u16,
}

impl<'a> Offer<'a> {
    fn read(element: &'a [u8]) -> Self {
        let mut parts = element.split(|byte| *byte == b';').map(header::trim);
        let name = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| {
            part.strip_prefix(b"q=")
                .or_else(|| part.strip_prefix(b"Q="))
        });
        Offer {
            name,
            weight: weight.map_or(1000, thousandths),
        }
    }

    fn is(&self, name: &str) -> bool {
        let named = self.name.strip_prefix(b"x-").unwrap_or(self.name);
        named.eq_ignore_ascii_case(name.as_bytes())
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

    use super::*;

    fn of(value: &str) -> Vec<&'static str> {
        let headers = HeaderMap::from_iter([(
            ACCEPT_ENCODING,
            HeaderValue::from_str(value).expect("a value"),
        )]);
        let known = [("zstd", ".zst"), ("br", ".br"), ("gzip", ".gz")];
        accepted(&headers, known.into_iter())
            .into_iter()
            .map(|(name, _)| name)
            .collect()
    }

    #[test]
    fn the_heaviest_comes_first() {
        assert_eq!(of("gzip, deflate, br, zstd"), ["zstd", "br", "gzip"]);
        assert_eq!(of("gzip;q=0.8, br;q=0.9"), ["br", "gzip"]);
        assert_eq!(of("gzip, *;q=0.1"), ["gzip", "zstd", "br"]);
        assert_eq!(of("GZIP"), ["gzip"]);
        assert_eq!(of("x-gzip"), ["gzip"]);
        assert_eq!(of("*"), ["zstd", "br", "gzip"]);
        assert_eq!(of("gzip;q=0.001"), ["gzip"]);
    }

    #[test]
    fn what_is_not_wanted_is_not_sent() {
        for none in [
            "",
            "identity",
            "gzip;q=0",
            "*;q=0",
            "gzip;q=0.000",
            "gzip;q=x",
            "gzip;q=2",
            "deflate",
            "gzi",
        ] {
            assert_eq!(of(none), [""; 0], "{none}");
        }
        assert_eq!(of("*, gzip;q=0"), ["zstd", "br"]);
        assert_eq!(of("gzip;q=0.5, br;q=0.2, identity;q=0.4"), ["gzip"]);
        assert_eq!(of("gzip, identity;q=0"), ["gzip"]);
        assert_eq!(
            accepted(&HeaderMap::new(), [("gzip", ".gz")].into_iter()),
            []
        );
    }
}
