//! The page, and its files. It loads nothing of another host, and runs nothing that it quotes.

use http::{
    HeaderName, HeaderValue, Method, Response,
    header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
        X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
    },
};

use super::{known::Known, viewer::SOCKET};
use crate::{body::Body, handle::Handle};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
const CLIENT: &str = include_str!("../live_reload/phoenix.min.js");

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The answer to a request for what is below the dashboard's path, if it is the page or one of its
/// files.
pub(super) fn answer(
    below: &str,
    method: &Method,
    path: &str,
    (known, handle): (&Known, &Handle),
) -> Option<Response<Body>> {
    let (kind, text) = match below {
        "" | "/" => ("text/html; charset=utf-8", page(path, known, handle).into()),
        "/dashboard.css" => ("text/css; charset=utf-8", STYLE.into()),
        "/dashboard.js" => ("text/javascript; charset=utf-8", SCRIPT.into()),
        "/phoenix.js" => ("text/javascript; charset=utf-8", CLIENT.into()),
        _ => return None,
    };
    let mut response = Response::new(match *method {
        Method::GET => text,
        Method::HEAD => Body::empty(),
        _ => return None,
    });
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_TYPE, kind),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
        (REFERRER_POLICY, "no-referrer"),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    Some(response)
}

fn page(path: &str, known: &Known, handle: &Handle) -> String {
    let base = handle.path(path);
    let base = base.trim_end_matches('/');
    PAGE.replace("{title}", &escaped(handle.name()))
        .replace("{base}", &escaped(base))
        .replace("{socket}", &escaped(&format!("{base}{SOCKET}")))
        .replace("{token}", &escaped(&known.token))
}

/// Text between the quotes of an attribute, or in an element.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&quot;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
