//! Rejects requests that hyper accepts but that another server could parse differently (request
//! smuggling).

use std::net::Ipv6Addr;

use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version, header,
    uri::PathAndQuery,
};

use crate::{body::Body, plug::plain};

/// The maximum length of a request target.
const LONGEST_TARGET: usize = 16 * 1024;

/// Lets a request pass, with its target in origin form and its host in the `host` header.
pub(super) fn admit<B>(mut request: Request<B>) -> Result<Request<B>, StatusCode> {
    check_coding(request.headers())?;
    let host = only_host(request.headers(), request.version())?;
    if let Some(host) = host
        && !is_host(host.as_bytes())
    {
        return Err(StatusCode::BAD_REQUEST);
    }
    if request.uri().scheme().is_some() || request.uri().authority().is_some() {
        normalise(&mut request)?;
    }
    let target = request
        .uri()
        .path_and_query()
        .map_or("", PathAndQuery::as_str);
    if target.len() > LONGEST_TARGET {
        return Err(StatusCode::URI_TOO_LONG);
    }
    let asterisk = target == "*" && request.method() == Method::OPTIONS;
    if target.starts_with('/') || asterisk {
        Ok(request)
    } else {
        Err(StatusCode::BAD_REQUEST)
    }
}

/// The response to a rejected request. What follows it cannot be trusted to be a request: the
/// connection ends.
pub(super) fn refusal(status: StatusCode) -> Response<Body> {
    let mut response = plain(status);
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// `chunked` is the one transfer coding there is (RFC 9112, 6.1).
fn check_coding(headers: &HeaderMap) -> Result<(), StatusCode> {
    let mut codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    let Some(coding) = codings.next() else {
        return Ok(());
    };
    if codings.next().is_none() && coding.as_bytes().eq_ignore_ascii_case(b"chunked") {
        return Ok(());
    }
    let named = |name: &[u8]| [&b"gzip"[..], b"x-gzip", b"deflate", b"compress"].contains(&name);
    let first = coding
        .as_bytes()
        .split(|byte| *byte == b',')
        .next()
        .unwrap_or_default();
    if named(first.trim_ascii().to_ascii_lowercase().as_slice()) {
        return Err(StatusCode::NOT_IMPLEMENTED);
    }
    Err(StatusCode::BAD_REQUEST)
}

/// HTTP/1.1 wants exactly one host (RFC 9112, 3.2).
fn only_host(headers: &HeaderMap, version: Version) -> Result<Option<&HeaderValue>, StatusCode> {
    let mut hosts = headers.get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(host), None) => Ok(Some(host)),
        (None, None) if version < Version::HTTP_11 => Ok(None),
        _ => Err(StatusCode::BAD_REQUEST),
    }
}

/// The target names the host, as it does towards a proxy: it wins over the header (RFC 9112,
/// 3.2.2).
fn normalise<B>(request: &mut Request<B>) -> Result<(), StatusCode> {
    let uri = request.uri();
    let scheme = uri
        .scheme_str()
        .is_some_and(|scheme| scheme == "http" || scheme == "https");
    let authority = uri
        .authority()
        .filter(|authority| scheme && is_host(authority.as_str().as_bytes()));
    // Without a scheme, it is the authority form of CONNECT. This server does not tunnel.
    let authority = authority.ok_or(StatusCode::BAD_REQUEST)?;
    let host = HeaderValue::from_str(authority.as_str()).map_err(|_| StatusCode::BAD_REQUEST)?;
    let target = uri
        .path_and_query()
        .cloned()
        .unwrap_or_else(|| PathAndQuery::from_static("/"));
    request.headers_mut().insert(header::HOST, host);
    *request.uri_mut() = Uri::from(target);
    Ok(())
}

/// `name`, `1.2.3.4` or `[::1]`, with a port or without. Of names, only the characters that are in
/// use.
fn is_host(host: &[u8]) -> bool {
    let (name, port) = match host {
        [b'[', rest @ ..] => {
            let Some(end) = rest.iter().position(|byte| *byte == b']') else {
                return false;
            };
            let address = str::from_utf8(&rest[..end])
                .ok()
                .and_then(|text| text.parse::<Ipv6Addr>().ok());
            if address.is_none() {
                return false;
            }
            (&b"ip"[..], &rest[end + 1..])
        }
        _ => host.split_at(
            host.iter()
                .position(|byte| *byte == b':')
                .unwrap_or(host.len()),
        ),
    };
    let is_in_use = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    (1..=255).contains(&name.len()) && name.iter().all(is_in_use) && is_port(port)
}

/// Nothing, or a colon and a number.
fn is_port(port: &[u8]) -> bool {
    match port {
        [] | [b':'] => true,
        [b':', digits @ ..] => {
            digits.len() <= 5
                && digits.iter().all(u8::is_ascii_digit)
                && str::from_utf8(digits).is_ok_and(|digits| digits.parse::<u16>().is_ok())
        }
        _ => false,
    }
}
