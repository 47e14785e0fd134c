//! Nodes are to be reached by NATS, without the feature it needs.

#![cfg(not(feature = "nats"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use landfall::{Endpoint, endpoint};

endpoint! {
    struct Asking;

    pubsub(nats(tls, credentials = "node.creds"));
}

#[tokio::test]
async fn nats_is_an_error_at_start() {
    let refused = Asking::start().await.unwrap_err();
    assert!(refused.is_config(), "{refused}");
    let text = format!("{refused:?}");
    assert!(
        text.contains("`nats` needs landfall's feature `nats`, which is off"),
        "{text}"
    );
    assert!(text.contains("features = [\"nats\"]"), "{text}");
    assert!(text.contains("no_nats.rs"), "{text}");
}
