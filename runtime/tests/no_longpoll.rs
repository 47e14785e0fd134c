//! A mount with longpoll, without the feature it needs.

#![cfg(not(feature = "longpoll"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod mounted;

use landfall::{
    Endpoint,
    endpoint::EndpointDef,
    mount::{LongPoll, Mount},
};
use mounted::RAW;

const MOUNT: Mount = RAW.longpoll(LongPoll::DEFAULT);

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
        text.contains("`longpoll` needs landfall's feature `longpoll`, which is off"),
        "{text}"
    );
    assert!(text.contains("features = [\"longpoll\"]"), "{text}");
}

#[test]
#[should_panic(expected = "`longpoll` needs landfall's feature `longpoll`, which is off")]
fn a_declaration_does_not_compile() {
    landfall::__private::mount(MOUNT);
}
