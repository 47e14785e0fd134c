//! The content of a page for developers, as data.

use http::{HeaderMap, StatusCode};

use super::{
    source::Excerpt,
    stack::{self, Frame},
};
use crate::{
    error_page::{ErrorPages, request::Shown},
    failure::{Cause, Failure, FailureKind},
    handle::Handle,
    transport::Mount,
};

/// Characters of a message that are shown.
const LONGEST: usize = 8 * 1024;

/// What failed, where, and for which request.
pub(super) struct Report<'a> {
    pub(super) endpoint: &'static str,
    pub(super) status: StatusCode,
    pub(super) kind: FailureKind,
    pub(super) message: String,
    /// The causes of an error, without the error itself.
    pub(super) causes: Vec<String>,
    pub(super) place: Option<Place>,
    pub(super) frames: Vec<Frame>,
    pub(super) request: &'a Shown,
    /// The endpoint's routes, for a request that nothing answers.
    pub(super) routes: Option<Routes>,
}

/// A place in the source.
pub(super) struct Place {
    pub(super) file: String,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) excerpt: Option<Excerpt>,
}

/// The sockets, plugs and service of an endpoint.
pub(super) struct Routes {
    pub(super) mounts: Vec<Route>,
    pub(super) plugs: &'static [&'static str],
}

/// A transport of a mount.
pub(super) struct Route {
    pub(super) path: String,
    pub(super) transport: &'static str,
    pub(super) socket: &'static str,
    pub(super) location: String,
}

impl<'a> Report<'a> {
    pub(super) fn new(
        pages: &ErrorPages,
        cause: &Cause,
        status: StatusCode,
        request: &'a Shown,
        handle: &Handle,
    ) -> Self {
        let origin = cause.panic.as_ref().and_then(|panic| panic.origin.as_ref());
        let mut chain = cause.chain().map(|error| cut(error.to_string()));
        let message = match (&cause.panic, chain.next()) {
            (Some(panic), _) => cut(panic.message.clone()),
            (None, Some(error)) => error,
            (None, None) => reason(cause.kind, status),
        };
        let no_route = cause.kind == FailureKind::NoRoute;
        Report {
            endpoint: handle.name(),
            status,
            kind: cause.kind,
            message,
            causes: chain.collect(),
            place: place(cause),
            frames: origin
                .map(|origin| stack::frames(&origin.backtrace.to_string()))
                .unwrap_or_default(),
            request,
            routes: no_route.then(|| Routes {
                mounts: pages.mounts.iter().flat_map(routes).collect(),
                plugs: pages.plugs,
            }),
        }
    }

    /// `Panic at GET /boom`.
    pub(super) fn title(&self) -> String {
        let kind = match self.kind {
            FailureKind::NoRoute => "No route",
            FailureKind::Refused => "Refused request",
            FailureKind::Error => "Error",
            FailureKind::Panic => "Panic",
        };
        format!("{kind} at {} {}", self.request.method, self.request.path)
    }

    /// `500 Internal Server Error`.
    pub(super) fn status_line(&self) -> String {
        let reason = self.status.canonical_reason().unwrap_or_default();
        format!("{} {reason}", self.status.as_u16())
    }

    pub(super) fn headers(&self) -> impl Iterator<Item = (&str, String)> {
        texts(&self.request.headers)
    }

    /// Method, target and version, as in an HTTP request line.
    pub(super) fn request_line(&self) -> String {
        let Shown {
            method,
            path,
            query,
            version,
            ..
        } = self.request;
        match query {
            Some(query) => format!("{method} {path}?{query} {version:?}"),
            None => format!("{method} {path} {version:?}"),
        }
    }
}

fn texts(headers: &HeaderMap) -> impl Iterator<Item = (&str, String)> {
    let text = |bytes: &[u8]| cut(String::from_utf8_lossy(bytes).into_owned());
    headers
        .iter()
        .map(move |(name, value)| (name.as_str(), text(value.as_bytes())))
}

fn reason(kind: FailureKind, status: StatusCode) -> String {
    let name = status
        .canonical_reason()
        .unwrap_or("no reason")
        .to_lowercase();
    match kind {
        FailureKind::NoRoute => {
            "neither a socket, nor a plug, nor a service answers this request".to_owned()
        }
        _ => format!("the endpoint or one of its plugs refused the request: {name}"),
    }
}

/// Where the panic began, or where the failure got its status.
fn place(cause: &Cause) -> Option<Place> {
    let origin = cause.panic.as_ref().and_then(|panic| panic.origin.as_ref());
    let panic = origin.map(|origin| (&*origin.file, origin.line, origin.column));
    let failure = || {
        let at = Failure::within(cause.chain().next()?)?.location();
        Some((at.file(), at.line(), at.column()))
    };
    let (file, line, column) = panic.or_else(failure)?;
    Some(Place {
        file: file.to_owned(),
        line,
        column,
        excerpt: Excerpt::of(file, line),
    })
}

fn routes(mount: &Mount) -> Vec<Route> {
    let websocket = mount.websocket.map(|options| ("websocket", options.path));
    let longpoll = mount.longpoll.map(|options| ("longpoll", options.path));
    let custom = mount.transport.map(|_| ("of your own", "/…"));
    let transports = [websocket, longpoll, custom].into_iter().flatten();
    let route = |(transport, path): (&'static str, &str)| Route {
        path: format!("{}{path}", mount.path.trim_end_matches('/')),
        transport,
        socket: mount.socket.name,
        location: format!("{}:{}", mount.location.file(), mount.location.line()),
    };
    transports.map(route).collect()
}

fn cut(mut text: String) -> String {
    if let Some((end, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(end);
        text.push('…');
    }
    text
}
