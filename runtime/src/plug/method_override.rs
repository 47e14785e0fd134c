//! Forms that stand for other methods than POST.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body::Body as HttpBody;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use percent_encoding::percent_decode_str;
use tower_layer::Layer;
use tower_service::Service;

use super::plain;
use crate::{body::Body, error::BoxError, header};

/// The largest form, in bytes, that is searched, unless the plug says otherwise.
const LONGEST: usize = 1024 * 1024;
const FIELD: &str = "_method";

/// A plug by which the form of a page can stand for PUT, PATCH or DELETE, which browsers do not
/// send: `plug(MethodOverride::new());`. It is Phoenix's `Plug.MethodOverride`.
///
/// A POST of a url-encoded form whose first field `_method` is one of these words, in any case, has
/// that method for later plugs and the service. All other requests pass as they are: those with
/// another word, with another content type, and multipart forms, which say their method in the URL.
///
/// The form is read whole before it goes on, at most 1 MiB of it: a larger one is answered 413,
/// a body that breaks off 400. A slow one has the server's time for bodies.
///
/// ```
/// # #[tokio::main(flavor = "current_thread", start_paused = true)] async fn main() {
/// # #[cfg(feature = "testing")] {
/// use http::{Request, Response};
/// use landfall::{plug::MethodOverride, prelude::*, testing};
///
/// async fn page(request: Request<Body>) -> Result<Response<Body>, std::convert::Infallible> {
///     Ok(Response::new(Body::from(request.method().to_string())))
/// }
///
/// endpoint! {
///     struct Web;
///     plug(MethodOverride::new());
///     service(tower::service_fn(page));
/// }
///
/// let site = testing::start::<Web>().await;
/// let deleted = site.post("/rooms/7").form(&[("_method", "delete")]).await;
/// assert_eq!(deleted.text(), "DELETE");
/// # } }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct MethodOverride {
    longest: usize,
}

impl MethodOverride {
    /// For forms of at most 1 MiB.
    pub const fn new() -> Self {
        MethodOverride { longest: LONGEST }
    }

    /// For forms of at most this many bytes.
    #[must_use]
    pub const fn max_form_size(self, bytes: usize) -> Self {
        MethodOverride { longest: bytes }
    }

    async fn read<B>(self, request: Request<B>) -> Result<Request<Body>, StatusCode>
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let (mut parts, body) = request.into_parts();
        let read = Limited::new(body, self.longest).collect().await;
        let form = read.map_err(|error| match error.is::<LengthLimitError>() {
            true => StatusCode::PAYLOAD_TOO_LARGE,
            false => StatusCode::BAD_REQUEST,
        });
        let form = form?.to_bytes();
        if let Some(method) = method(&form) {
            parts.method = method;
        }
        Ok(Request::from_parts(parts, Body::from(form)))
    }
}

impl Default for MethodOverride {
    fn default() -> Self {
        MethodOverride::new()
    }
}

/// The method that a form names.
fn method(form: &[u8]) -> Option<Method> {
    let mut pairs = form
        .split(|byte| *byte == b'&')
        .filter_map(|pair| str::from_utf8(pair).ok()?.split_once('='));
    let (_, word) = pairs.find(|(name, _)| percent_decode_str(name).eq(FIELD.bytes()))?;
    let word = percent_decode_str(word).decode_utf8().ok()?;
    [Method::PUT, Method::PATCH, Method::DELETE]
        .into_iter()
        .find(|method| word.eq_ignore_ascii_case(method.as_str()))
}

impl<S> Layer<S> for MethodOverride {
    type Service = MethodOverrideService<S>;

    fn layer(&self, inner: S) -> MethodOverrideService<S> {
        MethodOverrideService { inner, plug: *self }
    }
}

/// A service behind [`MethodOverride`].
#[derive(Clone, Debug)]
pub struct MethodOverrideService<S> {
    inner: S,
    plug: MethodOverride,
}

impl<S, B, R> Service<Request<B>> for MethodOverrideService<S>
where
    S: Service<Request<Body>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Send,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let is_form = header::is_of_type(request.headers(), "application/x-www-form-urlencoded");
        if request.method() != Method::POST || !is_form {
            let answer = self.inner.call(request.map(Body::new));
            return Box::pin(async { Ok(answer.await?.map(Body::new)) });
        }
        let plug = self.plug;
        // `self.inner` has been polled ready, and its clone has not: the clone takes its place.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        Box::pin(async move {
            match plug.read(request).await {
                Ok(request) => Ok(inner.call(request).await?.map(Body::new)),
                Err(status) => Ok(plain(status)),
            }
        })
    }
}
