//! A mount that compresses, without the feature it needs.

#![cfg(not(feature = "compress"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod mounted;

use landfall::{
    Endpoint,
    endpoint::EndpointDef,
    mount::{Mount, WebSocket},
};
use mounted::RAW;

const MOUNT: Mount = RAW.websocket(WebSocket {
    compress: true,
    ..WebSocket::DEFAULT
});

struct Web;

impl Endpoint for Web {
    type State = ();

    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Web",
        mounts: &[MOUNT],
        ..EndpointDef::DEFAULT
    };
}

#[tokio::test]
async fn a_start_names_the_feature_that_is_off() {
    let error = Web::start().await.unwrap_err();
    assert!(error.is_config(), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("`compress` needs landfall's feature `compress`, which is off"),
        "{text}"
    );
    assert!(text.contains("features = [\"compress\"]"), "{text}");
}

#[test]
#[should_panic(expected = "needs landfall's feature `compress`, which is off")]
fn a_declaration_does_not_compile() {
    landfall::__private::mount(MOUNT);
}
