//! The pages and their files, and the configuration of `deploy/`.

//: only tower
use harbour::Edge;
//: end
//: only axum
use harbour::{Edge, router};
//: end

use landfall::testing::{self, Site};

async fn site() -> Site<Edge> {
//: only tower
    testing::start::<Edge>().await
//: end
//: only axum
    testing::start::<Edge>().inside(router).await
//: end
}

// Time runs in these tests: files are read by threads.
#[tokio::test]
async fn the_page_finds_its_files() {
    let site = site().await;
    let page = site.get("/").await;
    assert_eq!(page.status(), 200);
    let text = page.text().to_owned();
    let paths = text
        .split('"')
        .filter(|part| part.starts_with('/'))
        .collect::<Vec<_>>();
    assert!(paths.len() >= 3, "{text}");
    let is_digested = |path: &&str| path.contains("?vsn=d");
    assert_eq!(paths.iter().any(is_digested), is_released(), "{text}");
    for path in paths {
        assert_eq!(site.get(path).await.status(), 200, "{path}");
    }
}

/// Whether files have their digested names: in a release, once `landfall digest static` has run.
fn is_released() -> bool {
    !cfg!(debug_assertions) && std::path::Path::new("static/cache_manifest.json").exists()
}

#[tokio::test]
async fn what_is_missing_is_not_found() {
    let site = site().await;
    assert_eq!(site.get("/none").await.status(), 404);
}

#[tokio::test]
async fn balancers_are_told_that_it_is_ready() {
    let site = site().await;
//: only tower
    assert_eq!(site.get("/healthz").await.status(), 200);
//: end
//: only axum
    assert_eq!(site.get("/rt/healthz").await.status(), 200);
//: end
}

#[tokio::test]
async fn the_configuration_of_deploy_is_right() {
    testing::start::<Edge>().file("deploy/landfall.toml").await;
}
