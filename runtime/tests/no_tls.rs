//! A broker is to be reached by TLS, without the feature it needs.

#![cfg(all(feature = "redis", not(feature = "rustls")))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use landfall::{Endpoint, endpoint};

endpoint! {
    struct Asking;

    pubsub(redis(url = "rediss://localhost:6379", tls(ca = "ca.pem")), required = false);
}

#[tokio::test]
async fn redis_by_tls_is_an_error_at_start() {
    let refused = Asking::start().await.unwrap_err();
    let text = format!("{refused:?}");
    assert!(text.contains("feature `tls`, which is off"), "{text}");
    assert!(text.contains("features = ["), "{text}");
}
