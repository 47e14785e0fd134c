//! What the plug for static files does beyond what was recorded.

use std::{convert::Infallible, fs};

use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use landfall::{Body, assets::Static};
use landfall_assets::Digester;
use tower::{Layer, Service, ServiceExt, service_fn};

use crate::tree::Tree;

/// The answer of the service behind the plug.
const BEHIND: StatusCode = StatusCode::IM_A_TEAPOT;

async fn behind(_: Request<()>) -> Result<Response<Body>, Infallible> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = BEHIND;
    Ok(response)
}

async fn send(files: &Static, request: Request<()>) -> Response<Body> {
    let mut service = files.layer(service_fn(behind));
    service.ready().await.unwrap().call(request).await.unwrap()
}

async fn get(files: &Static, target: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let request = headers
        .iter()
        .fold(Request::get(target), |request, (name, value)| {
            request.header(*name, *value)
        });
    send(files, request.body(()).unwrap()).await
}

async fn body(response: Response<Body>) -> Vec<u8> {
    response
        .into_body()
        .collect()
        .await
        .unwrap()
        .to_bytes()
        .to_vec()
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> Option<&'a str> {
    response
        .headers()
        .get(name)
        .map(|value| value.to_str().unwrap())
}

/// The files on disk, and in the binary.
fn both(tree: &Tree) -> [Static; 2] {
    [Static::new(tree.path()), Static::embedded(tree.embedded())]
}

#[tokio::test]
async fn the_best_sibling_is_sent() {
    let tree = Tree::of([
        ("app.js", "alert(1);".repeat(99)),
        ("one.js", "1".to_owned()),
    ]);
    Digester::new(tree.path()).run().unwrap();
    for files in both(&tree) {
        siblings(&tree, &files.zstd().brotli().gzip()).await;
    }
}

async fn siblings(tree: &Tree, files: &Static) {
    for (accepted, encoding, extension) in [
        ("gzip, br, zstd", Some("zstd"), ".zst"),
        ("gzip, br", Some("br"), ".br"),
        ("br;q=0.1, gzip;q=0.2", Some("gzip"), ".gz"),
        ("identity", None, ""),
    ] {
        let response = get(files, "/app.js", &[("accept-encoding", accepted)]).await;
        assert_eq!(header(&response, "content-encoding"), encoding);
        assert_eq!(header(&response, "content-type"), Some("text/javascript"));
        assert_eq!(header(&response, "vary"), Some("Accept-Encoding"));
        assert_eq!(
            body(response).await,
            tree.read(&format!("app.js{extension}"))
        );
    }
    let without = get(files, "/one.js", &[("accept-encoding", "gzip")]).await;
    assert_eq!(
        (
            header(&without, "content-encoding"),
            header(&without, "vary")
        ),
        (None, Some("Accept-Encoding"))
    );
    let range = get(
        files,
        "/app.js",
        &[("accept-encoding", "gzip"), ("range", "bytes=0-4")],
    )
    .await;
    assert_eq!(
        (range.status(), header(&range, "content-encoding")),
        (StatusCode::PARTIAL_CONTENT, None)
    );
    assert_eq!(body(range).await, b"alert");
}

#[tokio::test]
async fn a_file_of_any_length_arrives() {
    let tree = Tree::new();
    for length in [0, 1, 65_535, 65_536, 65_537, 131_072, 1_000_001] {
        let content: Vec<u8> = (0..length).map(|place: u32| (place % 251) as u8).collect();
        tree.write("file", &content);
        for files in both(&tree) {
            arrives(&files, &content).await;
        }
    }
}

async fn arrives(files: &Static, content: &[u8]) {
    let length = content.len();
    let response = get(files, "/file", &[]).await;
    assert_eq!(
        header(&response, "content-length"),
        Some(&*length.to_string())
    );
    assert!(body(response).await == content, "{length} bytes");
    if length > 1 {
        let part = get(files, "/file", &[("range", "bytes=1-")]).await;
        assert!(body(part).await == content[1..], "{length} bytes");
    }
    let head = send(files, Request::head("/file").body(()).unwrap()).await;
    assert_eq!(header(&head, "content-length"), Some(&*length.to_string()));
    assert_eq!(body(head).await, b"");
}

#[tokio::test]
async fn a_file_that_is_cut_short_ends_in_an_error() {
    let tree = Tree::of([("file", vec![7; 300_000])]);
    let mut body = get(&Static::new(tree.path()), "/file", &[])
        .await
        .into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(first.len(), 65_536, "a piece at a time");
    tree.write("file", "short");
    let rest = body.collect().await.map(|_| ()).unwrap_err();
    assert_eq!(rest.to_string(), "the file has become shorter");
}

#[tokio::test]
async fn a_changed_file_has_another_tag() {
    let tree = Tree::of([("file", "one")]);
    let files = Static::new(tree.path());
    let tag = header(&get(&files, "/file", &[]).await, "etag")
        .unwrap()
        .to_owned();
    for known in [
        tag.clone(),
        format!("W/{tag}"),
        format!("\"x\", {tag}"),
        "*".to_owned(),
    ] {
        let response = get(&files, "/file", &[("if-none-match", &known)]).await;
        assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(
            (header(&response, "etag"), header(&response, "content-type")),
            (Some(&*tag), None)
        );
    }
    let part = get(
        &files,
        "/file",
        &[("range", "bytes=1-1"), ("if-range", &tag)],
    )
    .await;
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    tree.write("file", "three");
    let response = get(&files, "/file", &[("if-none-match", &tag)]).await;
    assert_eq!(
        (response.status(), body(response).await),
        (StatusCode::OK, b"three".to_vec())
    );
    let whole = get(
        &files,
        "/file",
        &[("range", "bytes=1-1"), ("if-range", &tag)],
    )
    .await;
    assert_eq!(
        (whole.status(), body(whole).await),
        (StatusCode::OK, b"three".to_vec())
    );
}

#[tokio::test]
async fn options_are_heeded() {
    let tree = Tree::of([("a.js", "a"), ("b.js", "b")]);
    for files in both(&tree) {
        heeds_options(files).await;
    }
}

async fn heeds_options(files: Static) {
    let tagged = get(
        &files
            .clone()
            .etag(|path| path.file_name().unwrap().to_str().unwrap().to_owned()),
        "/a.js",
        &[],
    )
    .await;
    assert_eq!(header(&tagged, "etag"), Some("\"a.js\""));
    let fresh = get(
        &files.clone().never_cached(true),
        "/a.js?vsn=d",
        &[("if-none-match", "*")],
    )
    .await;
    assert_eq!(
        (fresh.status(), header(&fresh, "cache-control")),
        (StatusCode::OK, Some("no-store"))
    );
    let own = files
        .clone()
        .header("content-type", "text/x")
        .headers_by(|parts| {
            let method = HeaderValue::from_str(parts.method.as_str()).unwrap();
            HeaderMap::from_iter([(http::HeaderName::from_static("x-method"), method)])
        });
    let own = get(&own, "/a.js", &[]).await;
    assert_eq!(
        (header(&own, "content-type"), header(&own, "x-method")),
        (Some("text/x"), Some("GET"))
    );
    let untyped = get(&files.clone().without_content_types(), "/a.js", &[]).await;
    assert_eq!(header(&untyped, "content-type"), None);
    let only = files.only(["a.js"]);
    assert_eq!(get(&only, "/%61.js", &[]).await.status(), StatusCode::OK);
    assert_eq!(get(&only, "/b.js", &[]).await.status(), BEHIND);
    assert_eq!(
        get(&only.clone().tell_missing_only(true), "/b.js", &[])
            .await
            .status(),
        StatusCode::BAD_REQUEST
    );
    assert_eq!(
        get(&only.tell_missing_only(true), "/c.js", &[])
            .await
            .status(),
        BEHIND
    );
}

#[tokio::test]
async fn what_is_no_file_goes_on() {
    let tree = Tree::of([("dir/file", "x")]);
    for files in both(&tree) {
        passes_on(&files).await;
    }
    let files = Static::new(tree.path());
    fs::remove_dir_all(tree.path().join("dir")).unwrap();
    assert_eq!(get(&files, "/dir/file", &[]).await.status(), BEHIND);
}

async fn passes_on(files: &Static) {
    let long = format!("/{}", "x".repeat(5000));
    let deep = "/x".repeat(3000);
    for target in [
        "/",
        "/dir",
        "/dir/",
        "/none",
        "/dir/file/x",
        "/dir%20",
        &long,
        &deep,
    ] {
        assert_eq!(get(files, target, &[]).await.status(), BEHIND, "{target}");
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
        let request = Request::builder()
            .method(method)
            .uri("/dir/file")
            .body(())
            .unwrap();
        assert_eq!(send(files, request).await.status(), BEHIND);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn links_stay_below_the_root() {
    use std::os::unix::fs::symlink;

    let (tree, outside) = (
        Tree::of([("dir/file", "in"), ("file", "in")]),
        Tree::of([("secret", "out")]),
    );
    let link = |to: &std::path::Path, name: &str| symlink(to, tree.path().join(name)).unwrap();
    link(&outside.path().join("secret"), "a");
    link(outside.path(), "b");
    link(&tree.path().join("file"), "c");
    link(std::path::Path::new("dir"), "d");
    link(std::path::Path::new("loop"), "loop");
    link(std::path::Path::new("none"), "e");
    let files = Static::new(tree.path());
    let status = async |files: &Static, target| get(files, target, &[]).await.status();
    for target in ["/a", "/b/secret", "/loop", "/loop/x", "/e", "/d"] {
        assert_eq!(status(&files, target).await, BEHIND, "{target}");
    }
    assert_eq!(body(get(&files, "/c", &[]).await).await, b"in");
    assert_eq!(body(get(&files, "/d/file", &[]).await).await, b"in");
    let outside = files.follow_links_outside();
    assert_eq!(body(get(&outside, "/b/secret", &[]).await).await, b"out");
    // The root itself may be a symbolic link.
    link(&tree.path().join("dir"), "root");
    let files = Static::new(tree.path().join("root"));
    assert_eq!(body(get(&files, "/file", &[]).await).await, b"in");
}
