//! Requests for a dashboard: who may see it, the page, and the way to its socket.

use std::sync::Arc;

use http::{
    HeaderValue, Request, Response, StatusCode, Uri, header::WWW_AUTHENTICATE, request::Parts,
};

use super::{
    Access, Dashboard,
    known::Known,
    page, sampler,
    viewer::{PATH, SOCKET},
};
use crate::{
    arrival,
    body::{Body, respond},
    contain,
    handle::Handle,
    interop,
    task::boxed,
};

/// The dashboard of a running endpoint.
pub(crate) struct Served {
    declared: Dashboard,
    /// The declared path without a `/` at the end.
    path: &'static str,
    known: Arc<Known>,
    handle: Handle,
}

impl Served {
    /// Whether an endpoint that declares this has it.
    pub(crate) fn is_on(declared: Option<Dashboard>) -> bool {
        declared.is_some_and(|declared| cfg!(debug_assertions) || declared.who_may.is_some())
    }

    /// Starts to take samples, if it is on.
    pub(crate) fn start(declared: Option<Dashboard>, handle: &Handle) -> Option<Self> {
        let dashboard = declared?;
        if !Self::is_on(declared) {
            tracing::info!(
                "`dashboard` is off in a release build: it does not say who may see it; help: add `who_may`"
            );
            return None;
        }
        handle.0.figures.turn_on();
        let known = Known::begin(handle);
        handle
            .0
            .tasks
            .spawn(boxed(sampler::run(handle.clone(), known.clone())));
        Some(Served {
            declared: dashboard,
            path: dashboard.path.trim_end_matches('/'),
            known,
            handle: handle.clone(),
        })
    }

    /// Answers a request for the page, and leads one for its socket there. Who may not see it is
    /// answered as if there were none.
    #[expect(clippy::result_large_err, reason = "the request comes back as it was")]
    pub(crate) fn take(&self, request: Request<Body>) -> Result<Response<Body>, Request<Body>> {
        let path = request.uri().path();
        if leads_past(path) {
            return Ok(respond(StatusCode::NOT_FOUND, "not found"));
        }
        if !is_below(path, self.path) {
            return Err(request);
        }
        let (head, body) = request.into_parts();
        match self.access(&head) {
            Access::Granted => {}
            Access::Denied => return Err(Request::from_parts(head, body)),
            Access::Password => return Ok(ask_for_a_password()),
        }
        let below = head.uri.path().get(self.path.len()..).unwrap_or_default();
        let known = (&*self.known, &self.handle);
        match page::answer(below, &head.method, self.declared.path, known) {
            Some(page) => Ok(page),
            None => {
                let uri = self.leads_to_the_socket(&head.uri);
                let mut request = Request::from_parts(head, body);
                if let Some(uri) = uri {
                    *request.uri_mut() = uri;
                }
                Err(request)
            }
        }
    }

    fn access(&self, head: &Parts) -> Access {
        let Some(who_may) = self.declared.who_may else {
            let peer = interop::peer(&head.extensions);
            let uri = interop::full(&head.uri, &head.extensions);
            return arrival::is_local(peer, uri, &head.headers).into();
        };
        contain::call(|| who_may(head, &self.handle)).unwrap_or_else(|panic| {
            tracing::error!("`who_may` of `dashboard` panicked: {panic}");
            Access::Denied
        })
    }

    /// Where the socket is mounted, for a request below the declared path.
    fn leads_to_the_socket(&self, uri: &Uri) -> Option<Uri> {
        let rest = uri.path().strip_prefix(self.path)?.strip_prefix(SOCKET)?;
        if !rest.is_empty() && !rest.starts_with('/') {
            return None;
        }
        let query = uri.query().map(|query| format!("?{query}"));
        let target = format!("{PATH}{rest}{}", query.unwrap_or_default());
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(target.parse().ok()?);
        Uri::from_parts(parts).ok()
    }
}

/// Whether a path is that of the socket's mount, which only this leads to. A mount does not count
/// empty segments.
fn leads_past(path: &str) -> bool {
    let segments = |path| str::split(path, '/').filter(|segment: &&str| !segment.is_empty());
    let mut given = segments(path);
    segments(PATH).all(|segment| given.next() == Some(segment))
}

fn is_below(path: &str, base: &str) -> bool {
    let rest = path.strip_prefix(base);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn ask_for_a_password() -> Response<Body> {
    let mut response = respond(StatusCode::UNAUTHORIZED, "a name and a password are needed");
    let challenge = HeaderValue::from_static("Basic realm=\"dashboard\", charset=\"UTF-8\"");
    response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    response
}
