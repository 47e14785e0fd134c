//! Headers that tell browsers to restrict what a page can do.
//!
//! [`SecureHeaders`] is a plug that adds them. They are off until an endpoint names it, and
//! [what it adds](SecureHeaders) is right for most pages:
//!
//! ```
//! use landfall::{prelude::*, security::SecureHeaders};
//!
//! endpoint! {
//!     struct Web;
//!     plug(SecureHeaders::new());
//! }
//! ```
//!
//! The guide's chapter about security lists what is on by default.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use http::{
    HeaderName, HeaderValue, Request, Response,
    header::{CONTENT_SECURITY_POLICY, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS},
};
use tower_layer::Layer;
use tower_service::Service;

use crate::random::unguessable;

/// The placeholder of the nonce in a policy.
const NONCE: &str = "{nonce}";

/// The plug for secure headers: `plug(SecureHeaders::new());`. It adds these headers to a response
/// that does not have them:
///
/// | header | value |
/// | --- | --- |
/// | `content-security-policy` | `base-uri 'self'; frame-ancestors 'self';` |
/// | `referrer-policy` | `strict-origin-when-cross-origin` |
/// | `x-content-type-options` | `nosniff` |
/// | `x-permitted-cross-domain-policies` | `none` |
///
/// All responses of the plugs and the service behind it get them.
///
/// In a policy, `{nonce}` stands for a random value that is new for each request. Pages find it in
/// the request's extensions:
///
/// ```
/// use http::{Request, Response};
/// use landfall::{prelude::*, security::{CspNonce, SecureHeaders}};
///
/// async fn page(request: Request<Body>) -> Result<Response<Body>, std::convert::Infallible> {
///     let nonce = request.extensions().get::<CspNonce>().map(CspNonce::as_str).unwrap_or_default();
///     Ok(Response::new(Body::from(format!("<script nonce=\"{nonce}\">start()</script>"))))
/// }
///
/// endpoint! {
///     struct Web;
///     plug(SecureHeaders::new().content_security_policy("script-src 'self' 'nonce-{nonce}'; base-uri 'self'"));
///     service(tower::service_fn(page));
/// }
/// ```
#[derive(Clone, Debug)]
pub struct SecureHeaders {
    headers: Vec<(HeaderName, HeaderValue)>,
    /// The policy, split at its nonces, if it has any.
    parts: Option<Arc<[&'static str]>>,
}

/// A random value that is new for each request. Browsers run only elements that have it. It has 22
/// characters (128 bits).
#[derive(Clone)]
pub struct CspNonce(Arc<str>);

impl CspNonce {
    /// The value of the attribute `nonce`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CspNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for CspNonce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CspNonce(..)")
    }
}

impl SecureHeaders {
    /// The headers in the table above.
    pub fn new() -> Self {
        let headers = [
            (
                CONTENT_SECURITY_POLICY,
                "base-uri 'self'; frame-ancestors 'self';",
            ),
            (REFERRER_POLICY, "strict-origin-when-cross-origin"),
            (X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (
                HeaderName::from_static("x-permitted-cross-domain-policies"),
                "none",
            ),
        ];
        let headers = headers.map(|(name, value)| (name, HeaderValue::from_static(value)));
        SecureHeaders {
            headers: headers.into(),
            parts: None,
        }
    }

    /// Sets the policy. Each `{nonce}` in it stands for the request's [`CspNonce`].
    ///
    /// # Panics
    /// When it is not a valid value of a header.
    #[must_use]
    #[track_caller]
    pub fn content_security_policy(mut self, policy: &'static str) -> Self {
        self.parts = policy
            .contains(NONCE)
            .then(|| policy.split(NONCE).collect());
        self.header("content-security-policy", policy)
    }

    /// Adds a header. It replaces one of the same name.
    ///
    /// # Panics
    /// When it is not a valid header.
    #[must_use]
    #[track_caller]
    pub fn header(mut self, name: &'static str, value: &'static str) -> Self {
        let header = (
            HeaderName::try_from(name)
                .unwrap_or_else(|_| panic!("`{name}` is not a name of a header")),
            HeaderValue::from_str(value)
                .unwrap_or_else(|_| panic!("`{value}` is not a value of a header")),
        );
        self.headers.retain(|(known, _)| *known != header.0);
        self.headers.push(header);
        self
    }

    /// Removes a header.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.headers
            .retain(|(known, _)| !name.eq_ignore_ascii_case(known.as_str()));
        self
    }

    /// The policy with this nonce.
    fn policy(&self, nonce: &str) -> Option<HeaderValue> {
        let parts = self.parts.as_ref()?;
        HeaderValue::try_from(parts.join(nonce)).ok()
    }
}

impl Default for SecureHeaders {
    fn default() -> Self {
        SecureHeaders::new()
    }
}

impl<S> Layer<S> for SecureHeaders {
    type Service = SecureHeadersService<S>;

    fn layer(&self, inner: S) -> SecureHeadersService<S> {
        SecureHeadersService {
            inner,
            headers: Arc::new(self.clone()),
        }
    }
}

/// A service behind [`SecureHeaders`].
#[derive(Clone, Debug)]
pub struct SecureHeadersService<S> {
    inner: S,
    headers: Arc<SecureHeaders>,
}

impl<S, B, R> Service<Request<B>> for SecureHeadersService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<B>) -> Self::Future {
        let headers = self.headers.clone();
        let nonce = headers
            .parts
            .as_ref()
            .map(|_| CspNonce(unguessable().into()));
        let policy = nonce
            .as_ref()
            .and_then(|nonce| headers.policy(nonce.as_str()));
        if let Some(nonce) = nonce {
            request.extensions_mut().insert(nonce);
        }
        let answer = self.inner.call(request);
        Box::pin(async move {
            let mut response = answer.await?;
            let given = response.headers_mut();
            if let Some(policy) = policy {
                given.entry(CONTENT_SECURITY_POLICY).or_insert(policy);
            }
            for (name, value) in &headers.headers {
                given.entry(name).or_insert_with(|| value.clone());
            }
            Ok(response)
        })
    }
}
