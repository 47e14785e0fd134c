//! The plug that reads a session's cookie, and writes it again.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header::SET_COOKIE, request::Parts};
use http_body::Body as HttpBody;
use tower_layer::Layer;
use tower_service::Service;

use super::{Change, SameSite, Session, SessionOptions};
use crate::{
    body::Body,
    crypto::{Keys, cookie},
    error::BoxError,
    handle::Handle,
    plug::plain,
};

/// The longest cookie that browsers keep, name and attributes included.
const LONGEST: usize = 4096;

/// The plug for sessions: `plug(Sessions::new(&SESSION));`.
///
/// It puts a [`Session`](crate::session::Session) into the request's extensions. If the inner service has changed the
/// session by the time it answers, the response sets the cookie. A session that is too long for a cookie is logged as an
/// error and answered with 500.
///
/// It needs the endpoint's `secret_key_base`: a request that did not come through an endpoint is answered with 500.
#[derive(Clone, Copy, Debug)]
pub struct Sessions {
    options: &'static SessionOptions,
}

impl Sessions {
    /// A session in the cookie that the options describe.
    ///
    /// # Panics
    /// When the options cannot work. In a constant that is a compile error.
    #[track_caller]
    pub const fn new(options: &'static SessionOptions) -> Self {
        if let Some(mistake) = options.mistake() {
            panic!("{}", mistake.text);
        }
        Sessions { options }
    }
}

impl<S> Layer<S> for Sessions {
    type Service = SessionService<S>;

    fn layer(&self, inner: S) -> SessionService<S> {
        SessionService {
            inner,
            options: self.options,
        }
    }
}

/// A service behind [`Sessions`](crate::session::Sessions).
#[derive(Clone, Debug)]
pub struct SessionService<S> {
    inner: S,
    options: &'static SessionOptions,
}

impl<S, B, R> Service<Request<B>> for SessionService<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
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
        let options = self.options;
        let (mut parts, body) = request.into_parts();
        let Some((keys, secure)) = endpoint(&parts) else {
            tracing::error!(
                cookie = options.key,
                "a session needs an endpoint with a `secret_key_base`"
            );
            return Box::pin(async { Ok(plain(StatusCode::INTERNAL_SERVER_ERROR)) });
        };
        let session = Session::read(options, &keys, cookie::all(&parts.headers, options.key));
        parts.extensions.insert(session.clone());
        let answer = self.inner.call(Request::from_parts(parts, body));
        Box::pin(async move {
            let mut response = answer.await?.map(Body::new);
            match set_cookie(options, &session, &keys, secure) {
                Ok(None) => {}
                Ok(Some(cookie)) => {
                    response.headers_mut().append(SET_COOKIE, cookie);
                }
                Err(length) => {
                    tracing::error!(
                        cookie = options.key,
                        length,
                        "a session is too long for a cookie"
                    );
                    response = plain(StatusCode::INTERNAL_SERVER_ERROR);
                }
            }
            Ok(response)
        })
    }
}

/// The endpoint's keys, and whether its clients use TLS.
fn endpoint(parts: &Parts) -> Option<(Keys, bool)> {
    let handle = parts.extensions.get::<Handle>()?;
    let secure = parts.uri.scheme_str() == Some("https") || handle.is_secure();
    Some((handle.keys()?, secure))
}

/// The header, if the cookie changes; the length of one that is too long.
fn set_cookie(
    options: &SessionOptions,
    session: &Session,
    keys: &Keys,
    secure: bool,
) -> Result<Option<HeaderValue>, usize> {
    let (change, value) = session.written(keys);
    if change == Change::Nothing {
        return Ok(None);
    }
    let mut text = format!("{}={value}; path={}", options.key, options.path);
    let mut attribute = |attribute: String| {
        text.push_str("; ");
        text.push_str(&attribute);
    };
    if let Some(domain) = options.domain {
        attribute(format!("domain={domain}"));
    }
    if change == Change::Delete {
        attribute("expires=Thu, 01 Jan 1970 00:00:00 GMT; max-age=0".to_owned());
    } else if let Some(age) = options.max_age {
        attribute(format!("max-age={}", age.as_secs()));
    }
    if options.secure || secure {
        attribute("secure".to_owned());
    }
    if options.http_only {
        attribute("HttpOnly".to_owned());
    }
    match options.same_site {
        Some(SameSite::Strict) => attribute("SameSite=Strict".to_owned()),
        Some(SameSite::Lax) => attribute("SameSite=Lax".to_owned()),
        Some(SameSite::None) => attribute("SameSite=None".to_owned()),
        None => {}
    }
    if text.len() > LONGEST {
        return Err(text.len());
    }
    HeaderValue::from_str(&text)
        .map(Some)
        .map_err(|_| text.len())
}
