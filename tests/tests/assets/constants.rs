//! Paths of static files as constants, and as a running endpoint gives them.

use landfall::{
    Endpoint, assets::StaticPathError, config::Setting, endpoint, static_integrity, static_path,
};

use crate::tree::Tree;

endpoint! {
    struct Web;

    url(path = "/app");
    static_url(host = "cdn.example.com", path = "/s");
    cache_static_manifest = "src/peer/site/cache_manifest.json";
}

endpoint! {
    struct WithoutVsn;

    url(path = "/app");
    cache_static_manifest = "src/peer/site/cache_manifest.json";
    cache_manifest_skip_vsn = true;
}

endpoint! {
    struct WithoutManifest;

    cache_static_manifest = "src/peer/site/none.json";
}

const STYLES: &str = static_path!(Web, "/css/app.css");

#[tokio::test]
async fn constants_say_what_the_running_endpoint_says() {
    let web = Web::start().await.unwrap();
    assert_eq!(
        STYLES,
        "/s/css/app-eadc44ddcf213244dbb2af2f616359f5.css?vsn=d"
    );
    assert_eq!(web.static_path("/css/app.css").unwrap(), STYLES);
    let icon = static_path!(Web, "/dir/phoenix.png#icon#x");
    assert_eq!(
        icon,
        "/s/dir/phoenix-7d5dc405cc4c69d1cc55093a527eb00f.png?vsn=d#icon#x"
    );
    assert_eq!(web.static_path("/dir/phoenix.png#icon#x").unwrap(), icon);
    let integrity = static_integrity!(Web, "/css/app.css");
    assert!(integrity.is_some_and(|integrity| integrity.starts_with("sha512-uW0SijKH3TsPpjrj")));
    assert_eq!(
        web.static_integrity("/css/app.css").unwrap().as_deref(),
        integrity
    );
    assert_eq!(
        web.static_manifest().latest["css/app.css"],
        "css/app-eadc44ddcf213244dbb2af2f616359f5.css"
    );
    assert_eq!(web.static_path("/none").as_deref(), Ok("/s/none"));
    assert_eq!(
        web.static_path("none"),
        Err(StaticPathError::NotAbsolute("none".to_owned()))
    );
    web.shutdown().await.unwrap();

    let web = WithoutVsn::start().await.unwrap();
    let path = static_path!(WithoutVsn, "/robots.txt");
    assert_eq!(path, "/app/robots-3ad3ca25d8ea1219ceaaa5d673858675.txt");
    assert_eq!(web.static_path("/robots.txt").unwrap(), path);
    web.shutdown().await.unwrap();

    let web = WithoutManifest::start().await.unwrap();
    assert_eq!(static_path!(WithoutManifest, "/any#x"), "/any#x");
    assert_eq!(static_integrity!(WithoutManifest, "/any"), None);
    assert_eq!(web.static_path("/any#x").as_deref(), Ok("/any#x"));
    web.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_manifest_that_is_none_stops_nobody() {
    let tree = Tree::of([("a.json", "{"), ("b.json", "{}")]);
    for name in ["a.json", "b.json", "none.json", ""] {
        let path = tree.path().join(name).to_str().unwrap().to_owned();
        let start = Web::builder()
            .settings(|settings| settings.cache_static_manifest = Setting::given(path));
        let web = start.start().await.unwrap();
        assert_eq!(
            web.static_path("/css/app.css").as_deref(),
            Ok("/s/css/app.css"),
            "{name}"
        );
        web.shutdown().await.unwrap();
    }
}
