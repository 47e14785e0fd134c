//! A configuration file, without the feature it needs.

#![cfg(not(feature = "config-file"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use landfall::{Endpoint, endpoint::EndpointDef};

struct Web;

impl Endpoint for Web {
    type State = ();

    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Web",
        ..EndpointDef::DEFAULT
    };
}

/// It is not read, so it need not be there.
#[tokio::test]
async fn a_start_names_the_feature_that_is_off() {
    let error = Web::builder().file("landfall.toml").start().await;
    let error = error.unwrap_err();
    assert!(error.is_config(), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("`file` needs landfall's feature `config-file`, which is off"),
        "{text}"
    );
    assert!(text.contains("features = [\"config-file\"]"), "{text}");
}
