//! A dashboard is declared without the feature it needs.

#![cfg(not(feature = "dashboard"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use landfall::{Endpoint, dashboard::Dashboard, endpoint::EndpointDef};

struct Web;

impl Endpoint for Web {
    type State = ();

    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Web",
        dashboard: Some(Dashboard::DEFAULT),
        ..EndpointDef::DEFAULT
    };
}

#[tokio::test]
async fn it_is_an_error_at_start() {
    let text = Web::start().await.unwrap_err().to_string();
    let words = "`dashboard` needs landfall's feature `dashboard`, which is off";
    assert!(text.contains(words), "{text}");
    assert!(text.contains("features = [\"dashboard\"]"), "{text}");
}
