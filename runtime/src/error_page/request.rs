//! The head of a request: kept until the request is answered, and shown without its secrets.

use std::net::SocketAddr;

use http::{HeaderMap, HeaderValue, Method, Request, Uri, Version};
use percent_encoding::percent_decode_str;

use crate::{config::FilterParametersConfig, escape::FILTERED, interop};

/// The kept part of a request. Most of it is shared with the request, not copied.
pub(super) struct Head {
    pub(super) method: Method,
    pub(super) uri: Uri,
    pub(super) version: Version,
    pub(super) headers: HeaderMap,
    /// The other end of the connection, even if a proxy names another client.
    pub(super) peer: Option<SocketAddr>,
}

impl Head {
    pub(super) fn of<B>(request: &Request<B>) -> Self {
        Head {
            method: request.method().clone(),
            uri: interop::full(request.uri(), request.extensions()).clone(),
            version: request.version(),
            headers: request.headers().clone(),
            peer: interop::peer(request.extensions()),
        }
    }
}

/// A request without its secrets.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) query: Option<String>,
    pub(super) version: Version,
    pub(super) headers: HeaderMap,
    pub(super) peer: Option<SocketAddr>,
}

impl Shown {
    pub(super) fn of(head: &Head, filter: &FilterParametersConfig) -> Self {
        let mut headers = head.headers.clone();
        for (name, value) in &mut headers {
            if is_secret(name.as_str(), filter) {
                *value = HeaderValue::from_static(FILTERED);
            } else if let Some(without) = without_secrets(value, filter) {
                *value = without;
            }
        }
        Shown {
            method: head.method.clone(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().map(|query| filtered(query, filter)),
            version: head.version,
            headers,
            peer: head.peer,
        }
    }
}

/// Whether a header may hold a secret as a whole.
fn is_secret(name: &str, filter: &FilterParametersConfig) -> bool {
    const PARTS: [&str; 6] = [
        "cookie",
        "auth",
        "session",
        "api-key",
        "apikey",
        "credential",
    ];
    // The subprotocols of a handshake may hold a token.
    name == "sec-websocket-protocol"
        || filter.is_secret(name)
        || PARTS.iter().any(|part| name.contains(part))
}

/// A value that holds a URL, such as that of `referer`, without the secrets in the URL's query.
/// `None` if there is no query.
fn without_secrets(value: &HeaderValue, filter: &FilterParametersConfig) -> Option<HeaderValue> {
    let text = value.to_str().ok()?;
    let (before, query) = text.split_once('?')?;
    HeaderValue::try_from(format!("{before}?{}", filtered(query, filter))).ok()
}

/// A query whose secrets are replaced.
fn filtered(query: &str, filter: &FilterParametersConfig) -> String {
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, _)) if filter.hides(&percent_decode_str(name).decode_utf8_lossy()) => {
                format!("{name}={FILTERED}")
            }
            _ => pair.to_owned(),
        })
        .collect();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_replaced() {
        let request = Request::get("/a?b=1&user[password]=c&to%6ben=d&e")
            .header("cookie", "a=b")
            .header("authorization", "Bearer x")
            .header("x-csrf-token", "x")
            .header("referer", "http://h/p?access_token=x&y=z")
            .header("accept", "text/html")
            .body(())
            .expect("a request");
        let shown = Shown::of(&Head::of(&request), &FilterParametersConfig::default());
        assert_eq!(
            shown.query.as_deref(),
            Some("b=1&user[password]=[FILTERED]&to%6ben=[FILTERED]&e")
        );
        for (name, value) in [
            ("cookie", "[FILTERED]"),
            ("authorization", "[FILTERED]"),
            ("x-csrf-token", "[FILTERED]"),
            ("referer", "http://h/p?access_token=[FILTERED]&y=z"),
            ("accept", "text/html"),
        ] {
            assert_eq!(shown.headers.get(name).expect("a header"), value, "{name}");
        }
    }
}
