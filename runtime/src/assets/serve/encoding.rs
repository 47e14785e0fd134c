//! The compressed siblings that a client accepts (RFC 9110 §12.5.3).

use http::{HeaderMap, header::ACCEPT_ENCODING};

use crate::header::{Weighted, weighted};

/// The `known` encodings that a client accepts, best first: by the client's weights, and with equal
/// weights in the order of `known`. Encodings that the client likes less than the plain file are
/// left out.
pub(super) fn accepted<'a>(
    headers: &HeaderMap,
    known: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<(&'a str, &'a str)> {
    let offers: Vec<Weighted<'_>> = weighted(headers, &ACCEPT_ENCODING).collect();
    let weight = |name: &str| {
        let named = offers.iter().find(|offer| is(offer, name));
        named
            .or_else(|| offers.iter().find(|offer| offer.name == b"*"))
            .map(|offer| offer.weight)
    };
    let plain = offers
        .iter()
        .find(|offer| is(offer, "identity"))
        .map_or(1, |offer| offer.weight.max(1));
    let (mut accepted, mut weights) = (Vec::new(), Vec::new());
    for encoding in known {
        let Some(weight) = weight(encoding.0).filter(|weight| *weight >= plain) else {
            continue;
        };
        let place = weights.partition_point(|other| *other >= weight);
        weights.insert(place, weight);
        accepted.insert(place, encoding);
    }
    accepted
}

/// Whether an offer is of this encoding.
fn is(offer: &Weighted<'_>, name: &str) -> bool {
    let named = offer.name.strip_prefix(b"x-").unwrap_or(offer.name);
    named.eq_ignore_ascii_case(name.as_bytes())
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
