//! Conditional requests (RFC 9110 §13).

use http::{
    HeaderMap,
    header::{IF_NONE_MATCH, IF_RANGE},
};

use crate::header;

/// Evaluates `If-None-Match`: whether the client already has the file with this tag, or, for `*`,
/// any version of it.
pub(super) fn is_known(headers: &HeaderMap, etag: &[u8]) -> bool {
    header::list(headers, &IF_NONE_MATCH).any(|known| known == b"*" || weak(known) == weak(etag))
}

/// Evaluates `If-Range`: whether the client's other parts are of the same version, so that a range
/// is useful to it.
pub(super) fn is_same(headers: &HeaderMap, etag: Option<&[u8]>) -> bool {
    let strong = |tag: &[u8]| !tag.starts_with(b"W/");
    match header::one(headers, IF_RANGE) {
        None => !headers.contains_key(IF_RANGE),
        Some(has) => etag == Some(has) && strong(has),
    }
}

fn weak(tag: &[u8]) -> &[u8] {
    tag.strip_prefix(b"W/").unwrap_or(tag)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn headers(name: http::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn tags_are_compared_weakly_where_all_is_known() {
        for known in [r#""a""#, r#"W/"a""#, r#""b", "a""#, r#""b,c",W/"a""#, "*"] {
            assert!(
                is_known(&headers(IF_NONE_MATCH, known), br#""a""#),
                "{known}"
            );
        }
        for other in [r#""b""#, "a", r#""a"#, "", r#""A""#, r#""b,"a""#] {
            assert!(
                !is_known(&headers(IF_NONE_MATCH, other), br#""a""#),
                "{other}"
            );
        }
        assert!(!is_known(&HeaderMap::new(), br#""a""#));
    }

    #[test]
    fn a_part_is_for_the_same_file_only() {
        let tag = Some(&br#""a""#[..]);
        assert!(is_same(&HeaderMap::new(), tag) && is_same(&HeaderMap::new(), None));
        assert!(is_same(&headers(IF_RANGE, r#""a""#), tag));
        for other in [r#""b""#, r#"W/"a""#, "Wed, 21 Oct 2099 07:28:00 GMT", ""] {
            assert!(!is_same(&headers(IF_RANGE, other), tag), "{other}");
        }
        assert!(!is_same(&headers(IF_RANGE, r#""a""#), None));
    }
}
