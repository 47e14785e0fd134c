//! A site in one file: the page and all of its files are part of the program.
//!
//! ```text
//! cargo run --example embedded
//! ```
//!
//! Then open <http://localhost:4000>. Look at the table: each file has a hash of its content as its
//! `etag`, so a browser asks once more and is told 304. Copy `target/debug/examples/embedded`
//! elsewhere and start it there: it needs no files beside it.

use std::convert::Infallible;

use http::{HeaderValue, Request, Response, StatusCode, header::CONTENT_TYPE};
use landfall::{
    assets::{Embedded, Static},
    embed_static,
    prelude::*,
};

/// The files of the chat. The path is relative to the package.
const FILES: Embedded = embed_static!("chat");

endpoint! {
    /// Serves what is in the program.
    pub struct Web;

    http(ip = [127, 0, 0, 1], port = env("PORT").or(4000));

    plug(Static::embedded(FILES).only(["app.js", "phoenix.js", "style.css"]));
    service(tower::service_fn(page));
}

/// A list of the files, which are there without a directory.
async fn page(request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let mut response = Response::default();
    if request.uri().path() != "/" {
        *response.status_mut() = StatusCode::NOT_FOUND;
        return Ok(response);
    }
    let rows = FILES.paths().map(|path| {
        let bytes = FILES.get(path).map_or(0, <[u8]>::len);
        format!("<tr><td><a href=\"/{path}\">{path}</a><td>{bytes} bytes\n")
    });
    let rows: String = rows.collect();
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(CONTENT_TYPE, html);
    *response.body_mut() = format!(
        "<!doctype html>\n<title>In the program</title>\n\
         <link rel=\"stylesheet\" href=\"/style.css\">\n<table>\n{rows}</table>\n"
    )
    .into();
    Ok(response)
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    tracing_subscriber::fmt::init();
    Web::start().await?.wait_for_signal().await
}
