//! The plug that reads a session's cookie, and writes it again.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header::SET_COOKIE, request::Parts};
use http_body::Body as HttpBody;
use pin_project_lite::pin_project;
use tower_layer::Layer;
use tower_service::Service;

use super::{Change, Chosen, IntoSessions, SameSite, Session, SessionOptions};
use crate::{body::Body, crypto::Keys, error::BoxError, handle::Handle, plug::plain};

/// The longest cookie that browsers keep, name and attributes included.
const LONGEST: usize = 4096;

/// The plug for sessions: `plug(Sessions::new(&SESSION));`.
///
/// It puts a [`Session`](crate::session::Session) into the request's extensions. If the inner
/// service has changed the session by the time it answers, the response sets the cookie. A session
/// that is too long for a cookie is logged as an error and answered with 500.
///
/// It needs the endpoint's `secret_key_base`: a request that did not come through an endpoint is
/// answered with 500.
#[derive(Clone, Debug)]
pub struct Sessions(Source);

#[derive(Clone)]
enum Source {
    Fixed(Chosen),
    Computed(Arc<Compute>),
}

type Compute = dyn Fn(&Parts, &Handle) -> Vec<SessionOptions<String>> + Send + Sync;

impl Sessions {
    /// A session in the cookie that the options describe.
    ///
    /// # Panics
    /// When the options cannot work. In a constant that is a compile error.
    #[track_caller]
    pub const fn new(options: &'static SessionOptions) -> Self {
        if let Some(mistake) = options.mistake() {
            panic!("{}", mistake.whole);
        }
        Sessions(Source::Fixed(Chosen::Constant(options)))
    }

    /// A session in a cookie that is described when the endpoint starts: `plug(|edge|
    /// Sessions::with(..))`. For several options see [`IntoSessions`].
    ///
    /// # Panics
    /// When the options cannot work, or when there are none.
    #[track_caller]
    pub fn with(options: impl IntoSessions) -> Self {
        match Chosen::of(options.into_sessions()) {
            Ok(chosen) => Sessions(Source::Fixed(chosen)),
            Err(mistake) => panic!("{}", mistake.whole),
        }
    }

    /// A session in a cookie that a function describes for each request: see
    /// [`landfall::session`](crate::session#options-that-are-computed).
    pub fn by<T: IntoSessions>(
        compute: impl Fn(&Parts, &Handle) -> T + Send + Sync + 'static,
    ) -> Self {
        let compute: Arc<Compute> =
            Arc::new(move |parts, handle| compute(parts, handle).into_sessions());
        Sessions(Source::Computed(compute))
    }
}

impl Source {
    fn choose(&self, parts: &Parts, handle: &Handle) -> Option<Chosen> {
        match self {
            Source::Fixed(chosen) => Some(chosen.clone()),
            Source::Computed(compute) => Chosen::logged(compute(parts, handle)),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Fixed(chosen) => chosen.fmt(f),
            Source::Computed(_) => f.write_str("Computed"),
        }
    }
}

impl<S> Layer<S> for Sessions {
    type Service = SessionService<S>;

    fn layer(&self, inner: S) -> SessionService<S> {
        SessionService {
            inner,
            source: self.0.clone(),
        }
    }
}

/// A service behind [`Sessions`](crate::session::Sessions).
#[derive(Clone, Debug)]
pub struct SessionService<S> {
    inner: S,
    source: Source,
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
        let (mut parts, body) = request.into_parts();
        let Some((handle, keys)) = endpoint(&parts) else {
            tracing::error!("a session needs an endpoint with a `secret_key_base`");
            return Box::pin(async { Ok(plain(StatusCode::INTERNAL_SERVER_ERROR)) });
        };
        let secure = parts.uri.scheme_str() == Some("https") || handle.is_secure();
        let Some(options) = self.source.choose(&parts, handle) else {
            return Box::pin(async { Ok(plain(StatusCode::INTERNAL_SERVER_ERROR)) });
        };
        let session = Session::read(options.clone(), &keys, &parts.headers);
        parts.extensions.insert(session.clone());
        let answer = self.inner.call(Request::from_parts(parts, body));
        Box::pin(Answer {
            answer,
            cookie: Cookie {
                options,
                session,
                keys,
                secure,
            },
        })
    }
}

/// What a session is written to.
struct Cookie {
    options: Chosen,
    session: Session,
    keys: Keys,
    secure: bool,
}

impl Cookie {
    fn set(&self, response: &mut Response<Body>) {
        match set_cookies(&self.options, &self.session, &self.keys, self.secure) {
            Ok(cookies) => cookies.into_iter().for_each(|cookie| {
                response.headers_mut().append(SET_COOKIE, cookie);
            }),
            Err(length) => {
                tracing::error!(
                    cookie = self.options.first().key,
                    length,
                    "a session is too long for a cookie"
                );
                *response = plain(StatusCode::INTERNAL_SERVER_ERROR);
            }
        }
    }
}

pin_project! {
    /// The inner service's answer, with the cookie of a session that has changed.
    struct Answer<F> {
        #[pin]
        answer: F,
        cookie: Cookie,
    }
}

impl<F, R, E> Future for Answer<F>
where
    F: Future<Output = Result<Response<R>, E>>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Output = Result<Response<Body>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let mut response = ready!(this.answer.poll(cx))?.map(Body::new);
        this.cookie.set(&mut response);
        Poll::Ready(Ok(response))
    }
}

/// The endpoint, and its keys.
fn endpoint(parts: &Parts) -> Option<(&Handle, Keys)> {
    let handle = parts.extensions.get::<Handle>()?;
    Some((handle, handle.keys()?))
}

/// The headers, if the cookie changes; the length of one that is too long. All cookies that the
/// session can be read from are deleted with it.
fn set_cookies(
    options: &Chosen,
    session: &Session,
    keys: &Keys,
    secure: bool,
) -> Result<Vec<HeaderValue>, usize> {
    let (change, value) = session.written(keys);
    let count = match change {
        Change::Nothing => 0,
        Change::Write => 1,
        Change::Delete => usize::MAX,
    };
    let mut cookies = Vec::new();
    for one in options.all().take(count) {
        let cookie = set_cookie(&one, change, &value, secure)?;
        if !cookies.contains(&cookie) {
            cookies.push(cookie);
        }
    }
    Ok(cookies)
}

fn set_cookie(
    options: &SessionOptions<&str>,
    change: Change,
    value: &str,
    secure: bool,
) -> Result<HeaderValue, usize> {
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
    HeaderValue::from_str(&text).map_err(|_| text.len())
}
