//! What Phoenix's parsers of bodies do: JSON, forms and parts, of at most 1,000 bytes.

use http::{StatusCode, header::CONTENT_TYPE, request::Parts};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use landfall::{
    Body,
    error_page::{Failure, OrStatus},
};
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// The maximum length of a body.
const LONGEST: usize = 1_000;

/// The parameters of a request: those of its query, and those of its body.
pub(super) async fn read(head: &Parts, body: Body) -> Result<Value, Failure> {
    let mut params = Map::new();
    pairs(head.uri.query().unwrap_or_default(), &mut params)?;
    let body = Limited::new(body, LONGEST).collect().await;
    let body = body.map_err(|error| {
        let status = match error.is::<LengthLimitError>() {
            true => StatusCode::PAYLOAD_TOO_LARGE,
            false => StatusCode::BAD_REQUEST,
        };
        Failure::new(status).because(error)
    })?;
    let body = body.to_bytes();
    let kind = head.headers.get(CONTENT_TYPE).map(|kind| kind.to_str());
    let Some(kind) = kind
        .transpose()
        .or_status(StatusCode::UNSUPPORTED_MEDIA_TYPE)?
    else {
        return Ok(params.into());
    };
    let (kind, parameters) = kind.split_once(';').unwrap_or((kind, ""));
    match kind.trim() {
        kind if kind == "application/json" || kind.ends_with("+json") => {
            let json: Map<String, Value> =
                serde_json::from_slice(&body).or_status(StatusCode::BAD_REQUEST)?;
            params.extend(json);
        }
        "application/x-www-form-urlencoded" => {
            let form = str::from_utf8(&body).or_status(StatusCode::BAD_REQUEST)?;
            pairs(form, &mut params)?;
        }
        "multipart/form-data" => {
            let form = str::from_utf8(&body).or_status(StatusCode::BAD_REQUEST)?;
            if let Some(boundary) = parameters.trim().strip_prefix("boundary=") {
                parts(form, boundary, &mut params).or_status(StatusCode::BAD_REQUEST)?;
            }
        }
        kind if kind.starts_with("text/") => {}
        _ => return Err(Failure::new(StatusCode::UNSUPPORTED_MEDIA_TYPE)),
    }
    Ok(params.into())
}

/// Reads `a=1&b[c]=2`.
fn pairs(text: &str, params: &mut Map<String, Value>) -> Result<(), Failure> {
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let decoded = |text: &str| {
            let spaced = text.replace('+', " ");
            let decoded = percent_decode_str(&spaced).decode_utf8();
            decoded.map(String::from).or_status(StatusCode::BAD_REQUEST)
        };
        let (name, value) = (decoded(name)?, decoded(value)?.into());
        let nested = name.strip_suffix(']').and_then(|name| name.split_once('['));
        let Some((outer, inner)) = nested else {
            params.insert(name, value);
            continue;
        };
        let outer = params.entry(outer).or_insert_with(|| Map::new().into());
        let outer = outer.as_object_mut().or_status(StatusCode::BAD_REQUEST)?;
        outer.insert(inner.to_owned(), value);
    }
    Ok(())
}

/// Reads a body of parts. `None` if it is malformed, or not whole.
fn parts(text: &str, boundary: &str, params: &mut Map<String, Value>) -> Option<()> {
    let (parts, _) = text.split_once(&format!("--{boundary}--"))?;
    for part in parts.split(&format!("--{boundary}\r\n")).skip(1) {
        let (head, value) = part.split_once("\r\n\r\n")?;
        let (_, name) = head.split_once("name=\"")?;
        let (name, _) = name.split_once('"')?;
        params.insert(name.to_owned(), value.strip_suffix("\r\n")?.into());
    }
    Some(())
}
