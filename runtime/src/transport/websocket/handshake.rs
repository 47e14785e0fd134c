//! The handshake: the checks of a request, and the response that opens a socket (RFC 6455 §4.2, RFC
//! 8441 §5).

use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode, Version,
    header::{
        CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_EXTENSIONS, SEC_WEBSOCKET_KEY,
        SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
    },
    request::Parts,
};
use tungstenite::handshake::derive_accept_key;

use super::deflate::Deflate;
use crate::{
    body::{Body, respond},
    header, interop,
};

/// Why a request is not an upgrade. The text is the body of the response, with status 400.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoUpgrade {
    text: String,
    /// The response names the supported version.
    version: bool,
}

/// How a connection becomes a socket's.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// By a 101 with this `sec-websocket-accept` (RFC 6455).
    Upgrade(HeaderValue),
    /// By a 200: a stream of HTTP/2 becomes the socket's (RFC 8441).
    Connect,
}

/// Checks a request by the rules of its version of HTTP.
pub(super) fn check(parts: &Parts) -> Result<Opening, NoUpgrade> {
    if parts.method == Method::GET {
        return check_upgrade(parts).map(Opening::Upgrade);
    }
    if parts.method != Method::CONNECT || interop::protocol(&parts.extensions) != Some("websocket")
    {
        return Err(NoUpgrade {
            text: String::new(),
            version: false,
        });
    }
    check_version(&parts.headers)?;
    Ok(Opening::Connect)
}

/// Checks a request in the order of RFC 6455 §4.2.1, and returns the value of
/// `sec-websocket-accept`.
pub(super) fn check_upgrade(parts: &Parts) -> Result<HeaderValue, NoUpgrade> {
    let fail = |text: String| {
        Err(NoUpgrade {
            text,
            version: false,
        })
    };
    let headers = &parts.headers;
    if parts.version >= Version::HTTP_11
        && let Some(key) = usual_key(headers)
    {
        return accept(key);
    }
    if parts.version < Version::HTTP_11 {
        return fail(format!("HTTP version {:?} unsupported", parts.version));
    }
    if !header::has_token(headers, &CONNECTION, "upgrade") {
        return fail(format!(
            "'connection' header must contain 'upgrade', got {}",
            list(headers, CONNECTION)
        ));
    }
    if !header::has_token(headers, &UPGRADE, "websocket") {
        return fail(format!(
            "'upgrade' header must contain 'websocket', got {}",
            list(headers, UPGRADE)
        ));
    }
    let key = match header::one(headers, SEC_WEBSOCKET_KEY) {
        None if headers.contains_key(SEC_WEBSOCKET_KEY) => {
            return fail("'sec-websocket-key' header must occur once".to_owned());
        }
        None => return fail("'sec-websocket-key' header is absent".to_owned()),
        Some(key) if !is_key(key) => {
            return fail("'sec-websocket-key' header must be 16 bytes in base64".to_owned());
        }
        Some(key) => key,
    };
    check_version(headers)?;
    accept(key)
}

/// The value of `sec-websocket-accept`.
fn accept(key: &[u8]) -> Result<HeaderValue, NoUpgrade> {
    let accept = derive_accept_key(key);
    HeaderValue::try_from(accept).map_err(|_| NoUpgrade {
        text: String::new(),
        version: false,
    })
}

/// The key of an upgrade as most clients ask for it: each header occurs once, and all is as it
/// should be. Of all others `None` says nothing. One look at each header costs less than a search
/// for each name.
fn usual_key(headers: &HeaderMap) -> Option<&[u8]> {
    let (mut connection, mut upgrade, mut version, mut key) = (None, None, None, None);
    for (name, value) in headers {
        let seen = match name.as_str() {
            "connection" => &mut connection,
            "upgrade" => &mut upgrade,
            "sec-websocket-version" => &mut version,
            "sec-websocket-key" => &mut key,
            _ => continue,
        };
        if seen.replace(value.as_bytes()).is_some() {
            return None;
        }
    }
    let asks = connection.is_some_and(|line| header::line_has_token(line, "upgrade"))
        && upgrade.is_some_and(|line| line.eq_ignore_ascii_case(b"websocket"))
        && version == Some(b"13");
    key.filter(|key| asks && is_key(key))
}

fn check_version(headers: &HeaderMap) -> Result<(), NoUpgrade> {
    if header::one(headers, SEC_WEBSOCKET_VERSION) == Some(b"13") {
        return Ok(());
    }
    let got = list(headers, SEC_WEBSOCKET_VERSION);
    let text = format!("'sec-websocket-version' header must equal '13', got {got}");
    Err(NoUpgrade {
        text,
        version: true,
    })
}

impl NoUpgrade {
    pub(super) fn into_response(self) -> Response<Body> {
        let mut response = respond(StatusCode::BAD_REQUEST, self.text);
        if self.version {
            // RFC 6455 §4.4.
            response
                .headers_mut()
                .insert(SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        }
        response
    }
}

/// The response after which the connection, or the stream, is the socket's. `headers` are those of
/// the request: their memory is used again.
pub(super) fn opened(
    opening: Opening,
    mut headers: HeaderMap,
    subprotocol: Option<&'static str>,
    deflate: Option<&Deflate>,
) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    headers.clear();
    if let Opening::Upgrade(accept) = opening {
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    if let Some(subprotocol) = subprotocol {
        headers.insert(
            SEC_WEBSOCKET_PROTOCOL,
            HeaderValue::from_static(subprotocol),
        );
    }
    if let Some(deflate) = deflate {
        headers.insert(SEC_WEBSOCKET_EXTENSIONS, deflate.header());
    }
    *response.headers_mut() = headers;
    response
}

/// All values of a header, as a list of quoted strings.
fn list(headers: &HeaderMap, name: HeaderName) -> String {
    let values = headers
        .get_all(name)
        .into_iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()));
    format!("{:?}", values.collect::<Vec<_>>())
}

/// 16 bytes in base64: 22 characters, of which the last carries two bits, and two of padding.
fn is_key(key: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    matches!(key, [digits @ .., last, b'=', b'='] if digits.len() == 21
        && digits.iter().all(is_digit)
        && matches!(last, b'A' | b'Q' | b'g' | b'w'))
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn upgrade(change: impl FnOnce(&mut HeaderMap)) -> Result<String, String> {
        let mut request = Request::new(());
        for (name, value) in [
            (CONNECTION, "keep-alive, Upgrade"),
            (UPGRADE, "WebSocket"),
            (SEC_WEBSOCKET_KEY, "dGhlIHNhbXBsZSBub25jZQ=="),
            (SEC_WEBSOCKET_VERSION, "13"),
        ] {
            request
                .headers_mut()
                .insert(name, HeaderValue::from_static(value));
        }
        change(request.headers_mut());
        let accepted = check_upgrade(&request.into_parts().0);
        accepted
            .map(|accept| accept.to_str().expect("text").to_owned())
            .map_err(|error| error.text)
    }

    #[test]
    fn the_sample_of_the_rfc_is_answered() {
        assert_eq!(
            upgrade(|_| {}).as_deref(),
            Ok("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
        );
    }

    #[test]
    fn what_is_unusual_is_answered_too() {
        for (name, values) in [
            (CONNECTION, &["Upgrade", "keep-alive"][..]),
            (UPGRADE, &["websocket", "h2c"]),
            (UPGRADE, &["h2c, websocket"]),
            (SEC_WEBSOCKET_KEY, &[" dGhlIHNhbXBsZSBub25jZQ== "]),
        ] {
            let answered = upgrade(|headers| {
                assert!(usual_key(headers).is_some());
                headers.remove(&name);
                for value in values {
                    headers.append(&name, HeaderValue::from_static(value));
                }
                assert_eq!(usual_key(headers), None);
            });
            assert_eq!(answered.as_deref(), Ok("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
        }
    }

    #[test]
    fn a_key_or_a_version_that_is_repeated_is_refused() {
        for name in [SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_VERSION] {
            let found = upgrade(|headers| {
                let value = headers[&name].clone();
                headers.append(&name, value);
            });
            assert!(found.is_err(), "{name}");
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        for (name, text) in [
            (
                CONNECTION,
                "'connection' header must contain 'upgrade', got []",
            ),
            (UPGRADE, "'upgrade' header must contain 'websocket', got []"),
            (SEC_WEBSOCKET_KEY, "'sec-websocket-key' header is absent"),
            (
                SEC_WEBSOCKET_VERSION,
                "'sec-websocket-version' header must equal '13', got []",
            ),
        ] {
            let found = upgrade(|headers| drop(headers.remove(&name)));
            assert_eq!(found, Err(text.to_owned()));
        }
        let found =
            upgrade(|headers| drop(headers.insert(UPGRADE, HeaderValue::from_static("h2c"))));
        assert_eq!(
            found,
            Err("'upgrade' header must contain 'websocket', got [\"h2c\"]".to_owned())
        );
    }

    #[test]
    fn a_key_is_16_bytes() {
        for key in [
            "",
            "dGhlIHNhbXBsZSBub25j",
            "dGhlIHNhbXBsZSBub25jZR==",
            "dGhlIHNhbXBsZSBub25jZ!==",
            "AAAA==",
        ] {
            let found = upgrade(|headers| {
                drop(headers.insert(SEC_WEBSOCKET_KEY, key.parse().expect("a header")))
            });
            assert_eq!(
                found,
                Err("'sec-websocket-key' header must be 16 bytes in base64".to_owned()),
                "{key}"
            );
        }
    }
}
