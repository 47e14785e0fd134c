//! The page, with the paths of its files.

//: only axum
use axum::{extract::State, http::StatusCode, response::Html};
use landfall::{
    Handle,
    assets::StaticPathError,
    error_page::{Failure, OrStatus},
};
//: end
//: only tower
use http::{HeaderValue, Request, Response, StatusCode, header::CONTENT_TYPE};
use landfall::{assets::StaticPathError, prelude::*};
//: end

//: only axum
pub(crate) async fn page(State(edge): State<Handle>) -> Result<Html<String>, Failure> {
    let html = html(&edge).or_status(StatusCode::INTERNAL_SERVER_ERROR)?;
    Ok(Html(html))
}
//: end
//: only tower
/// Answers what neither a socket nor a plug has answered.
pub(crate) async fn page(
    edge: Handle,
    request: Request<Body>,
) -> Result<Response<Body>, StaticPathError> {
    if request.uri().path() != "/" {
        let mut missing = Response::new("there is no such page\n".into());
        *missing.status_mut() = StatusCode::NOT_FOUND;
        return Ok(missing);
    }
    let mut response = Response::new(html(&edge)?.into());
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    Ok(response)
}
//: end

/// In a release, after `landfall digest static`, the names of files change with their content.
fn html(edge: &Handle) -> Result<String, StaticPathError> {
    Ok(include_str!("page.html")
        .replace("{style}", &edge.static_path("/assets/app.css")?)
        .replace("{icon}", &edge.static_path("/assets/icon.svg")?)
//: only channels
        .replace("{phoenix}", &edge.static_path("/assets/phoenix.js")?)
//: end
        .replace("{app}", &edge.static_path("/assets/app.js")?))
}
