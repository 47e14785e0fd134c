use std::time::Duration;

use http::Response;
use landfall::{
    Body,
    Endpoint,
    mount::{TokenOptions, LongPoll, Overflow},
    origin::CheckOrigin,
    prelude::*,
    session::SessionOptions,
    token::Digest,
    transport::{Attempt, Denied, Transport, TransportOptions},
};
use landfall_ui_tests::{EchoSocket, RoomSocket};

const SESSION: SessionOptions = SessionOptions::new("_web_key", "a salt of its own");
const WINDOW: Duration = Duration::from_secs(1);
const ROUNDS: u32 = 2 * 1_000;

struct Everywhere;

#[socket(longpoll(window = secs(5), max_batch = 7, crypto(max_age = secs(60))))]
impl Everywhere {
    fn connect() -> Result<Self, Refused> {
        Ok(Everywhere)
    }
    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

struct Alone;

#[socket(longpoll)]
impl Alone {
    fn connect() -> Result<Self, Refused> {
        Ok(Alone)
    }
    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

struct Silent {
    path: &'static str,
}

impl Transport for Silent {
    const NAME: &'static str = "silent";

    fn options(&self) -> TransportOptions {
        TransportOptions { path: self.path, ..TransportOptions::DEFAULT }
    }

    async fn answer<S: Socket>(&self, _: Attempt) -> Result<Response<Body>, Denied> {
        Ok(Response::new(Body::empty()))
    }
}

landfall::endpoint! {
    struct Web;
    secret_key_base = env("SECRET_KEY_BASE");
    socket(
        "/room/:id",
        RoomSocket,
        websocket(connect_info = [uri, user_agent, region = "eu"]),
        longpoll(
            path = "/poll",
            window = WINDOW,
            pubsub_timeout = millis(500),
            crypto(max_age = secs(600), key_iterations = ROUNDS, key_length = 2 * 32, key_digest = sha512),
            check_origin = conn,
            check_csrf = cfg!(unix),
            connect_info = [uri, user_agent, session(SESSION), region = "eu"],
            auth_token = true,
            transport_log = debug,
            outbox(limit = 65_536, overflow = drop_oldest),
            max_body_size = 1 << 20,
            max_batch = 200,
            max_sessions = 1_000,
            max_sessions_per_ip = 10,
        ),
    );
    socket("/name", EchoSocket, longpoll);
    socket("/true", EchoSocket, websocket = false, longpoll = true);
    socket("/long", EchoSocket, longpoll(
        window = on_purpose(secs(60), reason = "the clients wait for 70 s"),
        crypto(max_age = insecure(never, reason = "sessions end by silence")),
    ));
    socket("/preset", Everywhere, longpoll(window = secs(9), crypto(key_digest = sha384)));
    socket("/alone", Alone, websocket = false);
    socket("/off", Alone, longpoll = false);
    socket("/custom", EchoSocket, websocket = false, transport = Silent { path: "/silent" });
    socket("/all", EchoSocket, websocket, longpoll, transport = silent());
}

/// A secret that `init` sets needs no directive.
mod vault {
    use landfall::config::{Config, ConfigError};
    use landfall_ui_tests::EchoSocket;

    landfall::endpoint! {
        pub struct Web;
        socket("/s", EchoSocket, longpoll);
        fn init(mut config: Config) -> Result<Config, ConfigError> {
            config.secret_key_base = Some("from a vault, from a vault, from a vault, from a vault, from a vault".into());
            Ok(config)
        }
    }
}

fn silent() -> Silent {
    Silent { path: "" }
}

fn main() {
    assert!(vault::Web::DEF.mounts[0].longpoll.is_some());
    let [room, name, on, long, preset, alone, off, custom, all] = Web::DEF.mounts else {
        panic!("{:?}", Web::DEF)
    };
    let longpoll = room.longpoll.unwrap();
    assert_eq!((longpoll.path, longpoll.window, longpoll.pubsub_timeout), ("/poll", WINDOW, Duration::from_millis(500)));
    let crypto = TokenOptions {
        max_age: Duration::from_secs(600),
        key_iterations: 2_000,
        key_length: 64,
        key_digest: Digest::Sha512,
    };
    assert_eq!((longpoll.crypto, longpoll.check_origin), (crypto, Some(CheckOrigin::Conn)));
    assert!(longpoll.connect_info.grants("region") && longpoll.connect_info.grants("session"));
    assert!(longpoll.auth_token && longpoll.outbox.overflow == Overflow::DropOldest);
    assert_eq!((longpoll.max_body_size, longpoll.max_batch), (1 << 20, 200));
    assert_eq!((longpoll.max_sessions, longpoll.max_sessions_per_ip), (1_000, Some(10)));

    assert_eq!(name.longpoll.map(|longpoll| longpoll.window), Some(LongPoll::DEFAULT.window));
    assert!(name.websocket.is_some() && on.websocket.is_none() && on.longpoll.is_some());
    let long = long.longpoll.unwrap();
    assert_eq!((long.window, long.crypto.max_age), (Duration::from_secs(60), Duration::MAX));
    let preset = preset.longpoll.unwrap();
    assert_eq!((preset.window, preset.max_batch), (Duration::from_secs(9), 7));
    assert_eq!((preset.crypto.max_age, preset.crypto.key_digest), (Duration::from_secs(60), Digest::Sha384));
    assert!(alone.websocket.is_none() && alone.longpoll.is_some());
    assert!(off.websocket.is_some() && off.longpoll.is_none());
    assert!(custom.websocket.is_none() && custom.longpoll.is_none());
    assert!(custom.transport.is_some());
    assert!(all.websocket.is_some() && all.longpoll.is_some() && all.transport.is_some());
}
