//! An endpoint whose pages change, and its files.

use std::{convert::Infallible, fs, path::PathBuf, time::Duration};

use futures_util::{StreamExt, stream};
use http::{Request, Response, header::CONTENT_TYPE};
use http_body_util::StreamBody;
use landfall::{
    Body, BoxError, Endpoint,
    config::{Files, LiveReload, Setting, Settings},
    endpoint,
    testing::{self, Site},
};

/// What the application brings, which live reload has nothing to do with.
#[derive(Debug)]
pub(crate) struct App;

endpoint! {
    pub(crate) struct Web;

    state = App;
    live_reload(
        patterns = [r"\.(css|html|JS)$", "/no_extension$"],
        notify = [("templates", [r"\.html$"]), ("never", ["never", "ever"])],
    );
    service(tower::service_fn(page));
}

/// Answers with the parts of a page that the query has, as `|` divides them. `~` is a pause.
async fn page(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let query = request.uri().query().unwrap_or_default();
    let text = percent_encoding::percent_decode_str(query).decode_utf8_lossy();
    let parts: Vec<String> = text
        .split('|')
        .map(|part| part.replace('#', &"x".repeat(1024)))
        .collect();
    let (kind, parts) = parts.split_first().unwrap();
    let body = match parts {
        [whole] => Body::from(whole.clone()),
        parts => Body::new(StreamBody::new(stream::iter(parts.to_vec()).then(part))),
    };
    let mut response = Response::new(body);
    response
        .headers_mut()
        .insert(CONTENT_TYPE, kind.parse().unwrap());
    Ok(response)
}

async fn part(text: String) -> Result<http_body::Frame<bytes::Bytes>, BoxError> {
    if let Some(rest) = text.strip_prefix('~') {
        tokio::time::sleep(Duration::from_secs(5)).await;
        return Ok(http_body::Frame::data(rest.to_owned().into()));
    }
    Ok(http_body::Frame::data(text.into()))
}

/// A directory of the test's own.
pub(crate) fn directory(name: &str) -> PathBuf {
    let place = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("live-reload-{name}"));
    let _ = fs::remove_dir_all(&place);
    fs::create_dir_all(&place).unwrap();
    place
}

/// The endpoint, watching this directory, with these settings.
pub(crate) async fn start(place: PathBuf, set: impl FnOnce(&mut LiveReload)) -> Site<Web> {
    let settings = |settings: &mut Settings| {
        let live = settings.live_reload.get_or_insert_default();
        live.dirs = Setting::exact(Files::from(place));
        set(live);
    };
    let builder = Web::builder_with(App).settings(settings);
    testing::start_builder(builder)
        .patience(Duration::from_secs(60))
        .await
}
