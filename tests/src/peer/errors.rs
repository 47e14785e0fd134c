//! Endpoints that differ in how they render errors, and their pages, which fail.

use std::{convert::Infallible, io, iter};

use futures_util::{StreamExt, stream};
use http::{HeaderValue, Method, Request, Response, StatusCode, header::ACCEPT};
use http_body_util::StreamBody;
use landfall::{
    BoxError, Running,
    error_page::{ErrorPage, ErrorView, Failure, OrStatus, StatusText},
    prelude::*,
};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{
    Shared, control, diary::Diary, parsers, sessions::SECRET, sockets::PlainSocket, start,
};

endpoint! {
    /// Renders HTML, and JSON for who asks for it.
    #[derive(Debug)]
    struct HtmlJson;

    state = Diary;
    http(ip = [127, 0, 0, 1]);
    server = true;
    secret_key_base = SECRET;
    render_errors(formats(html = StatusText, json = Seen));
    socket("/echo", PlainSocket, longpoll(window = millis(400)));
    service(tower::service_fn(answer));
}

endpoint! {
    /// Renders JSON alone.
    #[derive(Debug)]
    struct Json;

    state = Diary;
    http(ip = [127, 0, 0, 1]);
    server = true;
    secret_key_base = SECRET;
    render_errors(formats(json = Seen));
    socket("/echo", PlainSocket, longpoll(window = millis(400)));
    service(tower::service_fn(answer));
}

endpoint! {
    /// Shows pages for developers.
    #[derive(Debug)]
    struct Debugged;

    state = Diary;
    http(ip = [127, 0, 0, 1]);
    server = true;
    secret_key_base = SECRET;
    debug_errors = insecure(true, reason = "the cases are played against release builds too");
    socket("/echo", PlainSocket, longpoll(window = millis(400)));
    service(tower::service_fn(answer));
}

endpoint! {
    /// Renders JSON, and HTML for who asks for it.
    #[derive(Debug)]
    struct JsonHtml;

    state = Diary;
    http(ip = [127, 0, 0, 1]);
    server = true;
    secret_key_base = SECRET;
    render_errors(formats(json = Seen, html = StatusText));
    socket("/echo", PlainSocket, longpoll(window = millis(400)));
    service(tower::service_fn(answer));
}

/// All endpoints, running.
#[derive(Debug)]
pub(super) struct All {
    html_json: Running<HtmlJson>,
    json: Running<Json>,
    debugged: Running<Debugged>,
    json_html: Running<JsonHtml>,
}

impl All {
    /// They listen on the ports from `base_port` + 10.
    pub(super) async fn start(base_port: u16, shared: &Shared) -> Result<Self, landfall::Error> {
        Ok(All {
            html_json: start(base_port + 10, shared).await?,
            json: start(base_port + 11, shared).await?,
            debugged: start(base_port + 12, shared).await?,
            json_html: start(base_port + 13, shared).await?,
        })
    }

    pub(super) async fn shutdown(self) -> Result<(), landfall::Error> {
        self.html_json.shutdown().await?;
        self.json.shutdown().await?;
        self.debugged.shutdown().await?;
        self.json_html.shutdown().await
    }
}

/// Renders the status's name, and what the view was given.
struct Seen;

impl ErrorView for Seen {
    fn render(&self, page: &ErrorPage<'_>) -> Result<Body, BoxError> {
        let status = page.status().as_u16();
        let seen = json!({
            "template": format!("{status}.{}", page.format()),
            "status": status,
            "kind": page.kind().to_string(),
        });
        let text = json!({ "errors": { "detail": page.reason() }, "seen": seen });
        Ok(text.to_string().into())
    }
}

/// Gives each response the identity of its request, also one that is to become an error page.
async fn answer(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    if control::serves(request.uri().path()) {
        return control::answer(request).await;
    }
    let id = request.headers().get("x-request-id");
    let id = id.filter(|id| (20..=200).contains(&id.len())).cloned();
    let id = id.unwrap_or(HeaderValue::from_static("one that was made here"));
    let mut response = route(request).await.unwrap_or_else(Failure::into_response);
    response.headers_mut().insert("x-request-id", id);
    Ok(response)
}

async fn route(request: Request<Body>) -> Result<Response<Body>, Failure> {
    let (head, body) = request.into_parts();
    let params = parsers::read(&head, body).await?;
    let path = head.uri.path().to_owned();
    let segments: Vec<&str> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .collect();
    match (&head.method, segments.as_slice()) {
        (&Method::GET, ["hello2"]) => Ok(control::text(StatusCode::OK, "hello")),
        (&Method::GET, ["api", page @ ("boom" | "teapot" | "x")]) => {
            accept_json(&head)?;
            fail(page)
        }
        (&Method::GET, [page]) => fail(page),
        (&Method::POST | &Method::PUT, ["parse"]) => Ok(shown(&params)),
        (&Method::GET, ["seg", x, "end"]) => {
            let x = percent_decode_str(x).decode_utf8();
            let x = x.or_status(StatusCode::BAD_REQUEST)?;
            Ok(shown(&json!({ "x": x })))
        }
        _ => Err(Failure::new(StatusCode::NOT_FOUND)),
    }
}

/// The pages that fail, in the way that the path names.
fn fail(page: &str) -> Result<Response<Body>, Failure> {
    let because = |status, text: &'static str| Err(Failure::new(status).because(text));
    match page {
        "x" => Ok(control::text(StatusCode::OK, "hello")),
        "boom" => because(StatusCode::INTERNAL_SERVER_ERROR, "boom"),
        "throw" => panic!("thrown"),
        "exit" => panic!("exited"),
        "bad" => because(StatusCode::BAD_REQUEST, "could not process the request"),
        "teapot" => because(StatusCode::IM_A_TEAPOT, "teapot"),
        "action_clause" => because(StatusCode::BAD_REQUEST, "the parameter `never` is missing"),
        "chunked" => Ok(control::text(StatusCode::OK, broken_off())),
        "sent" => Ok(control::text(StatusCode::OK, "already sent")),
        _ => Err(Failure::new(StatusCode::NOT_FOUND)),
    }
}

/// A body that fails after its first piece has been sent.
fn broken_off() -> Body {
    let part = stream::iter(iter::once(Ok(http_body::Frame::data("part".into()))));
    let failure = stream::once(async {
        tokio::task::yield_now().await;
        Err(io::Error::other("after chunk"))
    });
    Body::new(StreamBody::new(part.chain(failure)))
}

/// What a pipeline that accepts JSON alone does.
fn accept_json(head: &http::request::Parts) -> Result<(), Failure> {
    let accepted = head.headers.get(ACCEPT).is_none_or(|accept| {
        let accept = accept.to_str().unwrap_or_default();
        ["application/json", "*/*"]
            .iter()
            .any(|kind| accept.contains(kind))
    });
    match accepted {
        true => Ok(()),
        false => Err(Failure::new(StatusCode::NOT_ACCEPTABLE)),
    }
}

fn shown(value: &Value) -> Response<Body> {
    control::json(StatusCode::OK, value)
}
