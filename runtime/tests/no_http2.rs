//! HTTP/2 is asked for without the feature it needs.

#![cfg(not(feature = "http2"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use landfall::{Endpoint, config::Setting, endpoint};

endpoint! {
    struct Asking;

    http(ip = [127, 0, 0, 1], port = 0, http2 = true);
}

endpoint! {
    struct Content;

    http(ip = [127, 0, 0, 1], port = 0, http2 = false);
}

#[tokio::test]
async fn it_is_an_error_at_start() {
    let refused = Asking::start().await.unwrap_err();
    let text = refused.to_string();
    let words = "`http2` needs landfall's feature `http2`, which is off";
    assert!(text.contains(words), "{text}");
    assert!(text.contains("features = [\"http2\"]"), "{text}");
    let forbidden = Asking::builder().settings(|settings| {
        let http = settings.http.get_or_insert_default();
        http.http2 = Setting::given(false);
    });
    forbidden.start().await.unwrap().shutdown().await.unwrap();
    Content::start().await.unwrap().shutdown().await.unwrap();
}
