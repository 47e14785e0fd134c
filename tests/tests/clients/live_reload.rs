//! Pages that follow their files, in Chromium.

use std::{
    convert::Infallible,
    fs,
    path::{Path, PathBuf},
};

use http::{HeaderValue, Request, Response, StatusCode, header::CONTENT_TYPE};
use landfall::{
    Body,
    config::{Files, Scheme, Setting},
    endpoint,
    endpoint::Address,
};

use crate::node::script;

/// The files of a directory.
#[derive(Debug)]
struct Place(PathBuf);

endpoint! {
    struct Shown;

    state = Place;
    http(ip = [127, 0, 0, 1], port = 0);
    live_reload(patterns = [r"\.(css|html)$"]);
    service(|edge| {
        let place = edge.state().0.clone();
        tower::service_fn(move |request| serve(place.clone(), request))
    });
}

async fn serve(place: PathBuf, request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let path = request.uri().path();
    let Ok(text) = fs::read_to_string(place.join(path.trim_start_matches('/'))) else {
        let mut missing = Response::new(Body::empty());
        *missing.status_mut() = StatusCode::NOT_FOUND;
        return Ok(missing);
    };
    let kind = if path.ends_with(".css") {
        "text/css"
    } else {
        "text/html"
    };
    let mut found = Response::new(Body::from(text));
    found
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(found)
}

#[tokio::test]
#[ignore = "needs Chromium and Node, and `npm ci` in tests/clients"]
async fn pages_follow_their_files() {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("live-reload-chromium");
    fs::create_dir_all(&place).expect("a directory");
    let page = r#"<html><head><link rel="stylesheet" href="/app.css"></head><body><h1>one</h1></body></html>"#;
    fs::write(place.join("index.html"), page).expect("a page");
    fs::write(place.join("app.css"), "h1 { color: rgb(1, 2, 3) }").expect("a stylesheet");
    let builder = Shown::builder(Place(place.clone())).settings(|settings| {
        let live = settings.live_reload.get_or_insert_default();
        live.dirs = Setting::exact(Files::from(place.as_path()));
    });
    let site = builder.start().await.expect("it starts");
    let address = site.server_info(Scheme::Http).expect("it listens");
    let Address::Tcp(address) = address else {
        panic!("{address:?}")
    };
    let port = address.port();
    let place = place.to_str().expect("a path in UTF-8");
    script(
        "live_reload.mjs",
        &[&format!("http://localhost:{port}"), place],
    )
    .await;
    site.shutdown().await.expect("it stops");
}
