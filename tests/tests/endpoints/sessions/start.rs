//! Endpoints with sessions that do not start.

use landfall::{
    Endpoint, Message,
    config::{Setting, Settings},
    endpoint::EndpointDef,
    mount::{Mount, SocketDef, WebSocket},
    origin::CheckOrigin,
    session::{SessionOptions, SessionSource},
    socket,
    socket::{ConnectInfo, Flow, Outbox, Refused},
};

const SESSION: SessionOptions = SessionOptions::new("_app", "signing salt");

struct Anybody;

#[socket(websocket(connect_info = [session(SESSION)]))]
impl Anybody {
    async fn connect() -> Result<Self, Refused> {
        Ok(Anybody)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
        Flow::Continue
    }
}

landfall::endpoint! {
    struct Preset;
    socket("/preset", Anybody);
}

struct ByHand;

impl Endpoint for ByHand {
    type State = ();
    const DEF: &'static EndpointDef = &EndpointDef {
        name: "ByHand",
        mounts: &[
            Mount::new("/by_hand", SocketDef::of::<Anybody, ()>("Anybody")).websocket(WebSocket {
                check_csrf: false,
                connect_info: ConnectInfo {
                    session: Some(SessionSource::Constant(&SESSION)),
                    ..ConnectInfo::NOTHING
                },
                ..WebSocket::DEFAULT
            }),
        ],
        ..EndpointDef::DEFAULT
    };

    fn settings() -> Settings {
        Settings {
            check_origin: Setting::given(CheckOrigin::<&'static [&'static str]>::Off),
            secret_key_base: Setting::given("0123456789".repeat(7)),
            ..Settings::default()
        }
    }
}

#[tokio::test]
async fn a_secret() {
    let error = Preset::start().await.err().unwrap().to_string();
    assert!(
        error.contains(
            "`session` signs its cookie but no `secret_key_base` is set (`connect_info of /preset`"
        ),
        "{error}"
    );
    let set = |settings: &mut Settings| settings.secret_key_base = Setting::given("too short");
    let error = Preset::builder()
        .settings(set)
        .start()
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(error.contains("sessions need at least 64"), "{error}");
}

#[tokio::test]
async fn one_of_both_checks() {
    let error = ByHand::start().await.err().unwrap().to_string();
    assert!(
        error.contains(
            "one of `check_origin` and `check_csrf` must be on (`check_csrf of /by_hand`"
        ),
        "{error}"
    );
}

#[test]
#[should_panic(
    expected = "`signing_salt` of a session is too short\n  help: at least 8 bytes, such as `4k9Qz1fw`"
)]
fn a_salt() {
    static SHORT: SessionOptions = SessionOptions::new("_app", "salt");
    let _ = landfall::session::Sessions::new(&SHORT);
}

#[test]
#[should_panic(expected = "there are no options of a session\n  help: compute at least one")]
fn computed_options() {
    let nothing: [SessionOptions; 0] = [];
    let _ = landfall::session::Sessions::with(nothing);
}
