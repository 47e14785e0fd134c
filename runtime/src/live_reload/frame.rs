//! The page in the frame: Phoenix's client, and the script of `phoenix_live_reload`.

use http::{
    HeaderValue, Response,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use serde_json::{Value, json};

use super::channel::{ENDPOINT_ID, PATH};
use crate::{body::Body, config::LiveReloadConfig, handle::Handle};

const CLIENT: &str = include_str!("phoenix.min.js");
const SCRIPT: &str = include_str!("phoenix_live_reload.js");

/// The connection may end because a build has failed under `landfall dev`. Then the page is loaded
/// anew, to show the errors.
const AFTER_A_CLOSE: &str = "\
socket.onClose(() => fetch(location, { method: 'HEAD', cache: 'no-store' })
  .then((answer) => answer.headers.has('landfall-dev') && window[targetWindow].location.reload(), () => {}));
";

/// A value in a script of a page.
fn script(value: Value) -> String {
    value.to_string().replace('<', "\\u003c")
}

pub(super) fn page(live: &LiveReloadConfig, handle: &Handle) -> Response<Body> {
    let suffix = live.suffix.as_deref().unwrap_or_default();
    let url = match &live.url {
        Some(url) => url.clone(),
        None => handle.path(&format!("{PATH}{suffix}")),
    };
    let options = json!({ "params": { ENDPOINT_ID: handle.endpoint_id() } });
    let interval = u64::try_from(live.interval.as_millis()).unwrap_or(u64::MAX);
    let page = format!(
        "<!DOCTYPE html>\n<html><body>\n<script>\n{CLIENT}\n\
         var socket = new Phoenix.Socket({url}, {options});\n\
         var interval = {interval};\n\
         var targetWindow = {window};\n\
         var reloadPageOnCssChanges = {whole};\n\
         {AFTER_A_CLOSE}\
         {SCRIPT}\n</script>\n</body></html>\n",
        url = script(json!(url)),
        options = script(options),
        window = script(json!(live.target_window.name())),
        whole = live.reload_page_on_css_changes,
    );
    let mut response = Response::new(Body::from(page));
    let headers = response.headers_mut();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    headers.insert(CONTENT_TYPE, html);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
