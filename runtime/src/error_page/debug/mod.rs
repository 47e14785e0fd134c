//! Pages for developers: what failed, where, and for which request.
//!
//! | file | what |
//! | --- | --- |
//! | `audience` | who may see them |
//! | `report` | their content, as data |
//! | `source` | excerpts of source files |
//! | `stack` | the application's part of a backtrace |
//! | `html`, `markdown`, `json` | its forms |

mod audience;
mod html;
mod json;
mod markdown;
mod report;
mod source;
mod stack;

use http::{
    HeaderName, HeaderValue, Response, StatusCode,
    header::{
        CONTENT_SECURITY_POLICY, HeaderMap, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
        X_FRAME_OPTIONS,
    },
};

pub(super) use self::audience::may_see;
use self::{html::Html, report::Report};
use super::{
    pages::ErrorPages,
    put::put,
    request::{Head, Shown},
};
use crate::{body::Body, failure::Cause, handle::Handle, header::liking};

/// Renders a page for developers, in the form that suits the client.
pub(super) fn render(
    pages: &ErrorPages,
    cause: &Cause,
    status: StatusCode,
    (head, shown): (&Head, &Shown),
    handle: &Handle,
    response: &mut Response<Body>,
) {
    let report = Report::new(pages, cause, status, shown, handle);
    match Form::of(&head.headers) {
        Form::Html => {
            let html = Html::of(&report);
            protect(&html.policy(), response.headers_mut());
            put(response, html.text.into(), "text/html; charset=utf-8");
        }
        Form::Json => put(
            response,
            json::of(&report).into(),
            "application/json; charset=utf-8",
        ),
        Form::Markdown => {
            put(
                response,
                markdown::of(&report).into(),
                "text/markdown; charset=utf-8",
            );
        }
    }
}

/// Sets headers by which the page loads nothing, and nothing that it quotes runs.
fn protect(policy: &str, headers: &mut HeaderMap) {
    if let Ok(policy) = HeaderValue::from_str(policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Html,
    Json,
    Markdown,
}

impl Form {
    /// HTML if the client asks for it, JSON for scripts, and Markdown for terminals, which accept
    /// any type.
    fn of(headers: &HeaderMap) -> Self {
        let named = |kind: &str| liking(headers, kind).filter(|liking| liking.named);
        match (named("text/html"), named("application/json")) {
            (Some(html), json) if json.is_none_or(|json| html > json) => Form::Html,
            (_, Some(_)) => Form::Json,
            _ => match headers.get("sec-fetch-dest").map(HeaderValue::as_bytes) {
                Some(b"document" | b"iframe" | b"frame") => Form::Html,
                Some(_) => Form::Json,
                None => Form::Markdown,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_gets_html_a_script_json_and_a_terminal_markdown() {
        let form = |headers: &[(&'static str, &'static str)]| {
            Form::of(&HeaderMap::from_iter(headers.iter().map(
                |(name, value)| {
                    (
                        HeaderName::from_static(name),
                        HeaderValue::from_static(value),
                    )
                },
            )))
        };
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        assert_eq!(form(&[("accept", browser)]), Form::Html);
        assert_eq!(form(&[("accept", "application/json")]), Form::Json);
        assert_eq!(
            form(&[("accept", "application/json, text/html;q=0.9")]),
            Form::Json
        );
        assert_eq!(
            form(&[("accept", "*/*"), ("sec-fetch-dest", "empty")]),
            Form::Json
        );
        assert_eq!(form(&[("accept", "*/*")]), Form::Markdown);
        assert_eq!(form(&[]), Form::Markdown);
    }
}
