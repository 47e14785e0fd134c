//! Files that are part of the binary.

use std::process::Command;

use http::Method;
use landfall::{
    assets::{Embedded, Static},
    config::{Setting, Settings},
    embed_static,
    prelude::*,
    static_integrity, static_path, testing,
};

use crate::tree::Tree;

const SITE: Embedded = embed_static!("src/peer/site");

endpoint! {
    struct Web;

    cache_static_manifest = "src/peer/site/cache_manifest.json";
    plug(Static::embedded(SITE).gzip());
}

#[test]
fn all_files_of_the_directory_are_embedded_as_they_are() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src/peer/site");
    let on_disk = Tree::at(root);
    let embedded = SITE
        .paths()
        .map(|path| (path.to_owned(), SITE.get(path).unwrap().to_vec()));
    assert!(on_disk.len() > 15 && on_disk.into_iter().eq(embedded));
    assert_eq!(SITE.get("none"), None);
}

#[tokio::test]
async fn pages_name_embedded_files_and_get_them() {
    let site = testing::start::<Web>().await;
    let styles = static_path!(Web, "/css/app.css");
    let page = site.get(styles).header("accept-encoding", "gzip").await;
    assert_eq!(page.status(), 200);
    assert_eq!(page.header("content-encoding"), Some("gzip"));
    assert_eq!(page.header("content-type"), Some("text/css"));
    assert_eq!(
        page.header("cache-control"),
        Some("public, max-age=31536000, immutable")
    );
    let plain = site.get("/css/app.css").await;
    assert_eq!(plain.text().as_bytes(), SITE.get("css/app.css").unwrap());
    let tag = plain.header("etag").unwrap();
    let known = site.get("/css/app.css").header("if-none-match", tag).await;
    assert_eq!(known.status(), 304);
    let other = site.get("/robots.txt").await;
    assert_ne!(other.header("etag"), Some(tag));
    let head = site.request(Method::HEAD, "/css/app.css").await;
    assert_eq!((head.status().as_u16(), head.text()), (200, ""));
    assert_eq!(site.get("/css").await.status(), 404);
    assert_eq!(site.get("/css/%2e%2e/secret").await.status(), 400);
}

endpoint! {
    struct Alone;

    cache_static_manifest = "src/peer/site/cache_manifest.json";
    cache_manifest_skip_vsn = true;
}

/// Only the binary is deployed: where it runs, there is no manifest.
#[test]
fn without_the_manifest_the_names_of_the_build_count() {
    let elsewhere = Tree::new();
    let tests = std::env::current_exe().unwrap();
    let deployed = Command::new(tests)
        .args(["embedding::deployed", "--exact", "--ignored"])
        .current_dir(elsewhere.path())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&deployed.stdout);
    assert!(
        deployed.status.success() && told.contains("1 passed"),
        "{told}"
    );
}

#[tokio::test]
#[ignore = "it is run in another directory"]
async fn deployed() {
    let web = Alone::start().await.unwrap();
    let path = static_path!(Alone, "/css/app.css#x");
    assert_eq!(web.static_path("/css/app.css#x").unwrap(), path);
    assert!(path.ends_with(".css#x"));
    let integrity = static_integrity!(Alone, "/css/app.css");
    assert_eq!(
        web.static_integrity("/css/app.css").unwrap().as_deref(),
        integrity
    );
    let latest = web.static_latest();
    assert_eq!(format!("/{}#x", latest["css/app.css"]), path);
    web.reload().await.unwrap();
    assert_eq!(web.static_path("/css/app.css#x").unwrap(), path);
    web.shutdown().await.unwrap();
    // A manifest that the declaration does not name is not known.
    let other = |settings: &mut Settings| {
        settings.cache_static_manifest = Setting::given("none.json");
    };
    let web = Alone::builder().settings(other).start().await.unwrap();
    assert_eq!(
        web.static_path("/css/app.css").as_deref(),
        Ok("/css/app.css")
    );
    web.shutdown().await.unwrap();
}
