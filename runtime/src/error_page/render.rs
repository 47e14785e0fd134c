//! Renders error answers, once each, on their way out of the endpoint.

use std::{error::Error, sync::Arc, time::Instant};

use http::{Response, StatusCode};
use percent_encoding::percent_decode_str;

use super::{
    ErrorFormat, ErrorPage, RenderErrors, debug, instrumented,
    pages::ErrorPages,
    put::put,
    request::{Head, Shown},
};
use crate::{
    body::Body,
    contain,
    escape::{chain, told},
    failure::{Cause, Failure, ShownPath, bare, is_bare},
    handle::Handle,
    header::{Liking, liking},
    telemetry,
};

/// The parameter of a query that names a format.
const FORMAT: &str = "_format";

impl ErrorPages {
    /// Renders the page in place of the bare answer, and logs what happened.
    pub(super) fn render(
        &self,
        cause: &Arc<Cause>,
        head: &Head,
        handle: &Handle,
        response: &mut Response<Body>,
    ) {
        let status = self.status(cause);
        log_failure(cause, status);
        if !is_bare(response, cause) {
            return;
        }
        let sees_debug = debug::may_see(self.debug, head);
        if !sees_debug && self.render.is_none() {
            // As it is where no pages are declared.
            return;
        }
        let level = self.render.unwrap_or(RenderErrors::DEFAULT).log;
        let level = level.filter(|level| telemetry::listens!(ERROR_RENDERED, *level));
        let began = level.map(|_| Instant::now());
        let shown = Shown::of(head, &handle.config().filter_parameters);
        *response.status_mut() = status;
        if sees_debug {
            debug::render(self, cause, status, (head, &shown), handle, response);
        } else if let Some(render) = &self.render {
            let page = |format| ErrorPage {
                status,
                format,
                cause,
                request: &shown,
                handle,
            };
            view(format(render.formats, head), page, cause, response);
        }
        if let (Some(level), Some(began)) = (level, began) {
            let instead = response.extensions_mut().remove::<ShownPath>();
            let path = instead.map_or(&*shown.path, |ShownPath(path)| path);
            let (method, path) = (told(&shown.method).to_string(), told(&path).to_string());
            let (kind, status) = (cause.kind, response.status().as_u16());
            let (endpoint, duration) = (handle.name(), began.elapsed());
            telemetry::event!(
                ERROR_RENDERED, level, endpoint,
                http.request.method = %method, url.path = %path, %kind,
                http.response.status_code = status, ?duration,
                "converted {kind} to {status} response"
            );
        }
    }

    /// The status of the [`Failure`] in the chain, or else the one that the application's `status`
    /// returns, or else the cause's own.
    fn status(&self, cause: &Cause) -> StatusCode {
        let ask = self.render.and_then(|render| render.status);
        let error = cause.chain().next();
        let (Some(ask), Some(error)) = (ask, error) else {
            return cause.status;
        };
        if Failure::within(error).is_some() {
            return cause.status;
        }
        let asked = contain::call(|| cause.chain().find_map(ask));
        let asked = asked.unwrap_or_else(|panic| {
            tracing::error!("`status` of `render_errors` panicked: {panic}");
            None
        });
        let is_error = |status: &StatusCode| status.is_client_error() || status.is_server_error();
        asked.filter(is_error).unwrap_or(cause.status)
    }
}

/// Logs a failure of the application. Panics have been logged when they were caught, and a mistake
/// of the client is not a failure.
fn log_failure(cause: &Cause, status: StatusCode) {
    if let (Some(error), true) = (cause.chain().next(), status.is_server_error())
        && !cause.is_logged
    {
        log_error(error);
    }
}

fn log_error(error: &(dyn Error + 'static)) {
    tracing::error!(error = %chain(error), "a service failed");
}

/// Leaves a bare answer as it is.
pub(super) fn without_page(cause: &Cause) {
    log_failure(cause, cause.status);
}

/// The format that a client asks for, or else the first.
fn format(formats: &'static [ErrorFormat], head: &Head) -> Option<&'static ErrorFormat> {
    if let Some(name) = named(head) {
        let named = formats.iter().find(|format| format.name == name);
        return named.or(formats.first());
    }
    let liked = formats
        .iter()
        .filter_map(|format| Some((like(format, head)?, format)));
    // Of equal formats the first wins; `max_by_key` would return the last.
    let best = liked.reduce(|best, other| if other.0 > best.0 { other } else { best });
    best.map(|(_, format)| format).or(formats.first())
}

/// How much the client likes a format. A view may write a type of its own, such as
/// `application/problem+json`: the better of the two types counts.
fn like(format: &ErrorFormat, head: &Head) -> Option<Liking> {
    let own = format
        .view
        .content_type()
        .and_then(|kind| kind.split(';').next());
    let kinds = [Some(format.media_type), own];
    let liked = kinds
        .into_iter()
        .flatten()
        .filter_map(|kind| liking(&head.headers, kind));
    liked.max()
}

fn named(head: &Head) -> Option<String> {
    let pairs = head.uri.query()?.split('&');
    let value = pairs
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(name, value)| (name == FORMAT).then_some(value))?;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}

/// Renders with a view. If that fails, the answer is a plain 500.
fn view<'a>(
    format: Option<&'static ErrorFormat>,
    page: impl FnOnce(&'static str) -> ErrorPage<'a>,
    cause: &Arc<Cause>,
    response: &mut Response<Body>,
) {
    let Some(format) = format else { return };
    let page = page(format.name);
    match instrumented::call(format.view, &page, cause) {
        Ok(Ok(body)) => put(response, body, &content_type(format)),
        Ok(Err(error)) => {
            tracing::error!(format = format.name, error = %chain(&*error), "an error page cannot be rendered");
            fail(response);
        }
        Err(panic) => {
            tracing::error!(
                format = format.name,
                "the view of an error page panicked: {panic}"
            );
            fail(response);
        }
    }
}

fn fail(response: &mut Response<Body>) {
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    let body = bare(StatusCode::INTERNAL_SERVER_ERROR).into_body();
    put(response, body, "text/plain; charset=utf-8");
}

fn content_type(format: &ErrorFormat) -> String {
    let kind = format.media_type;
    let is_text = kind.starts_with("text/") || kind == "application/json" || kind.ends_with("xml");
    match (format.view.content_type(), is_text) {
        (Some(own), _) => own.to_owned(),
        (None, true) => format!("{kind}; charset=utf-8"),
        (None, false) => kind.to_owned(),
    }
}
