//! Which subprotocol is spoken (RFC 6455 §1.9), and the bearer token that may travel with it.
//!
//! A browser cannot set headers on a WebSocket. Phoenix's client therefore sends its `authToken` as
//! a subprotocol: `phoenix, base64url.bearer.phx.<token>`.

use http::{HeaderMap, header::SEC_WEBSOCKET_PROTOCOL};

use crate::header;

/// What a bearer token begins with.
pub(in crate::transport) const BEARER: &str = "base64url.bearer.phx.";

/// What was agreed on.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Agreed {
    pub(super) subprotocol: Option<&'static str>,
    pub(super) auth_token: Option<String>,
}

/// Why nothing was agreed on.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Disagreement {
    /// None of the client's subprotocols is one of ours.
    NothingInCommon,
    /// The bearer token is not base64, or not UTF-8.
    BadToken,
}

/// The first of our subprotocols that the client offers. A client that sends no such header is
/// fine.
pub(super) fn agree(
    headers: &HeaderMap,
    ours: Option<&'static [&'static str]>,
    auth_token: bool,
) -> Result<Agreed, Disagreement> {
    let Some(mut offered) = header::texts(headers, &SEC_WEBSOCKET_PROTOCOL) else {
        return Ok(Agreed::default());
    };
    let mut agreed = Agreed::default();
    if auth_token {
        let bearers: Vec<&str> = offered
            .iter()
            .filter_map(|offer| offer.strip_prefix(BEARER))
            .collect();
        if let [token] = bearers[..] {
            agreed.auth_token = Some(decode(token).ok_or(Disagreement::BadToken)?);
            offered.retain(|offer| !offer.starts_with(BEARER));
            if offered.is_empty() {
                return Ok(agreed);
            }
        }
    } else if ours.is_none() {
        return Ok(agreed);
    }
    let phoenix = auth_token.then_some(&"phoenix");
    let mut known = phoenix.into_iter().chain(ours.unwrap_or_default());
    agreed.subprotocol = known.find(|own| offered.contains(own)).copied();
    if agreed.subprotocol.is_some() {
        Ok(agreed)
    } else {
        Err(Disagreement::NothingInCommon)
    }
}

/// Base64 in either alphabet, with or without padding.
fn decode(token: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(token.len() * 3 / 4);
    let (mut bits, mut count) = (0u32, 0u32);
    for byte in token.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    // One character alone carries no byte.
    if count >= 6 {
        None
    } else {
        String::from_utf8(bytes).ok()
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn offer(
        text: &'static str,
        ours: Option<&'static [&'static str]>,
        auth: bool,
    ) -> Result<Agreed, Disagreement> {
        let mut headers = HeaderMap::new();
        headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(text));
        agree(&headers, ours, auth)
    }

    #[test]
    fn the_server_prefers() {
        let ours: Option<&'static [&'static str]> = Some(&["sip", "mqtt"]);
        let spoken = |text| offer(text, ours, false).map(|agreed| agreed.subprotocol);
        assert_eq!(spoken("mqtt, sip"), Ok(Some("sip")));
        assert_eq!(spoken("mqtt"), Ok(Some("mqtt")));
        for text in ["SIP", "", "foo"] {
            assert_eq!(spoken(text), Err(Disagreement::NothingInCommon), "{text}");
        }
        assert_eq!(offer("anything", None, false), Ok(Agreed::default()));
        assert_eq!(agree(&HeaderMap::new(), ours, false), Ok(Agreed::default()));
        assert_eq!(
            offer("sip", Some(&[]), false),
            Err(Disagreement::NothingInCommon)
        );
    }

    #[test]
    fn several_lines_are_one_offer() {
        let two = |first: &[u8], second: &[u8], ours, auth| {
            let lines = [first, second].map(|line| HeaderValue::from_bytes(line).expect("a value"));
            agree(
                &lines
                    .map(|line| (SEC_WEBSOCKET_PROTOCOL, line))
                    .into_iter()
                    .collect(),
                ours,
                auth,
            )
        };
        let ours: Option<&'static [&'static str]> = Some(&["sip", "mqtt"]);
        for (first, second) in [
            (&b"mqtt"[..], &b"sip"[..]),
            (b"x, mqtt", b"y,sip"),
            (b"\xff, sip", b"mqtt"),
        ] {
            assert_eq!(
                two(first, second, ours, false).map(|agreed| agreed.subprotocol),
                Ok(Some("sip"))
            );
        }
        let agreed =
            two(b"phoenix", b"base64url.bearer.phx.c2VjcmV0Pw", None, true).expect("agreed");
        assert_eq!(
            agreed,
            Agreed {
                subprotocol: Some("phoenix"),
                auth_token: Some("secret?".to_owned())
            }
        );
    }

    #[test]
    fn a_bearer_token_is_taken_out_and_never_echoed() {
        let agreed = offer("phoenix, base64url.bearer.phx.c2VjcmV0Pw", None, true).expect("agreed");
        assert_eq!(
            agreed,
            Agreed {
                subprotocol: Some("phoenix"),
                auth_token: Some("secret?".to_owned())
            }
        );
        let alone = offer("base64url.bearer.phx.c2VjcmV0Pw==", None, true).expect("agreed");
        assert_eq!(
            alone,
            Agreed {
                subprotocol: None,
                auth_token: Some("secret?".to_owned())
            }
        );
        for bad in [
            "base64url.bearer.phx.!",
            "base64url.bearer.phx.A",
            "base64url.bearer.phx._w",
        ] {
            assert_eq!(offer(bad, None, true), Err(Disagreement::BadToken), "{bad}");
        }
        let twice = "base64url.bearer.phx.YQ, base64url.bearer.phx.YQ, phoenix";
        assert_eq!(
            offer(twice, None, true).map(|agreed| agreed.auth_token),
            Ok(None)
        );
    }
}
