//! The log and the client are told how the client broke the protocol, and not what it sent.
//! A program of its own: tracing caches for the whole program which events are wanted.

use http::Response;
use landfall::{
    Running,
    message::Unsupported,
    prelude::*,
    testing::Network,
    transport::{Attempt, Denied, Format, Transport, TransportOptions},
};
use landfall_tests::{
    client::Client,
    logged::Log,
    longpoll::{Poller, batch, post},
    wire::{Connection, Frame, Request},
};
use tracing::Level;

const SECRET: &str = "a secret of 64 bytes for a site that is there for its tests only.";
/// What no line of the log may hold.
const SENT: &str = "hush-hush";

endpoint! {
    struct Strict;

    http(port = 4000);
    server = true;
    secret_key_base = SECRET;
    socket(
        "/raw",
        Strings,
        websocket(compress = true, max_frame_size = 200_000),
        longpoll(max_body_size = 1_000, max_batch = 2),
        transport = Bodies,
    );
    socket("/channels", Users, longpoll, transport = Bodies);
}

/// Accepts one word, and ends the connection of a client that says another.
struct Strings;

#[socket]
impl Strings {
    fn connect() -> Result<Self, Refused> {
        Ok(Strings)
    }

    async fn handle_in(&mut self, message: Message, _: &mut Outbox) -> Flow {
        match message.as_text() {
            Some("hello") => Flow::Continue,
            _ => Flow::Stop {
                code: 1003,
                text: "not a word of ours".into(),
                reason: Reason::Protocol("not a word of ours".into()),
            },
        }
    }
}

struct Users;

#[socket(channel("room:*", Room))]
impl Users {
    fn connect() -> Result<Self, Refused> {
        Ok(Users)
    }
}

struct Room;

#[channel(Users)]
impl Room {
    fn join() -> Result<Self, JoinError> {
        Ok(Room)
    }
}

/// A transport that hands its body to the socket, and ends.
struct Bodies;

struct Plain;

impl Format for Plain {
    fn format(message: Message) -> Result<bytes::Bytes, Unsupported> {
        Ok(message.into_bytes())
    }
}

impl Transport for Bodies {
    const NAME: &'static str = "bodies";

    fn options(&self) -> TransportOptions {
        TransportOptions {
            path: "/bodies",
            ..TransportOptions::DEFAULT
        }
    }

    async fn answer<S: Socket>(&self, mut attempt: Attempt) -> Result<Response<Body>, Denied> {
        let params = attempt.params()?;
        let body = attempt.read_body(1_000).await?;
        let (driver, outgoing) = attempt.connect::<S, Plain>(params, None).await?;
        driver.spawn(|mut driver| async move {
            let mut flow = driver.init().await;
            if flow == Flow::Continue {
                flow = match body.starts_with(b"!") {
                    true => Flow::Stop {
                        code: 1003,
                        text: "".into(),
                        reason: Reason::Protocol("a shout".into()),
                    },
                    false => driver.deliver(body.into()).await,
                };
            }
            if let Flow::Stop { reason, .. } = flow {
                driver.terminate(reason);
            }
        });
        Ok(Response::new(outgoing.into_body()))
    }
}

/// Logs to `log` what happens on this thread, from `info` on.
fn start(log: &Log) -> tracing::subscriber::DefaultGuard {
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::INFO)
        .with_ansi(false)
        .without_time()
        .with_target(false)
        .with_writer(move || writer.clone());
    tracing::subscriber::set_default(subscriber.finish())
}

/// The log's lines about broken protocols since the last call.
fn violations(log: &Log) -> Vec<String> {
    let text = log.take();
    assert!(!text.contains(SENT), "{text}");
    let line = |line: &str| {
        line.strip_prefix(" INFO a client broke the protocol: ")
            .map(str::to_owned)
    };
    text.lines().filter_map(line).collect()
}

struct Scene {
    site: Running<Strict>,
    network: Network,
    log: Log,
    _logging: tracing::subscriber::DefaultGuard,
}

impl Scene {
    async fn start() -> Self {
        let log = Log::default();
        let logging = start(&log);
        let (network, listener) = Network::new();
        let site = Strict::builder()
            .listener(listener)
            .start()
            .await
            .expect("it starts");
        Scene {
            site,
            network,
            log,
            _logging: logging,
        }
    }

    /// Waits until every connection has ended. Asserts that the log holds just this violation.
    async fn tells(&self, socket: &str, text: &str) {
        landfall_tests::wait::until("its connection ends", || self.site.stats().connections == 0)
            .await;
        assert_eq!(
            violations(&self.log),
            [format!("{text} socket=\"{socket}\"")]
        );
    }
}

fn fragments() -> Vec<Frame> {
    let more = Frame::new(0, []).unfinished();
    [vec![Frame::new(2, []).unfinished()], vec![more; 100_000]].concat()
}

#[tokio::test(start_paused = true)]
async fn a_websocket_is_closed_with_the_cause() {
    let scene = Scene::start().await;
    let text = || Frame::text(SENT);
    let not_utf8 = || Frame::new(1, [SENT.as_bytes(), b"\xff"].concat());
    for (frames, code, cause) in [
        (
            vec![Frame {
                masked: false,
                ..text()
            }],
            1002,
            "the frame is not masked",
        ),
        (vec![text().rsv(2)], 1002, "reserved bits are set"),
        (vec![Frame::new(3, SENT)], 1002, "reserved opcode"),
        (vec![Frame::new(0, SENT)], 1002, "nothing to continue"),
        (
            vec![text().unfinished(), text()],
            1002,
            "a message begins before the last one has ended",
        ),
        (
            vec![Frame::ping(SENT.as_bytes()).unfinished()],
            1002,
            "a control frame is fragmented",
        ),
        (
            vec![Frame::ping(&[b'x'; 126])],
            1002,
            "a control frame is too long",
        ),
        (
            vec![Frame::new(8, [3])],
            1002,
            "the close frame has half a code",
        ),
        (
            vec![Frame::close(1005, SENT.as_bytes())],
            1002,
            "the close code may not be sent",
        ),
        (
            vec![Frame::close(1000, b"hush-hush\xff")],
            1002,
            "the close text is not UTF-8",
        ),
        (vec![not_utf8()], 1007, "the text is not UTF-8"),
        (fragments(), 1008, "the message has too many fragments"),
        (
            vec![Frame::binary(&[b'x'; 200_001])],
            1009,
            "the frame is too large",
        ),
        (
            vec![
                Frame::binary(&[b'x'; 200_000]).unfinished(),
                Frame::new(0, SENT),
            ],
            1009,
            "the message is too large",
        ),
        (vec![text()], 1003, "not a word of ours"),
    ] {
        let mut client = Client::through(&scene.network, "/raw/websocket").await;
        client.send_all(&frames).await;
        let close = client.hear().await;
        assert_eq!(
            (close.opcode, close.close_code()),
            (8, Some(code)),
            "{cause}"
        );
        assert_eq!(String::from_utf8_lossy(&close.payload[2..]), cause);
        drop(client);
        scene.tells("Strings", cause).await;
    }
    let cause = "undecodable message: expected an array of at least 5 elements";
    let mut client = Client::through(&scene.network, "/channels/websocket?vsn=2.0.0").await;
    client.text(&format!("[\"{SENT}\"]")).await;
    let close = client.hear().await;
    assert_eq!(
        (close.close_code(), &close.payload[2..]),
        (Some(1011), cause.as_bytes())
    );
    drop(client);
    scene.tells("Users", cause).await;
    scene.site.shutdown().await.expect("a clean end");
}

#[tokio::test(start_paused = true)]
async fn compression_that_is_broken_is_told_too() {
    let scene = Scene::start().await;
    let offer =
        Request::upgrade("/raw/websocket").header("sec-websocket-extensions", "permessage-deflate");
    let bomb = landfall_tests::wire::Deflater::default().deflate(&vec![0; 200_001]);
    for (frame, code, cause) in [
        (
            Frame::new(2, b"\xff\xff\xff".to_vec()).rsv(4),
            1007,
            "the message cannot be inflated",
        ),
        (
            Frame::new(2, bomb).rsv(4),
            1009,
            "the inflated message is too large",
        ),
        (
            Frame::ping(b"").rsv(4),
            1002,
            "the frame says it is compressed where it must not be",
        ),
    ] {
        let mut client = Client::over(Connection::through(&scene.network).await, &offer).await;
        client.send(frame).await;
        let close = client.hear().await;
        assert_eq!(
            (
                close.close_code(),
                String::from_utf8_lossy(&close.payload[2..]).as_ref()
            ),
            (Some(code), cause)
        );
        drop(client);
        scene.tells("Strings", cause).await;
    }
    scene.site.shutdown().await.expect("a clean end");
}

#[tokio::test(start_paused = true)]
async fn longpoll_tells_the_log() {
    let scene = Scene::start().await;
    for (mount, lines, body, cause) in [
        ("/raw", false, SENT.to_owned(), "not a word of ours"),
        (
            "/channels",
            false,
            format!("[\"{SENT}\"]"),
            "undecodable message: expected an array of at least 5 elements",
        ),
    ] {
        let target = format!("{mount}/longpoll?vsn=2.0.0");
        let mut poller = Poller::open(Connection::through(&scene.network).await, &target).await;
        let request = if lines {
            batch(&target, &poller.token, &body)
        } else {
            post(&target, &poller.token, &body)
        };
        poller.send(&request).await.expect("an answer");
        scene
            .tells(if mount == "/raw" { "Strings" } else { "Users" }, cause)
            .await;
    }
    // A body that cannot be read ends its request, and not the session.
    let target = "/raw/longpoll";
    let mut poller = Poller::open(Connection::through(&scene.network).await, target).await;
    for (request, status, cause) in [
        (
            batch(target, &poller.token, &format!("{SENT}!")),
            400,
            "a line is neither a JSON list nor a binary message in base64",
        ),
        (
            batch(target, &poller.token, "[1]\n[2]\n[3]"),
            413,
            "the body has too many messages",
        ),
        (
            post(target, &poller.token, &SENT.repeat(200)),
            413,
            "the body is too large",
        ),
    ] {
        let response = Connection::through(&scene.network)
            .await
            .request(&request)
            .await
            .expect("an answer");
        assert_eq!((response.status, response.body.as_str()), (status, cause));
        assert_eq!(
            violations(&scene.log),
            [format!("{cause} socket=\"Strings\"")]
        );
    }
    assert_eq!(poller.say("hello").await, 200);
    assert_eq!(violations(&scene.log), [""; 0]);
    scene.site.shutdown().await.expect("a clean end");
}

#[tokio::test(start_paused = true)]
async fn a_transport_of_ones_own_tells_the_log() {
    let scene = Scene::start().await;
    let loud = format!("!{SENT}");
    let long = SENT.repeat(200);
    for (body, cause) in [
        (SENT, "not a word of ours"),
        (loud.as_str(), "a shout"),
        (long.as_str(), "the body is too large"),
    ] {
        let request = Request {
            method: "POST".to_owned(),
            body: body.to_owned(),
            ..Request::get("/raw/bodies")
        }
        .header("content-length", &body.len().to_string());
        Connection::through(&scene.network)
            .await
            .request(&request)
            .await
            .expect("an answer");
        scene.tells("Strings", cause).await;
    }
    scene.site.shutdown().await.expect("a clean end");
}
