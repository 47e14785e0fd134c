//! HTTP requests of a test.

use std::{fmt, future::IntoFuture, net::SocketAddr, pin::Pin};

use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri,
    header::{CONTENT_TYPE, IntoHeaderName},
};
use http_body_util::Full;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;

use super::{
    caller::Caller,
    response::Response,
    sent_error::{SentError, sent},
    visitor::{Visitor, within},
};
use crate::error::BoxError;

/// The characters that are not encoded in a query, as in JavaScript's `encodeURIComponent`.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

impl Visitor {
    /// A GET request.
    #[track_caller]
    pub fn get(&self, target: &str) -> Request {
        self.request(Method::GET, target)
    }

    /// A POST request.
    #[track_caller]
    pub fn post(&self, target: &str) -> Request {
        self.request(Method::POST, target)
    }

    /// A request to a path, which may have a query.
    #[track_caller]
    pub fn request(&self, method: Method, target: &str) -> Request {
        Request::new(self.clone(), method, target)
    }
}

/// An HTTP request, made by [`Site::get`](super::Site::get) and its siblings. Await it to send it.
///
/// The visitor's cookies are sent with it, and the cookies of the response are stored. Redirects
/// are not followed.
///
/// # Panics
/// Awaiting it panics when no response comes in time.
#[must_use = "it is sent when it is awaited"]
pub struct Request {
    visitor: Visitor,
    method: Method,
    target: Uri,
    headers: HeaderMap,
    peer: Option<SocketAddr>,
    body: Bytes,
    at: Caller,
}

impl Request {
    #[track_caller]
    pub(super) fn new(visitor: Visitor, method: Method, target: &str) -> Self {
        let target = parse_target(target);
        let (headers, at) = (HeaderMap::new(), Caller::here());
        Request {
            visitor,
            method,
            target,
            headers,
            peer: None,
            body: Bytes::new(),
            at,
        }
    }

    /// Adds a header.
    #[track_caller]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        add_header(&mut self.headers, name, value);
        self
    }

    /// The address that it comes from. Default: localhost, with a port of its own.
    pub fn peer(mut self, peer: impl Into<SocketAddr>) -> Self {
        self.peer = Some(peer.into());
        self
    }

    /// The body.
    pub fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// The body as JSON, with its content type.
    #[track_caller]
    pub fn json(self, value: &impl Serialize) -> Self {
        let json = super::payload::write(value);
        self.typed("application/json", json.get().to_owned())
    }

    /// The body as a form of a page, with its content type.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let form = query(fields.iter().copied());
        self.typed("application/x-www-form-urlencoded", form)
    }

    fn typed(mut self, content_type: &'static str, body: String) -> Self {
        set(&mut self.headers, CONTENT_TYPE, content_type);
        self.body(body)
    }

    /// Sends it, and checks that an error was sent with this status: a handler or a plug panicked or
    /// failed, or nothing serves the path. Error pages are seen as by any client.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
    /// use http::{Request, Response};
    /// use landfall::{error_page::FailureKind, prelude::*, testing};
    ///
    /// async fn page(request: Request<Body>) -> Result<Response<Body>, std::convert::Infallible> {
    ///     panic!("no page for {}", request.uri());
    /// }
    ///
    /// endpoint! {
    ///     struct Web;
    ///     service(tower::service_fn(page));
    /// }
    ///
    /// let site = testing::start::<Web>().await;
    /// let error = site.get("/boom").assert_error_sent(500).await;
    /// assert_eq!(error.kind(), FailureKind::Panic);
    /// assert_eq!(error.message(), "no page for /boom");
    /// assert_eq!(error.response().text(), "Internal Server Error");
    /// # }
    /// ```
    ///
    /// # Panics
    /// When no error was sent, or one with another status; and when it is no status.
    #[track_caller]
    pub fn assert_error_sent<S>(
        mut self,
        status: S,
    ) -> impl Future<Output = SentError> + Send + use<S>
    where
        S: TryInto<StatusCode, Error: fmt::Display>,
    {
        let status = status.try_into().unwrap_or_else(|error| panic!("{error}"));
        let peer = *self.peer.get_or_insert_with(|| self.visitor.address());
        let (visitor, at) = (self.visitor.clone(), self.at);
        let what = format!("`{} {}`", self.method, self.target);
        async move {
            let response = self.send().await;
            sent(status, response, visitor.errors().take(peer)).unwrap_or_else(|came| {
                at.fail(format_args!(
                    "expected an error with {status} of {what}: {came}"
                ))
            })
        }
    }

    async fn send(self) -> Response {
        let Request {
            visitor,
            method,
            target,
            headers,
            peer,
            body,
            at,
        } = self;
        let what = format!("`{method} {target}`");
        let mut request = http::Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = target;
        *request.headers_mut() = headers;
        let answer = async {
            let response = visitor.send(request, peer).await?;
            Ok::<_, BoxError>(Response::read(response).await?)
        };
        let answer = within(visitor.patience(), at, &what, answer).await;
        answer.unwrap_or_else(|error| at.fail(format_args!("{what} failed: {error}")))
    }
}

impl IntoFuture for Request {
    type Output = Response;
    type IntoFuture = Pin<Box<dyn Future<Output = Response> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("target", &self.target)
            .finish()
    }
}

#[track_caller]
pub(super) fn parse_target(target: &str) -> Uri {
    assert!(
        target.starts_with('/'),
        "a path begins with `/`, and `{target}` does not"
    );
    target
        .parse()
        .unwrap_or_else(|error| panic!("`{target}` is not a path: {error}"))
}

#[track_caller]
pub(super) fn add_header(headers: &mut HeaderMap, name: &str, value: &str) {
    let name = HeaderName::from_bytes(name.as_bytes());
    let name = name.unwrap_or_else(|error| panic!("{error}"));
    let value =
        HeaderValue::from_str(value).unwrap_or_else(|error| panic!("header `{name}`: {error}"));
    headers.append(name, value);
}

pub(super) fn set(headers: &mut HeaderMap, name: impl IntoHeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

/// Names and values as a query.
pub(super) fn query<'a>(pairs: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let encode = |text| utf8_percent_encode(text, QUERY);
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}
