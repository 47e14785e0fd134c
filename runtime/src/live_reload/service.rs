//! What live reload does with requests and responses.

use std::sync::atomic::Ordering::Relaxed;

use bytes::Bytes;
use http::{
    Method, Request, Response, Uri,
    header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE},
};
use serde_json::json;

use super::{
    channel::{PATH, TOPIC},
    console::{ConsoleLogger, Lines},
    frame,
    inject::Injected,
    monitor::{self, Monitor},
};
use crate::{
    body::Body,
    config::{Config, LiveReloadConfig},
    handle::Handle,
    pubsub::adapter::Async,
    task::boxed,
};

/// Where the page of the frame is.
const FRAME: &str = "/phoenix/live_reload/frame";

/// Live reload of a running endpoint.
pub(crate) struct LiveReload(Handle);

impl LiveReload {
    /// Whether an endpoint has it.
    pub(crate) fn is_on(config: &Config) -> bool {
        let live = config.live_reload.as_ref();
        live.is_some_and(|live| cfg!(debug_assertions) || live.in_release)
    }

    /// Starts to watch files, if it is on.
    pub(crate) fn start<'a>(config: &'a Config, handle: &'a Handle) -> Async<'a, Option<Self>> {
        Box::pin(Self::watch(config, handle))
    }

    async fn watch(config: &Config, handle: &Handle) -> Option<Self> {
        let live = config.live_reload.as_ref()?;
        if !Self::is_on(config) {
            tracing::info!("`live_reload` is off in a release build");
            return None;
        }
        let watched = live.clone();
        let monitor = tokio::task::spawn_blocking(move || Monitor::start(&watched)).await;
        match monitor
            .map_err(std::io::Error::other)
            .and_then(|started| started)
        {
            Ok(monitor) => {
                handle.0.files_are_watched.store(true, Relaxed);
                handle.0.tasks.spawn(boxed(monitor.run(handle.clone())));
            }
            Err(error) => tracing::error!("live reload cannot watch files: {error}"),
        }
        if live.web_console_logger {
            match ConsoleLogger::lines() {
                Some(lines) => {
                    handle.0.tasks.spawn(boxed(show(lines, handle.clone())));
                }
                None => tracing::warn!(
                    "`web_console_logger` shows nothing: the default subscriber has no `ConsoleLogger`"
                ),
            }
        }
        Some(LiveReload(handle.clone()))
    }

    /// Answers the request of a frame for its page. Takes the suffix off the path of the socket.
    #[expect(clippy::result_large_err, reason = "the request comes back as it was")]
    pub(crate) fn take(&self, mut request: Request<Body>) -> Result<Response<Body>, Request<Body>> {
        let config = self.0.config();
        let Some(live) = &config.live_reload else {
            return Err(request);
        };
        let path = request.uri().path();
        let is_frame = path
            .strip_prefix(FRAME)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if is_frame && request.method() == Method::GET {
            return Ok(frame::page(live, &self.0));
        }
        if is_frame && request.method() == Method::HEAD {
            return Ok(frame::page(live, &self.0).map(|_| Body::empty()));
        }
        if let Some(uri) = without_suffix(live, request.uri()) {
            *request.uri_mut() = uri;
        }
        Err(request)
    }

    /// Puts the frame into a page. Other responses stay as they are, as does a page that is
    /// compressed already.
    pub(crate) fn inject(&self, response: &mut Response<Body>) {
        let config = self.0.config();
        let headers = response.headers();
        let is_html = headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let is_plain = !headers.contains_key(CONTENT_ENCODING);
        let Some(live) = config.live_reload.as_ref().filter(|_| is_html && is_plain) else {
            return;
        };
        response.headers_mut().remove(CONTENT_LENGTH);
        let body = std::mem::take(response.body_mut());
        *response.body_mut() = Body::new(Injected::new(body, tag(live, &self.0)));
    }
}

fn without_suffix(live: &LiveReloadConfig, uri: &Uri) -> Option<Uri> {
    let suffix = live.suffix.as_deref().filter(|suffix| *suffix != "/")?;
    let rest = uri.path().strip_prefix(PATH)?.strip_prefix(suffix)?;
    let query = uri.query().map(|query| format!("?{query}"));
    let target = format!("{PATH}{rest}{}", query.unwrap_or_default());
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(target.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// `<iframe hidden height="0" width="0" src="/phoenix/live_reload/frame"></iframe>`
fn tag(live: &LiveReloadConfig, handle: &Handle) -> Bytes {
    let suffix = live.suffix.as_deref().filter(|suffix| *suffix != "/");
    let path = handle.path(&format!("{FRAME}{}", suffix.unwrap_or_default()));
    let own = [("height", "0"), ("width", "0"), ("src", path.as_str())];
    let given = &live.iframe_attrs.0;
    let own = own
        .into_iter()
        .filter(|(name, _)| !given.contains_key(*name));
    let given = given
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let mut tag = "<iframe hidden".to_owned();
    for (name, value) in own.chain(given) {
        let value = value
            .replace('&', "&amp;")
            .replace('"', "&quot;")
            .replace('<', "&lt;");
        tag.push_str(&format!(" {name}=\"{value}\""));
    }
    tag.push_str("></iframe>");
    tag.into()
}

/// Sends log lines to pages, until the endpoint stops.
async fn show(mut lines: Lines, handle: Handle) {
    loop {
        let line = tokio::select! {
            biased;
            () = handle.0.stop.cancelled() => return,
            line = lines.next() => line,
        };
        let Some(line) = line else { return };
        let payload =
            json!({ "level": line.level, "msg": line.text, "file": line.file, "line": line.line });
        monitor::send(&handle, TOPIC, "log", payload);
    }
}
