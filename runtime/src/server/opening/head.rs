//! The head of a request that opens a WebSocket, and that of the response.

use std::mem::MaybeUninit;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, Uri};
use httparse::Status;

use crate::{body::Body, server::framing::Limits};

/// The number of headers that are read here. A request with more is left to hyper.
const MOST_HEADERS: usize = 48;

/// Reads a request that asks for a WebSocket at a path where one `opens`, as hyper reads it, and
/// the length of its head. Of all others `None` says nothing.
pub(super) fn read(
    bytes: &Bytes,
    limits: Limits,
    opens: impl FnOnce(&str) -> bool,
) -> Option<(Request<Body>, usize)> {
    let mut headers = [const { MaybeUninit::uninit() }; MOST_HEADERS];
    let mut head = httparse::Request::new(&mut []);
    let parsed = head.parse_with_uninit_headers(bytes, &mut headers);
    let Ok(Status::Complete(length)) = parsed else {
        return None;
    };
    let fits = length <= limits.bytes && head.headers.len() <= limits.headers;
    let is_get = head.method == Some("GET") && head.version == Some(1);
    let target = head.path.filter(|path| path.starts_with('/'))?;
    if !fits || !is_get || !asks(head.headers) {
        return None;
    }
    let uri = Uri::from_maybe_shared(bytes.slice_ref(target.as_bytes())).ok()?;
    if !opens(uri.path()) {
        return None;
    }
    let mut request = Request::new(Body::empty());
    *request.uri_mut() = uri;
    *request.headers_mut() = shared(head.headers, bytes)?;
    Some((request, length))
}

/// Whether the headers ask for a WebSocket, and neither announce a body nor expect an answer before
/// it.
fn asks(headers: &[httparse::Header<'_>]) -> bool {
    let mut asks = false;
    for httparse::Header { name, value } in headers {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        if is("content-length") || is("transfer-encoding") || is("expect") {
            return false;
        }
        asks |= is("upgrade") && value.eq_ignore_ascii_case(b"websocket");
    }
    asks
}

/// The headers, which share the bytes.
fn shared(headers: &[httparse::Header<'_>], bytes: &Bytes) -> Option<HeaderMap> {
    let mut map = HeaderMap::with_capacity(headers.len());
    for header in headers {
        let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
        let value = HeaderValue::from_maybe_shared(bytes.slice_ref(header.value)).ok()?;
        map.append(name, value);
    }
    Some(map)
}

/// The head of a response with status 101, as it is sent.
pub(super) fn written<B>(response: &Response<B>) -> Bytes {
    let mut head = Vec::with_capacity(256);
    head.extend_from_slice(b"HTTP/1.1 101 Switching Protocols\r\n");
    for (name, value) in response.headers() {
        head.extend_from_slice(name.as_str().as_bytes());
        head.extend_from_slice(b": ");
        head.extend_from_slice(value.as_bytes());
        head.extend_from_slice(b"\r\n");
    }
    head.extend_from_slice(b"\r\n");
    head.into()
}
