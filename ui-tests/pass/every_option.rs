use std::time::Duration;

use landfall::{Endpoint, config::AtStart, mount::{Overflow, Timeout}, origin::{CheckOrigin, Origin}, session::{SessionOptions, SessionSource}, socket::Refused};
use landfall_ui_tests::{EchoSocket, RoomSocket, TokenSocket};

const LIMIT: usize = 1 << 20;
const MEMORY: u8 = 9;
const SESSION: SessionOptions = SessionOptions::new("_web_key", "a salt of its own");
const REGION: &str = "eu";

fn allowed(origin: &Origin) -> bool {
    origin.host.as_deref() == Some("example.com")
}

fn refused(_: &http::request::Parts, refused: Refused) -> http::Response<landfall::Body> {
    let mut response = http::Response::new(landfall::Body::empty());
    *response.status_mut() = refused.status();
    response
}

landfall::endpoint! {
    struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket(
        "/room/:id",
        RoomSocket,
        websocket(
            path = "/ws",
            timeout = on_purpose(never, reason = "a private network"),
            ping = secs(20),
            max_frame_size = LIMIT,
            max_message_size = 2 * LIMIT,
            compress = cfg!(unix),
            deflate_options(level = 3, memory_level = MEMORY),
            subprotocols = ["a", "b"],
            check_origin = allowed,
            check_csrf = cfg!(unix),
            connect_info = [uri, user_agent, session(SESSION), region = REGION],
            auth_token = true,
            error_handler = refused,
            transport_log = debug,
            outbox(limit = 65_536, overflow = drop_oldest),
        ),
        drainer(batch_size = 10, batch_interval = millis(100), shutdown = secs(1)),
        log = false,
    );
    socket("/token", TokenSocket, websocket(auth_token = true, timeout = secs(45)), drainer = false);
    socket("/echo", EchoSocket, websocket(check_origin = insecure(false, reason = "echoes only")), log = debug);
}

fn main() {
    let [room, token, echo] = Web::DEF.mounts else { panic!("{:?}", Web::DEF) };
    let websocket = room.websocket.unwrap();
    assert_eq!((room.path, room.socket.name, websocket.path), ("/room/:id", "RoomSocket", "/ws"));
    let deflate = websocket.deflate_options;
    assert_eq!((deflate.level, deflate.memory_level, deflate.window_bits), (3, 9, 15));
    assert_eq!((websocket.timeout, websocket.outbox.overflow), (Timeout::Never, Overflow::DropOldest));
    assert!(websocket.connect_info.grants("region") && !websocket.connect_info.grants("peer_data"));
    let session = websocket.connect_info.session;
    assert!(matches!(session, Some(SessionSource::Constant(session)) if session.key == "_web_key"));
    let batch_interval = room.drainer.unwrap().batch_interval;
    assert!(matches!(batch_interval, AtStart::Value(interval) if interval == Duration::from_millis(100)));
    assert!(token.drainer.is_none());
    assert_eq!(echo.websocket.unwrap().check_origin, Some(CheckOrigin::Off));
    assert!(echo.location.file().ends_with("every_option.rs"));
    assert_eq!(echo.location.line(), 48);
}
