//! Log lines of transports, without what may be secret. Text of a client is escaped and shortened.

use std::time::Instant;

use http::{HeaderMap, HeaderValue, StatusCode, Version, request::Parts};
use tracing::{Level, Span};

use super::{context::MountContext, websocket::BEARER};
use crate::{
    escape::{FILTERED, chain, shown, shown_bytes, told},
    level::at_level,
    origin::{Origin, OriginRequest},
    socket::{Params, Reason, Refused},
    telemetry::{self, Took, list::SOCKET, traceparent},
};

/// An entry that is longer is not suggested: a line of the log has an end.
const LONGEST_ENTRY: usize = 150;

/// A call of `connect` that somebody listens to.
pub(super) struct Asked<'a> {
    context: &'a MountContext,
    /// Filtered, escaped and cut. `None` if connections of this mount are not logged.
    params: Option<String>,
    traceparent: Option<&'a str>,
    began: Instant,
}

impl<'a> Asked<'a> {
    /// `None` if nobody listens. Boxed, so that an attempt that nobody listens to has no room for it.
    pub(super) fn begin(
        context: &'a MountContext,
        params: &Params,
        headers: &'a HeaderMap,
    ) -> Option<Box<Self>> {
        let log = context.log;
        let is_logged = log.is_some_and(|level| telemetry::listens!(SOCKET_CONNECTED, level));
        if !is_logged && !telemetry::wants(Level::ERROR) {
            return None;
        }
        Some(Box::new(Asked {
            context,
            params: is_logged.then(|| written(context, params)),
            traceparent: traceparent(headers),
            began: Instant::now(),
        }))
    }

    pub(super) fn connected(self, serializer: Option<&'static str>) {
        let duration = self.began.elapsed();
        let (Some(level), Some(params)) = (self.context.log, self.params) else {
            return;
        };
        let (MountContext { socket, path, .. }, took) = (self.context, Took(duration));
        telemetry::event!(
            SOCKET_CONNECTED, level,
            endpoint = self.context.handle.name(), path, socket, transport = %self.context.kind,
            serializer, %params, ?duration, traceparent = self.traceparent,
            "CONNECTED TO {socket} in {took}"
        );
    }

    /// Logs a refusal at the mount's level, and a failure always.
    pub(super) fn refused(self, refused: &Refused) {
        let duration = self.began.elapsed();
        let (MountContext { socket, path, .. }, took) = (self.context, Took(duration));
        let (endpoint, transport) = (self.context.handle.name(), self.context.kind);
        let (status, params) = (refused.status().as_u16(), self.params);
        let reason = refused.reason().map(|reason| chain(reason).to_string());
        if refused.is_failure() {
            let params = params.as_ref().map(tracing::field::display);
            let error = reason.unwrap_or_default();
            telemetry::event!(
                SOCKET_FAILED, Level::ERROR, endpoint, path, socket, %transport, params,
                http.response.status_code = status, %error, ?duration,
                "FAILED CONNECTION TO {socket} in {took}"
            );
        } else if let (Some(level), Some(params)) = (self.context.log, params) {
            telemetry::event!(
                SOCKET_REFUSED, level, endpoint, path, socket, %transport, %params,
                http.response.status_code = status, reason, ?duration,
                "REFUSED CONNECTION TO {socket} in {took}"
            );
        }
    }
}

fn written(context: &MountContext, params: &Params) -> String {
    let config = context.handle.config();
    let filtered = config.filter_parameters.filtered(params);
    told(&format_args!("{filtered:?}")).to_string()
}

/// The span of a call of `connect`.
pub(super) fn connecting(context: &MountContext, headers: &HeaderMap) -> Span {
    if !telemetry::wants(Level::DEBUG) {
        return Span::none();
    }
    tracing::debug_span!(
        target: SOCKET, "landfall.socket.connect", endpoint = context.handle.name(),
        path = context.path, socket = context.socket, transport = %context.kind,
        traceparent = traceparent(headers)
    )
}

/// `conn`: what the origin was compared with, where that is the request itself.
pub(super) fn origin_refused<'a>(
    context: &MountContext,
    origins: impl Iterator<Item = &'a HeaderValue>,
    conn: Option<&OriginRequest<'_>>,
) {
    let origins: Vec<_> = origins.collect();
    let help = match &origins[..] {
        [origin] if conn.is_some_and(|request| came_by_a_proxy(origin, request)) => {
            BY_A_PROXY.to_owned()
        }
        origins => origin_help(origins),
    };
    let origin = origins
        .iter()
        .map(|origin| origin.as_bytes())
        .collect::<Vec<_>>()
        .join(&b", "[..]);
    tracing::error!(
        socket = context.socket,
        origin = %shown_bytes(&origin),
        help,
        "refused a web page's origin"
    );
}

/// What lets a page in that is the endpoint's own, but for TLS.
const BY_A_PROXY: &str = "the page came over `https`, and this request did not: if a proxy speaks TLS in front of the \
    endpoint, say `rewrite_on = [x_forwarded_proto]`, and who it is by `trusted_proxies`";

fn came_by_a_proxy(origin: &HeaderValue, request: &OriginRequest<'_>) -> bool {
    Origin::read(origin).is_some_and(|origin| {
        origin.scheme.as_deref() == Some("https")
            && request.scheme == "http"
            && origin.host.is_some_and(|host| {
                host.eq_ignore_ascii_case(request.host.trim_matches(['[', ']']))
            })
    })
}

/// What lets an origin in, if it is the application's own.
fn origin_help(origins: &[&HeaderValue]) -> String {
    let [origin] = origins else {
        return "a browser sends one origin: this is none".to_owned();
    };
    let Some(origin) = Origin::read(origin) else {
        return "this is not an origin".to_owned();
    };
    match origin.entry() {
        Some(entry) if entry.len() > LONGEST_ENTRY => "list it in `check_origin`, if it is yours".to_owned(),
        Some(entry) => {
            let web = matches!(origin.scheme.as_deref(), Some("http" | "https"));
            let or = if web { ", or set `url(host = ..)` to its host" } else { "" };
            format!("if it is yours, list {entry:?} in `check_origin`{or}")
        }
        None => {
            "a page without an origin of its own cannot be listed: serve it over `https`, or from a scheme \
                 of its own, such as `app://name`"
                .to_owned()
        }
    }
}

/// Of a bearer token among what was offered, only that it was there.
pub(super) fn no_subprotocol(context: &MountContext, offered: &[&str], supported: &[&str]) {
    let is_secret = |offer: &str| offer.starts_with(BEARER);
    let offered: Vec<_> = offered
        .iter()
        .map(|offer| if is_secret(offer) { FILTERED } else { offer })
        .collect();
    tracing::error!(
        socket = context.socket,
        offered = %shown(&offered.join(", ")),
        ?supported,
        "no subprotocol in common with the client"
    );
}

/// Logs the end of a connection. If the client broke the protocol, it also logs how, at a level
/// that is seen: nothing else can tell.
pub(super) fn closed(socket: &'static str, reason: &Reason) {
    if let Reason::Protocol(text) = reason {
        broke(socket, text);
    }
    let reason = format_args!("{reason:?}");
    telemetry::event!(SOCKET_CLOSED, Level::DEBUG, socket, reason = %told(&reason), "socket closed");
}

/// The reason of an end as a label of figures, and its close code if it is known.
pub(super) fn label(reason: &Reason) -> (&'static str, Option<u16>) {
    match reason {
        Reason::Normal => ("normal", Some(1000)),
        Reason::ServerClosed { code, .. } => ("server_closed", Some(*code)),
        Reason::Closed { code, .. } => ("closed", Some(*code)),
        Reason::Timeout => ("timeout", Some(1002)),
        Reason::Inactive => ("inactive", None),
        Reason::Failed(_) => ("failed", Some(1011)),
        Reason::Crash => ("crash", Some(1011)),
        Reason::Protocol(_) => ("protocol", None),
        Reason::Overflow => ("overflow", Some(1013)),
        Reason::Shutdown => ("shutdown", Some(1012)),
        Reason::Disconnected => ("disconnected", Some(1001)),
        Reason::Left | Reason::Rejoined | Reason::Gap => ("other", None),
    }
}

/// Logs that a client broke the protocol or a limit. `text` says how, without quoting the client.
pub(super) fn broke(socket: &'static str, text: &str) {
    tracing::info!(socket, "a client broke the protocol: {}", told(&text));
}

/// The path of a mount as it is declared, if one of its variables may be a secret: it is logged in
/// place of the path that a client sent.
pub(super) fn shown_path(context: &MountContext) -> Option<&'static str> {
    let config = context.handle.config();
    let mut names = context.path.split('/').filter_map(|segment| {
        let (_, name) = segment.split_once([':', '*'])?;
        Some(name)
    });
    names
        .any(|name| config.filter_parameters.hides(name))
        .then_some(context.path)
}

/// A request whose answer is to be logged: without its query, which may hold credentials.
pub(super) struct LoggedRequest {
    level: Level,
    method: String,
    path: String,
    version: Version,
    started: Instant,
}

impl LoggedRequest {
    pub(super) fn new(context: &MountContext, level: Level, parts: &Parts) -> Self {
        let path = shown_path(context).unwrap_or_else(|| parts.uri.path());
        LoggedRequest {
            level,
            method: shown(parts.method.as_str()).to_string(),
            path: shown(path).to_string(),
            version: parts.version,
            started: Instant::now(),
        }
    }

    pub(super) fn answered(self, status: StatusCode) {
        let LoggedRequest {
            level,
            method,
            path,
            version,
            started,
        } = self;
        let took = started.elapsed();
        at_level!(level, %method, %path, status = status.as_u16(), ?version, ?took, "answered");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_refused_is_told_what_to_list() {
        let help = |origin: &str| origin_help(&[&HeaderValue::from_str(origin).expect("a value")]);
        assert_eq!(
            help("Capacitor://localhost"),
            "if it is yours, list \"capacitor://localhost\" in `check_origin`"
        );
        assert_eq!(
            help("https://elsewhere.example:443"),
            "if it is yours, list \"https://elsewhere.example\" in `check_origin`, or set `url(host = ..)` to its host"
        );
        for origin in ["null", "file://"] {
            assert!(
                help(origin).starts_with("a page without an origin of its own cannot be listed"),
                "{origin}"
            );
        }
        assert_eq!(help("a b"), "this is not an origin");
        assert!(help(&format!("app://{}", "a".repeat(10_000))).len() < 100);
    }
}
