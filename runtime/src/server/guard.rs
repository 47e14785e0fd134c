//! Rejects requests that hyper accepts but that another server could parse differently (request
//! smuggling).

use std::net::Ipv6Addr;

#[cfg(feature = "http2")]
use http::uri::Authority;
use http::{
    HeaderMap, HeaderValue, Method, Request, Response, StatusCode, Uri, Version, header,
    uri::PathAndQuery,
};

#[cfg(feature = "http2")]
use crate::interop;
use crate::{
    body::Body,
    header::{list, one},
    plug::plain,
};

/// The maximum length of a request target.
const LONGEST_TARGET: usize = 16 * 1024;

/// Checks a request, and puts its target in origin form and its host in the `host` header.
pub(super) fn admit<B>(request: &mut Request<B>) -> Result<(), StatusCode> {
    let seen = Seen::of(request.headers());
    if seen.coded {
        check_coding(request.headers())?;
    }
    let host = seen.only_host(request.version())?;
    if let Some(host) = host
        && !is_host(host.as_bytes())
    {
        return Err(StatusCode::BAD_REQUEST);
    }
    if request.uri().scheme().is_some() || request.uri().authority().is_some() {
        normalise(request)?;
    }
    check_target(request)
}

/// The headers that each request is checked for. One look at all of them costs less than a search
/// for each name.
#[derive(Default)]
struct Seen<'a> {
    host: Option<&'a HeaderValue>,
    hosts: usize,
    coded: bool,
}

impl<'a> Seen<'a> {
    fn of(headers: &'a HeaderMap) -> Self {
        let mut seen = Seen::default();
        for (name, value) in headers {
            if *name == header::HOST {
                seen.host = Some(value);
                seen.hosts += 1;
            } else if *name == header::TRANSFER_ENCODING {
                seen.coded = true;
            }
        }
        seen
    }

    /// HTTP/1.1 requires exactly one host (RFC 9112, 3.2).
    fn only_host(&self, version: Version) -> Result<Option<&'a HeaderValue>, StatusCode> {
        match self.hosts {
            1 => Ok(self.host),
            0 if version < Version::HTTP_11 => Ok(None),
            _ => Err(StatusCode::BAD_REQUEST),
        }
    }
}

fn check_target<B>(request: &Request<B>) -> Result<(), StatusCode> {
    let target = request
        .uri()
        .path_and_query()
        .map_or("", PathAndQuery::as_str);
    if target.len() > LONGEST_TARGET {
        return Err(StatusCode::URI_TOO_LONG);
    }
    let asterisk = target == "*" && request.method() == Method::OPTIONS;
    if target.starts_with('/') || asterisk {
        Ok(())
    } else {
        Err(StatusCode::BAD_REQUEST)
    }
}

/// Checks a request of HTTP/2, and puts its target in origin form and its host in the `host`
/// header. hyper has refused malformed requests before.
#[cfg(feature = "http2")]
pub(super) fn admit_stream<B>(
    request: &mut Request<B>,
    max_headers: usize,
) -> Result<(), StatusCode> {
    check_connect(request)?;
    join_cookies(request.headers_mut());
    if request.headers().len() > max_headers {
        return Err(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
    }
    let named = request.uri().authority().map(Authority::as_str);
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (named, hosts.next(), hosts.next()) {
        (Some(_), None, _) => {}
        // Both must be the same host (RFC 9113, 8.3.1).
        (Some(named), Some(host), None)
            if host.as_bytes().eq_ignore_ascii_case(named.as_bytes()) => {}
        (None, Some(host), None) if is_host(host.as_bytes()) => {}
        _ => return Err(StatusCode::BAD_REQUEST),
    }
    if named.is_some() {
        normalise(request)?;
    }
    check_target(request)
}

/// Checks that CONNECT opens a WebSocket (RFC 8441). Nothing else is served.
#[cfg(feature = "http2")]
fn check_connect<B>(request: &Request<B>) -> Result<(), StatusCode> {
    if request.method() != Method::CONNECT {
        return Ok(());
    }
    match interop::protocol(request.extensions()) {
        None => Err(StatusCode::METHOD_NOT_ALLOWED),
        Some("websocket") => Ok(()),
        Some(_) => Err(StatusCode::NOT_IMPLEMENTED),
    }
}

/// Joins the cookies. Clients may send each cookie in a header of its own, but the application
/// expects one header (RFC 9113, 8.2.3).
#[cfg(feature = "http2")]
fn join_cookies(headers: &mut HeaderMap) {
    let mut cookies = headers.get_all(header::COOKIE).iter();
    if cookies.next().is_none() || cookies.next().is_none() {
        return;
    }
    let crumbs: Vec<&[u8]> = headers
        .get_all(header::COOKIE)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if let Ok(joined) = HeaderValue::from_bytes(&crumbs.join(&b"; "[..])) {
        headers.insert(header::COOKIE, joined);
    }
}

/// The response to a rejected request. The bytes after it may not be a request, so the connection
/// ends.
pub(super) fn refusal(status: StatusCode) -> Response<Body> {
    let mut response = plain(status);
    response
        .headers_mut()
        .insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

/// `chunked` is the only transfer coding that is served (RFC 9112, 6.1).
fn check_coding(headers: &HeaderMap) -> Result<(), StatusCode> {
    let is_chunked = |coding: &[u8]| coding.eq_ignore_ascii_case(b"chunked");
    if one(headers, header::TRANSFER_ENCODING).is_some_and(is_chunked) {
        return Ok(());
    }
    let known = ["gzip", "x-gzip", "deflate", "compress"];
    let is_known = |first: &[u8]| {
        known
            .iter()
            .any(|name| first.eq_ignore_ascii_case(name.as_bytes()))
    };
    let first = list(headers, &header::TRANSFER_ENCODING).next();
    Err(if first.is_some_and(is_known) {
        StatusCode::NOT_IMPLEMENTED
    } else {
        StatusCode::BAD_REQUEST
    })
}

/// Moves the host from a target in absolute form to the `host` header, which it replaces (RFC 9112,
/// 3.2.2).
fn normalise<B>(request: &mut Request<B>) -> Result<(), StatusCode> {
    let uri = request.uri();
    let scheme = uri
        .scheme_str()
        .is_some_and(|scheme| scheme == "http" || scheme == "https");
    let authority = uri
        .authority()
        .filter(|authority| scheme && is_host(authority.as_str().as_bytes()));
    // A target without a scheme is CONNECT's authority form, and this server is not a proxy.
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

/// Whether this is `name`, `1.2.3.4` or `[::1]`, with or without a port. Names may only have
/// characters that hosts use.
fn is_host(host: &[u8]) -> bool {
    if host.first() == Some(&b'[') {
        return is_in_brackets(host);
    }
    let length = host
        .iter()
        .position(|byte| !IN_USE[usize::from(*byte)])
        .unwrap_or(host.len());
    (1..=255).contains(&length) && is_rest(&host[length..])
}

fn is_in_brackets(host: &[u8]) -> bool {
    let end = host.iter().rposition(|byte| *byte == b']');
    let address = end.and_then(|end| str::from_utf8(host.get(1..end)?).ok());
    let rest = end.map_or(host, |end| &host[end + 1..]);
    address.is_some_and(|address| address.parse::<Ipv6Addr>().is_ok()) && is_rest(rest)
}

/// Whether nothing follows a host, or its port.
fn is_rest(rest: &[u8]) -> bool {
    match rest {
        [] => true,
        [b':', port @ ..] => is_port(port),
        _ => false,
    }
}

/// The characters of names.
const IN_USE: [bool; 256] = {
    let (mut table, mut byte) = ([false; 256], 0);
    while byte < table.len() {
        table[byte] = matches!(
            byte as u8,
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~'
        );
        byte += 1;
    }
    table
};

/// Whether this is a port, or empty.
fn is_port(port: &[u8]) -> bool {
    if port.len() > 5 {
        return false;
    }
    let mut number = 0;
    for byte in port {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return false;
        }
        number = number * 10 + u32::from(digit);
    }
    number <= u32::from(u16::MAX)
}
