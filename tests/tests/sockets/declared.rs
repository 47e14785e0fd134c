//! What a declaration says about transports, as seen by a client of their paths.

use landfall::{
    Body, Endpoint, Message, Socket, endpoint, socket,
    socket::{Outbox, Refused},
    transport::{Attempt, Denied, Transport, TransportOptions},
};
use landfall_tests::{
    client::{ask, port},
    wire::Request,
};

const SECRET: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

struct Plain;

#[socket]
impl Plain {
    fn connect() -> Result<Self, Refused> {
        Ok(Plain)
    }
    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

struct Preset;

#[socket(longpoll(path = "/preset", max_sessions = 1))]
impl Preset {
    fn connect() -> Result<Self, Refused> {
        Ok(Preset)
    }
    fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

/// Answers every request with its own path.
struct Path(&'static str);

impl Transport for Path {
    const NAME: &'static str = "path";

    fn options(&self) -> TransportOptions {
        TransportOptions {
            path: self.0,
            ..TransportOptions::DEFAULT
        }
    }

    async fn answer<S: Socket>(&self, _: Attempt) -> Result<http::Response<Body>, Denied> {
        Ok(http::Response::new(Body::from(self.0)))
    }
}

endpoint! {
    struct Site;

    http(ip = [127, 0, 0, 1], port = 0);
    server = true;
    secret_key_base = insecure(SECRET, reason = "a test");
    socket("/off", Plain);
    socket("/on", Plain, longpoll, transport = Path("/path"));
    socket("/other", Plain, websocket = false, longpoll(path = "/poll"));
    socket("/preset", Preset, websocket = false);
    socket("/wider", Preset, longpoll(max_sessions = 2));
    socket("/never", Preset, longpoll = false);
}

#[tokio::test]
async fn each_transport_is_served_where_it_is_declared() {
    let site = Site::start().await.expect("a start");
    let port = port(&site);
    let status = async |path: &str| ask(port, &Request::get(path)).await.status;

    for (path, expected) in [
        ("/off/longpoll", 404),
        ("/off/websocket", 400),
        ("/on/longpoll", 200),
        ("/on/websocket", 400),
        ("/on/path", 200),
        ("/other/longpoll", 404),
        ("/other/poll", 200),
        ("/other/websocket", 404),
        ("/preset/preset", 200),
        ("/preset/websocket", 404),
        ("/never/preset", 404),
        ("/never/websocket", 400),
    ] {
        assert_eq!(status(path).await, expected, "{path}");
    }
    assert_eq!(
        status("/preset/preset").await,
        503,
        "a second session, where the socket's options allow one"
    );
    assert_eq!(status("/wider/preset").await, 200);
    assert_eq!(status("/wider/preset").await, 200, "the mount allows two");
    assert_eq!(status("/wider/preset").await, 503);
    site.shutdown().await.expect("an end");
}
