//! Responses to a test's requests.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode, header::HeaderName};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde::de::DeserializeOwned;

use super::payload::shortened;

/// The response to a request, with its whole body.
#[derive(Clone)]
pub struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Response {
    pub(super) async fn read(response: http::Response<Incoming>) -> Result<Self, hyper::Error> {
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        Ok(Response {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }

    /// A response whose body is the stream of another protocol.
    pub(super) fn head(response: &http::Response<Incoming>) -> Self {
        Response {
            status: response.status(),
            headers: response.headers().clone(),
            body: Bytes::new(),
        }
    }

    /// The status. It compares with a number.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// All headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A header's first value; `None` if it is missing, or not text.
    #[track_caller]
    pub fn header(&self, name: &str) -> Option<&str> {
        let name = HeaderName::from_bytes(name.as_bytes());
        let name = name.unwrap_or_else(|error| panic!("{error}"));
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The body.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// The body as text.
    ///
    /// # Panics
    /// When it is not text.
    #[track_caller]
    pub fn text(&self) -> &str {
        str::from_utf8(&self.body).unwrap_or_else(|error| panic!("the body is not text: {error}"))
    }

    /// The body as a value.
    ///
    /// # Panics
    /// When it is not JSON, or JSON of another shape.
    #[track_caller]
    pub fn parse<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            let expected = std::any::type_name::<T>();
            panic!(
                "the body is not `{expected}`: {error}\n    it is {}",
                self.shown()
            )
        })
    }

    pub(super) fn shown(&self) -> String {
        shortened(&String::from_utf8_lossy(&self.body))
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &self.shown())
            .finish()
    }
}
