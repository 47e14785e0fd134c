//! A mount that grants the session, without the feature it needs.

#![cfg(not(feature = "tokens"))]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod mounted;

use landfall::{
    Endpoint,
    config::{Setting, Settings},
    endpoint::EndpointDef,
    mount::{Mount, WebSocket},
    session::{SessionOptions, SessionSource},
    socket::ConnectInfo,
};
use mounted::RAW;

const SESSION: SessionOptions = SessionOptions::new("_app", "signing salt");

const MOUNT: Mount = RAW.websocket(WebSocket {
    connect_info: ConnectInfo {
        session: Some(SessionSource::Constant(&SESSION)),
        ..ConnectInfo::NOTHING
    },
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

    fn settings() -> Settings {
        Settings {
            secret_key_base: Setting::given("0123456789".repeat(7)),
            ..Settings::default()
        }
    }
}

#[tokio::test]
async fn a_start_names_the_feature_that_is_off() {
    let error = Web::start().await.unwrap_err();
    assert!(error.is_config(), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("`session` needs landfall's feature `tokens`, which is off"),
        "{text}"
    );
    assert!(text.contains("features = [\"tokens\"]"), "{text}");
}

#[test]
#[should_panic(expected = "`session` needs landfall's feature `tokens`, which is off")]
fn a_declaration_does_not_compile() {
    landfall::__private::session(&SESSION);
}
