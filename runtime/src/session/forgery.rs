//! The plug that refuses requests which another site made a browser send.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request, Response, StatusCode, request::Parts};
use http_body::Body as HttpBody;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use percent_encoding::percent_decode_str;
use tower_layer::Layer;
use tower_service::Service;

use super::{Session, host};
use crate::{body::Body, crypto::Keys, error::BoxError, handle::Handle, header, plug::plain};

/// The largest form, in bytes, that is searched for a token. A larger one has to send the token in the
/// header.
const LONGEST_FORM: usize = 1024 * 1024;

/// The maximum number of tokens of one request that are tried: as many in headers, and as many in
/// fields.
const CANDIDATES: usize = 8;

const FIELD: &str = "_csrf_token";
const HEADER: &str = "x-csrf-token";

/// The plug that protects a visitor's session from requests of other sites, behind
/// [`Sessions`](crate::session::Sessions): `plug(ProtectFromForgery::new());`.
///
/// GET, HEAD and OPTIONS pass. Any other request needs a token of
/// [`Session::csrf_token`](crate::session::Session::csrf_token) in the header `x-csrf-token`, or in
/// the field `_csrf_token` of a url-encoded form of at most 1 MiB; without it the response is 403.
/// Multipart forms have to send the header. JavaScript is sent only in response to GETs with
/// `x-requested-with: XMLHttpRequest`, since any site can run a script of another one.
#[derive(Clone, Copy, Debug, Default)]
pub struct ProtectFromForgery {
    hosts: &'static [&'static str],
}

impl ProtectFromForgery {
    /// Accepts what the application's own pages send.
    pub const fn new() -> Self {
        ProtectFromForgery { hosts: &[] }
    }

    /// Accepts also tokens that Plug made for one of these hosts: a name, or `.example.com` for all
    /// below it.
    #[must_use]
    pub const fn allow_hosts(self, hosts: &'static [&'static str]) -> Self {
        ProtectFromForgery { hosts }
    }

    fn allows(self, parts: &Parts, token: &str) -> bool {
        let found = parts
            .extensions
            .get::<Session>()
            .zip(parts.extensions.get::<Handle>());
        let Some((session, keys)) =
            found.and_then(|(session, handle)| Some((session, handle.keys()?)))
        else {
            tracing::error!("`ProtectFromForgery` needs the plug `Sessions` before it");
            return false;
        };
        self.allows_in(session, &keys, host(parts), token)
    }

    fn allows_in(self, session: &Session, keys: &Keys, host: &str, token: &str) -> bool {
        session.allows(keys, token, |named| {
            named.eq_ignore_ascii_case(host)
                || self.hosts.iter().any(|allowed| is_allowed(allowed, named))
        })
    }
}

/// Whether a host is the `allowed` one, or below it if `allowed` begins with a dot. The case of
/// letters does not count.
fn is_allowed(allowed: &str, named: &str) -> bool {
    let (allowed, named) = (allowed.to_ascii_lowercase(), named.to_ascii_lowercase());
    if allowed.starts_with('.') {
        named.ends_with(&allowed)
    } else {
        named == allowed
    }
}

impl<S> Layer<S> for ProtectFromForgery {
    type Service = ForgeryService<S>;

    fn layer(&self, inner: S) -> ForgeryService<S> {
        ForgeryService {
            inner,
            protection: *self,
        }
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
        // `self.inner` has been polled ready, and its clone has not: the clone takes its place.
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
        if matches!(
            *request.method(),
            Method::GET | Method::HEAD | Method::OPTIONS
        ) {
            return Ok(request);
        }
        let (parts, mut body) = request.into_parts();
        let by_header = || header::values(&parts.headers, HEADER).take(CANDIDATES);
        if by_header().any(|token| self.allows(&parts, token)) {
            return Ok(Request::from_parts(parts, body));
        }
        if is_form(&parts.headers) {
            let limited = Limited::new(body, LONGEST_FORM).collect().await;
            let form = limited.map_err(|error| match error.is::<LengthLimitError>() {
                true => StatusCode::PAYLOAD_TOO_LARGE,
                false => StatusCode::BAD_REQUEST,
            });
            let form = form?.to_bytes();
            if fields(&form)
                .take(CANDIDATES)
                .any(|token| self.allows(&parts, &token))
            {
                body = Body::new(Full::new(form));
                return Ok(Request::from_parts(parts, body));
            }
        }
        Err(StatusCode::FORBIDDEN)
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    header::is_of_type(headers, "application/x-www-form-urlencoded")
}

/// Whether one of the content types is JavaScript. It is not known which of several a browser
/// chooses.
fn is_javascript(headers: &HeaderMap) -> bool {
    let kinds = ["text/javascript", "application/javascript"];
    header::media_types(headers).any(|named| {
        kinds
            .iter()
            .any(|kind| named.eq_ignore_ascii_case(kind.as_bytes()))
    })
}

fn is_own_script(headers: &HeaderMap) -> bool {
    header::values(headers, "x-requested-with").any(|value| value == "XMLHttpRequest")
}

/// The values of the form's fields for the token.
fn fields(form: &[u8]) -> impl Iterator<Item = String> {
    let pairs = form
        .split(|byte| *byte == b'&')
        .filter_map(|pair| str::from_utf8(pair).ok()?.split_once('='));
    let ours = pairs.filter(|(name, _)| percent_decode_str(name).eq(FIELD.bytes()));
    ours.filter_map(|(_, value)| Some(percent_decode_str(value).decode_utf8().ok()?.into_owned()))
}
