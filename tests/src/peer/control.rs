//! HTTP beside the sockets: `/hello`, `/fan`, and `/ctl/..` for tests.

use std::convert::Infallible;

use http::{HeaderValue, Method, Request, Response, StatusCode, header::CONTENT_TYPE};
use http_body_util::{BodyExt, Limited};
use landfall::{Body, Handle, Params, Text, pubsub::Payload};
use serde_json::{Value, json};

use super::{diary, fan};

/// A published payload may be this long.
const LONGEST: usize = 1 << 20;

/// Answers what no socket did.
pub(super) async fn answer(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let path = request.uri().path().trim_matches('/').to_owned();
    Ok(match (request.method(), path.as_str()) {
        (&Method::GET, "hello") => text(StatusCode::OK, "hello"),
        (&Method::POST, "fan") => publish(request).await,
        (_, path) => match path.strip_prefix("ctl/") {
            Some(what) => control(what, &request),
            None => text(StatusCode::NOT_FOUND, "Not Found"),
        },
    })
}

/// `POST /fan?topic=..&n=..`: the body, or `payload`, to all on the topic, n times.
async fn publish(request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let (Some(handle), Ok(body)) = (parts.extensions.get::<Handle>(), Limited::new(body, LONGEST).collect().await)
    else {
        return text(StatusCode::BAD_REQUEST, "the payload is too long");
    };
    let params = params(parts.uri.query());
    let text_of = |name: &str| params.get(name).and_then(landfall::Param::as_str);
    let topic = text_of("topic").unwrap_or(fan::TOPIC);
    let times = text_of("n").and_then(|n| n.parse().ok()).unwrap_or(1u32);
    let payload = match body.to_bytes() {
        empty if empty.is_empty() => Payload::from(text_of("payload").unwrap_or("x")),
        bytes => Text::try_from(bytes.clone()).map_or_else(|_| bytes.into(), Payload::from),
    };
    for _ in 0..times {
        if let Err(error) = handle.broadcast(topic, "fan", payload.clone()) {
            return text(StatusCode::SERVICE_UNAVAILABLE, error.to_string());
        }
    }
    text(StatusCode::OK, "ok")
}

fn control(what: &str, request: &Request<Body>) -> Response<Body> {
    let params = params(request.uri().query());
    let id = params.get("id").and_then(landfall::Param::as_str);
    match (what, id) {
        ("term", Some(id)) => json(StatusCode::OK, &json!(diary::read(id))),
        _ => json(StatusCode::NOT_FOUND, &json!("no")),
    }
}

fn params(query: Option<&str>) -> Params {
    Params::from_query(query.unwrap_or_default()).unwrap_or_default()
}

fn json(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = text(status, value.to_string());
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

fn text(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response
}
