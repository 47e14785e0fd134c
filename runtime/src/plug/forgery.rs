//! The plug that refuses requests which another site made a browser send.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{
    HeaderMap, Method, Request, Response, StatusCode,
    header::{CONTENT_TYPE, HOST},
    request::Parts,
};
use http_body::Body as HttpBody;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use tower_layer::Layer;
use tower_service::Service;

use super::plain;
use crate::{body::Body, crypto::Keys, error::BoxError, handle::Handle, session::Session};

/// Longer forms send their token in the header.
const LONGEST_FORM: usize = 1024 * 1024;

const FIELD: &str = "_csrf_token";
const HEADER: &str = "x-csrf-token";

/// The plug that protects a visitor's session from requests of other sites, behind
/// [`Sessions`](crate::session::Sessions): `plug(ProtectFromForgery::new());`.
///
/// GET, HEAD and OPTIONS pass. Any other request needs a token of
/// [`Session::csrf_token`](crate::session::Session::csrf_token) in the header `x-csrf-token`, or in the field
/// `_csrf_token` of a url-encoded form of at most a mebibyte; without it the answer is 403. Multipart forms have to send
/// the header. Answers to GET that are JavaScript go only to requests with `x-requested-with: XMLHttpRequest`, since
/// any site can run a script of another.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProtectFromForgery {
    hosts: &'static [&'static str],
}

impl ProtectFromForgery {
    /// Accepts what the application's own pages send.
    pub const fn new() -> Self {
        ProtectFromForgery { hosts: &[] }
    }

    /// Accepts also tokens that Plug made for one of these hosts: a name, or `.example.com` for all below it.
    #[must_use]
    pub const fn allow_hosts(self, hosts: &'static [&'static str]) -> Self {
        ProtectFromForgery { hosts }
    }

    fn allows(self, parts: &Parts, token: &str) -> bool {
        let found = parts.extensions.get::<Session>().zip(parts.extensions.get::<Handle>());
        let Some((session, keys)) = found.and_then(|(session, handle)| Some((session, handle.keys()?)))
        else {
            tracing::error!("`ProtectFromForgery` needs the plug `Sessions` before it");
            return false;
        };
        self.allows_in(session, &keys, host(parts), token)
    }

    fn allows_in(self, session: &Session, keys: &Keys, host: &str, token: &str) -> bool {
        session.allows(keys, token, |named| {
            named == host
                || self.hosts.iter().any(|allowed| {
                    if allowed.starts_with('.') { named.ends_with(allowed) } else { named == *allowed }
                })
        })
    }
}

fn host(parts: &Parts) -> &str {
    let named = parts.uri.host().or_else(|| parts.headers.get(HOST)?.to_str().ok()).unwrap_or_default();
    match named.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        _ => named,
    }
}

impl<S> Layer<S> for ProtectFromForgery {
    type Service = ForgeryService<S>;

    fn layer(&self, inner: S) -> ForgeryService<S> {
        ForgeryService { inner, protection: *self }
    }
}

/// A service behind [`ProtectFromForgery`](crate::session::ProtectFromForgery).
#[derive(Clone, Debug)]
pub struct ForgeryService<S> {
    inner: S,
    protection: ProtectFromForgery,
}

impl<S, R> Service<Request<Body>> for ForgeryService<S>
where
    S: Service<Request<Body>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Send,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let protection = self.protection;
        // The one that is ready is used, its successor starts afresh.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        Box::pin(async move {
            let script_may_go = request.method() != Method::GET || is_own_script(request.headers());
            let request = match protection.check(request).await {
                Ok(request) => request,
                Err(status) => return Ok(plain(status)),
            };
            let response = inner.call(request).await?.map(Body::new);
            if !script_may_go && is_javascript(response.headers()) {
                return Ok(plain(StatusCode::FORBIDDEN));
            }
            Ok(response)
        })
    }
}

impl ProtectFromForgery {
    async fn check(self, request: Request<Body>) -> Result<Request<Body>, StatusCode> {
        if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
            return Ok(request);
        }
        let header = request.headers().get(HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (parts, mut body) = request.into_parts();
        let mut token = header;
        if token.is_none() && is_form(&parts.headers) {
            let limited = Limited::new(body, LONGEST_FORM).collect().await;
            let form = limited.map_err(|error| match error.is::<LengthLimitError>() {
                true => StatusCode::PAYLOAD_TOO_LARGE,
                false => StatusCode::BAD_REQUEST,
            });
            let form = form?.to_bytes();
            token = field(&form);
            body = Body::new(Full::new(form));
        }
        match token {
            Some(token) if self.allows(&parts, &token) => Ok(Request::from_parts(parts, body)),
            _ => Err(StatusCode::FORBIDDEN),
        }
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|kind| kind.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

fn is_javascript(headers: &HeaderMap) -> bool {
    let kind = media_type(headers).map(str::to_ascii_lowercase);
    kind.is_some_and(|kind| matches!(kind.as_str(), "text/javascript" | "application/javascript"))
}

fn media_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE)?.to_str().ok()?.split(';').next().map(str::trim)
}

fn is_own_script(headers: &HeaderMap) -> bool {
    headers.get("x-requested-with").is_some_and(|value| value == "XMLHttpRequest")
}

fn field(form: &[u8]) -> Option<String> {
    let pairs = form.split(|byte| *byte == b'&').filter_map(|pair| {
        let text = std::str::from_utf8(pair).ok()?;
        text.split_once('=')
    });
    let (_, value) = pairs.into_iter().find(|(name, _)| *name == FIELD)?;
    Some(percent_encoding::percent_decode_str(value).decode_utf8().ok()?.into_owned())
}
