//! The trace that a request belongs to (W3C Trace Context).

use http::HeaderMap;

/// The length of the parts of version 00, with dashes between them.
const LENGTHS: [usize; 4] = [2, 32, 16, 2];

/// The header `traceparent`, if it is one that may be believed to be well formed.
pub(crate) fn traceparent(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all("traceparent").iter();
    let value = values.next()?.to_str().ok()?;
    let is_only = values.next().is_none();
    (is_only && is_well_formed(value)).then_some(value)
}

fn is_well_formed(value: &str) -> bool {
    let is_hex = |part: &str| {
        part.bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_zero = |part: &str| part.bytes().all(|byte| byte == b'0');
    let parts: Vec<_> = value.splitn(5, '-').collect();
    let fits =
        parts.iter().map(|part| part.len()).eq(LENGTHS) && parts.iter().all(|part| is_hex(part));
    fits && parts[0] != "ff" && !is_zero(parts[1]) && !is_zero(parts[2])
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn read(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(
                "traceparent",
                HeaderValue::from_str(value).expect("a value"),
            );
        }
        traceparent(&headers).map(str::to_owned)
    }

    #[test]
    fn a_trace_is_read_and_what_is_none_is_not() {
        let known = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert_eq!(read(&[known]).as_deref(), Some(known));
        for wrong in [
            "",
            "00",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
            "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319c b7ad6b7169203331-01",
        ] {
            assert_eq!(read(&[wrong]), None, "{wrong}");
        }
        assert_eq!(read(&[known, known]), None);
        assert_eq!(read(&[]), None);
    }
}
