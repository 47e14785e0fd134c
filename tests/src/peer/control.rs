//! HTTP beside the sockets: `/hello`, `/fan`, and `/ctl/..` for tests.

use std::convert::Infallible;

use http::{
    HeaderValue, Method, Request, Response, StatusCode,
    header::{CACHE_CONTROL, CONTENT_TYPE},
};
use http_body_util::{BodyExt, Limited};
use landfall::{Body, Handle, message::Text, pubsub::Payload, session::Session};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use super::{Shared, diary::Diary, fan, sessions};

/// The maximum length of a published payload.
const LONGEST: usize = 1 << 20;

/// True for the paths of [`answer`].
pub(super) fn serves(path: &str) -> bool {
    let path = path.trim_matches('/');
    matches!(path, "hello" | "fan" | "login" | "whoami") || path.starts_with("ctl/")
}

/// Answers requests that are not for a socket. Rare and large futures are boxed, so that a benchmark
/// does not move them.
pub(super) async fn answer(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let path = request.uri().path().trim_matches('/').to_owned();
    Ok(match (request.method(), path.as_str()) {
        (&Method::GET, "hello") => text(StatusCode::OK, "hello"),
        (&Method::POST, "fan") => Box::pin(publish(request)).await,
        (&Method::GET, "login" | "whoami") => page(&path, &request),
        (&Method::GET, "ctl/restart") => {
            let endpoint = request.extensions().get::<Handle>().cloned();
            Box::pin(restart(endpoint)).await
        }
        (_, path) => match path.strip_prefix("ctl/") {
            Some(what) => control(what, &request),
            None => text(StatusCode::NOT_FOUND, "Not Found"),
        },
    })
}

/// `/login` and `/whoami`, where there are sessions.
fn page(path: &str, request: &Request<Body>) -> Response<Body> {
    let Some(session) = request.extensions().get::<Session>() else {
        return text(StatusCode::NOT_FOUND, "Not Found");
    };
    let shown = match path {
        "login" => sessions::login(session, |name| param(request.uri().query(), name)),
        _ => Some(json!(sessions::all(session))),
    };
    shown.map_or_else(
        || {
            text(
                StatusCode::INTERNAL_SERVER_ERROR,
                "a value that no session can hold",
            )
        },
        |shown| json(StatusCode::OK, &shown),
    )
}

/// `POST /fan?topic=..&n=..` broadcasts the body, or `payload`, to the topic n times.
async fn publish(request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let (Some(handle), Ok(body)) = (
        parts.extensions.get::<Handle>(),
        Limited::new(body, LONGEST).collect().await,
    ) else {
        return text(StatusCode::BAD_REQUEST, "the payload is too long");
    };
    let param = |name: &str| param(parts.uri.query(), name);
    let topic = param("topic").unwrap_or_else(|| fan::TOPIC.to_owned());
    let times = param("n").and_then(|n| n.parse().ok()).unwrap_or(1u32);
    let payload = match body.to_bytes() {
        empty if empty.is_empty() => {
            Payload::from(param("payload").unwrap_or_else(|| "x".to_owned()))
        }
        bytes => Text::try_from(bytes.clone()).map_or_else(|_| bytes.into(), Payload::from),
    };
    for _ in 0..times {
        if let Err(error) = handle.broadcast(&topic, "fan", payload.clone()) {
            return text(StatusCode::SERVICE_UNAVAILABLE, error.to_string());
        }
    }
    text(StatusCode::OK, "ok")
}

/// `/ctl/restart` answers once the endpoint that can be stopped runs again.
async fn restart(endpoint: Option<Handle>) -> Response<Body> {
    let diary = endpoint.as_ref().and_then(|handle| handle.state::<Diary>());
    let (Some(handle), Some(diary)) = (&endpoint, diary.cloned()) else {
        return text(StatusCode::INTERNAL_SERVER_ERROR, "no endpoint");
    };
    let shared = Shared {
        pubsub: handle.pubsub().clone(),
        diary: diary.clone(),
    };
    match diary.stopper.restart(&shared).await {
        Ok(()) => text(StatusCode::OK, "ok"),
        Err(error) => text(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()),
    }
}

/// `/ctl/term?id=..`, `/ctl/broadcast?topic=..&event=..`, `/ctl/disconnect?topic=..`.
fn control(what: &str, request: &Request<Body>) -> Response<Body> {
    let param = |name: &str| param(request.uri().query(), name);
    match (what, param("id"), param("topic"), param("event")) {
        ("term", Some(id), _, _) => endings(request, &id),
        ("broadcast", _, Some(topic), Some(event)) => broadcast(request, &topic, &event),
        ("disconnect", _, Some(topic), _) => broadcast(request, &topic, "disconnect"),
        _ => json(StatusCode::NOT_FOUND, &json!("no")),
    }
}

fn endings(request: &Request<Body>, id: &str) -> Response<Body> {
    let handle = request.extensions().get::<Handle>();
    match handle.and_then(|handle| handle.state::<Diary>()) {
        Some(diary) => json(StatusCode::OK, &json!(diary.read(id))),
        None => text(StatusCode::INTERNAL_SERVER_ERROR, "no endpoint"),
    }
}

fn broadcast(request: &Request<Body>, topic: &str, event: &str) -> Response<Body> {
    let Some(handle) = request.extensions().get::<Handle>() else {
        return text(StatusCode::INTERNAL_SERVER_ERROR, "no endpoint");
    };
    match handle.broadcast(topic, event, json!({ "from": "endpoint" })) {
        Ok(()) => json(StatusCode::OK, &json!("ok")),
        Err(error) => text(StatusCode::SERVICE_UNAVAILABLE, error.to_string()),
    }
}

fn param(query: Option<&str>, name: &str) -> Option<String> {
    let pairs = query?.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.into_iter().find(|(key, _)| *key == name)?;
    Some(percent_decode_str(value).decode_utf8_lossy().into_owned())
}

/// A response in JSON.
pub(super) fn json(status: StatusCode, value: &Value) -> Response<Body> {
    let mut response = text(status, value.to_string());
    let kind = HeaderValue::from_static("application/json; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}

/// A response with the header that Phoenix's connections begin with.
pub(super) fn text(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let not_cached = HeaderValue::from_static("max-age=0, private, must-revalidate");
    response.headers_mut().insert(CACHE_CONTROL, not_cached);
    response
}
