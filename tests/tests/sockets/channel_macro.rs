//! Channels written with `#[channel]`, seen by a client.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    net::{SocketAddr, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use landfall::{
    channel::{IntoAnswer, Requirement, V2, Versioned},
    config::Scheme,
    prelude::*,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;
use tungstenite::{Message as Frame, WebSocket};

endpoint! {
    struct Web;

    state = Ended;
    http(ip = [127, 0, 0, 1], port = 0);

    socket("/socket/:name", UserSocket);
    #[allow(deprecated, reason = "the client of the test knows the path")]
    socket("/only", OnlyV2, websocket(path = "/ws"));
}

struct UserSocket {
    name: String,
}

const PLAIN: Kind = Kind { size: 3 };

#[socket(
    channel("room:lobby", Lobby, assigns = PLAIN),
    channel("room:*", Room),
    channel("generic:*", Generic<u8>),
    max_channels = 3,
    log = debug,
)]
impl UserSocket {
    async fn connect(#[param] name: String, handle: Handle) -> Result<Self, Refused> {
        assert_eq!(handle.pubsub().subscribers("nobody"), 0);
        Ok(UserSocket { name })
    }

    fn id(&self) -> Option<String> {
        Some(Self::topic(&self.name))
    }

    fn topic(name: &str) -> String {
        format!("users:{name}")
    }
}

struct OnlyV2;

#[socket(channel("*", Lobby2), serializers = [(V2, "~> 2.0.0")])]
impl OnlyV2 {
    fn connect() -> Result<Self, Refused> {
        Ok(OnlyV2)
    }
}

struct Lobby2;

#[channel(OnlyV2)]
impl Lobby2 {
    fn join() -> Self {
        Lobby2
    }
}

/// The state: which rooms have ended, and why.
#[derive(Clone, Default)]
struct Ended(Arc<Mutex<Vec<(u32, Reason)>>>);

impl Ended {
    fn list(&self) -> MutexGuard<'_, Vec<(u32, Reason)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Room {
    id: u32,
    name: String,
    ended: Ended,
    mailbox: channel::Mailbox<Tick>,
}

#[derive(Deserialize)]
struct JoinRoom {
    password: String,
}

#[derive(Deserialize, Serialize)]
struct Said {
    text: String,
}

#[derive(Debug)]
enum Tick {
    Now(u8),
}

#[channel(UserSocket)]
impl Room {
    const PASSWORD: &str = "sesame";

    async fn join(
        #[rest] id: u32,
        #[topic] topic: &str,
        #[payload] params: JoinRoom,
        #[state] ended: Ended,
        socket: &UserSocket,
        shared: Arc<UserSocket>,
        mailbox: channel::Mailbox<Tick>,
        whole: Join<Self>,
    ) -> Result<(Self, Value), JoinError> {
        assert_eq!(
            (topic, whole.rest()),
            (whole.topic(), id.to_string().as_str())
        );
        assert_eq!(socket.name, shared.name);
        if params.password != Self::PASSWORD {
            return Err(JoinError::because("wrong password"));
        }
        Ok((
            Room {
                id,
                name: shared.name.clone(),
                ended,
                mailbox,
            },
            json!({"welcome": socket.name}),
        ))
    }

    #[handle_in("said")]
    async fn said(&mut self, said: Said, out: &mut Outlet) -> Result<Reply, Reply> {
        out.broadcast("said", json!({"text": said.text}))?;
        Ok(Reply::ok(json!({"id": self.id})))
    }

    #[handle_in("bytes")]
    fn bytes(&mut self, Binary(bytes): Binary) -> Reply {
        Reply::ok(json!({"length": bytes.len()}))
    }

    #[handle_in("ping", "pong")]
    fn name_of(&mut self, event: Event) -> Reply {
        Reply::ok(json!({"event": event.name()}))
    }

    #[handle_in("later")]
    async fn later(&mut self) -> Result<(), landfall::socket::MailboxError<Tick>> {
        self.mailbox.send(Tick::Now(7))
    }

    #[handle_in("stop")]
    #[handle_out("stop")]
    async fn stop(&mut self, out: &mut Outlet) -> Answer {
        out.push("stopping", json!({}));
        Answer::stop()
    }

    async fn handle_in(&mut self, event: Event, _: &mut Outlet) -> Option<Reply> {
        (event.name() != "silent").then(|| Reply::ok(json!({"other": event.name()})))
    }

    async fn handle_info(&mut self, Tick::Now(tick): Tick, out: &mut Outlet) {
        out.push("tick", json!({"tick": tick}));
    }

    #[handle_out("said")]
    async fn hear(&mut self, said: Said, out: &mut Outlet) {
        out.push("said", json!({"text": said.text, "to": self.name}));
    }

    fn terminate(self, reason: Reason) {
        self.ended.list().push((self.id, reason));
    }
}

struct Kind {
    size: u8,
}

struct Lobby(u8);

#[channel(UserSocket)]
impl Lobby {
    fn join(#[assigns] kind: &'static Kind, #[rest] rest: &str) -> Self {
        assert_eq!(rest, "");
        Lobby(kind.size)
    }

    #[handle_in("size")]
    fn size(&mut self, _: Value) -> impl IntoAnswer + use<> {
        Reply::ok(json!({"size": self.0}))
    }
}

struct Generic<T>(T);

#[channel(UserSocket)]
impl<T: Default + ToString + Send + 'static> Generic<T> {
    async fn join(#[payload] _params: Payload) -> Result<Self, std::num::ParseIntError> {
        let _: u8 = "1".parse()?;
        Ok(Generic(T::default()))
    }

    #[handle_in("value")]
    async fn value(&mut self) -> Reply {
        Reply::ok(json!({"value": self.0.to_string()}))
    }
}

struct Client(WebSocket<TcpStream>);

impl Client {
    fn open(address: SocketAddr, path: &str) -> Client {
        let url = format!("ws://{address}{path}");
        Client(
            tungstenite::client(url, TcpStream::connect(address).unwrap())
                .unwrap()
                .0,
        )
    }

    fn send(&mut self, topic: &str, event: &str, payload: Value) {
        let message = json!(["1", "2", topic, event, payload]);
        self.0.send(Frame::text(message.to_string())).unwrap();
    }

    /// Event and payload of the next message.
    fn read(&mut self) -> (String, Value) {
        let text = self.0.read().unwrap().into_text().unwrap();
        let (_, _, _, event, payload): (Value, Value, Value, String, Value) =
            serde_json::from_str(&text).unwrap();
        (event, payload)
    }

    /// Status and response of the next message, which is a reply.
    fn reply(&mut self) -> (String, Value) {
        let (event, mut payload) = self.read();
        assert_eq!(event, "phx_reply", "{payload}");
        (
            payload["status"].as_str().unwrap().to_owned(),
            payload["response"].take(),
        )
    }

    fn ask(&mut self, topic: &str, event: &str, payload: Value) -> (String, Value) {
        self.send(topic, event, payload);
        self.reply()
    }

    fn join(&mut self, topic: &str, payload: Value) -> (String, Value) {
        self.ask(topic, "phx_join", payload)
    }
}

fn ok(response: Value) -> (String, Value) {
    ("ok".to_owned(), response)
}

fn refused(reason: &str) -> (String, Value) {
    ("error".to_owned(), json!({"reason": reason}))
}

/// Starts an endpoint, and runs a client that blocks.
async fn with_client(client: impl FnOnce(SocketAddr) + Send + 'static) -> Ended {
    let web = Web::builder_with(Ended::default()).start().await.unwrap();
    let landfall::endpoint::Address::Tcp(address) = web.server_info(Scheme::Http).unwrap() else {
        panic!("not TCP");
    };
    spawn_blocking(move || client(address)).await.unwrap();
    web.shutdown().await.unwrap();
    web.state().clone()
}

#[tokio::test]
async fn join_takes_its_arguments() {
    with_client(|address| {
        let mut ann = Client::open(address, "/socket/ann/websocket?vsn=2.0.0");
        let right = || json!({"password": "sesame"});
        assert_eq!(ann.join("room:1", right()), ok(json!({"welcome": "ann"})));
        assert_eq!(
            ann.join("room:2", json!({"password": "x"})),
            refused("wrong password")
        );
        assert_eq!(ann.join("room:3", json!({})), refused("invalid payload"));
        assert_eq!(ann.join("room:three", right()), refused("unmatched topic"));
        assert_eq!(ann.join("hall:1", right()), refused("unmatched topic"));
        assert_eq!(ann.join("room:lobby", json!({})), ok(json!({})));
        assert_eq!(
            ann.ask("room:lobby", "size", json!({})),
            ok(json!({"size": 3}))
        );
        assert_eq!(ann.join("generic:x", json!({})), ok(json!({})));
        assert_eq!(
            ann.ask("generic:x", "value", json!({})),
            ok(json!({"value": "0"}))
        );
        assert_eq!(
            ann.join("generic:y", json!({})),
            refused("too many channels joined")
        );
    })
    .await;
}

#[tokio::test]
async fn events_find_their_handlers() {
    let ended = with_client(|address| {
        let mut bob = Client::open(address, "/socket/bob/websocket?vsn=2.0.0");
        bob.join("room:11", json!({"password": "sesame"}));
        bob.send("room:11", "said", json!({"text": "ahoy"}));
        assert_eq!(bob.reply(), ok(json!({"id": 11})));
        assert_eq!(
            bob.read(),
            ("said".to_owned(), json!({"text": "ahoy", "to": "bob"}))
        );
        assert_eq!(
            bob.ask("room:11", "said", json!({"txt": 1})),
            refused("invalid payload")
        );
        assert_eq!(
            bob.ask("room:11", "bytes", json!({})),
            refused("invalid payload")
        );
        let header = [&[0, 1, 1, 7, 5], "12room:11bytes".as_bytes(), &[9, 9, 9]].concat();
        bob.0.send(Frame::binary(header)).unwrap();
        assert_eq!(bob.reply(), ok(json!({"length": 3})));
        assert_eq!(
            bob.ask("room:11", "pong", json!(null)),
            ok(json!({"event": "pong"}))
        );
        assert_eq!(
            bob.ask("room:11", "unheard", json!({})),
            ok(json!({"other": "unheard"}))
        );
        bob.send("room:11", "silent", json!({}));
        bob.send("room:11", "later", json!({}));
        assert_eq!(bob.read(), ("tick".to_owned(), json!({"tick": 7})));
        bob.join("room:lobby", json!({}));
        assert_eq!(
            bob.ask("room:lobby", "unheard", json!({})),
            refused("unknown event")
        );
        bob.send("room:11", "stop", json!({}));
        assert_eq!(bob.read().0, "stopping");
        assert_eq!(bob.read().0, "phx_close");
    })
    .await;
    assert_eq!(*ended.list(), [(11, Reason::Normal)]);
}

#[tokio::test]
async fn broadcasts_find_their_handlers() {
    let web = Web::builder_with(Ended::default()).start().await.unwrap();
    let landfall::endpoint::Address::Tcp(address) = web.server_info(Scheme::Http).unwrap() else {
        panic!("not TCP");
    };
    let mut amy = spawn_blocking(move || {
        let mut amy = Client::open(address, "/socket/amy/websocket?vsn=2.0.0");
        assert_eq!(amy.join("room:21", json!({"password": "sesame"})).0, "ok");
        amy
    })
    .await
    .unwrap();
    // The first does not fit its handler, and no client gets it.
    web.broadcast("room:21", "said", json!({"txt": "lost"}))
        .unwrap();
    web.broadcast("room:21", "said", json!({"text": "found"}))
        .unwrap();
    web.broadcast("room:22", "said", json!({"text": "elsewhere"}))
        .unwrap();
    amy = spawn_blocking(move || {
        assert_eq!(
            amy.read(),
            ("said".to_owned(), json!({"text": "found", "to": "amy"}))
        );
        amy
    })
    .await
    .unwrap();
    web.broadcast("room:21", "unhandled", json!({"as": "it is"}))
        .unwrap();
    amy = spawn_blocking(move || {
        assert_eq!(amy.read(), ("unhandled".to_owned(), json!({"as": "it is"})));
        amy
    })
    .await
    .unwrap();
    web.broadcast("room:21", "stop", json!({})).unwrap();
    spawn_blocking(move || {
        assert_eq!(amy.read().0, "stopping");
        assert_eq!(amy.read().0, "phx_close");
    })
    .await
    .unwrap();
    web.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_socket_is_disconnected_by_its_id() {
    let web = Web::builder_with(Ended::default()).start().await.unwrap();
    let landfall::endpoint::Address::Tcp(address) = web.server_info(Scheme::Http).unwrap() else {
        panic!("not TCP");
    };
    let mut eve = spawn_blocking(move || {
        let mut eve = Client::open(address, "/socket/eve/websocket?vsn=2.0.0");
        assert_eq!(eve.join("room:lobby", json!({})), ok(json!({})));
        eve
    })
    .await
    .unwrap();
    web.broadcast("users:eve", "disconnect", json!({})).unwrap();
    spawn_blocking(move || assert!(eve.0.read().unwrap().is_close()))
        .await
        .unwrap();
    web.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_socket_speaks_what_it_says() {
    with_client(|address| {
        let mut new = Client::open(address, "/only/ws?vsn=2.0.0");
        assert_eq!(new.join("anything", json!({})), ok(json!({})));
        let url = format!("ws://{address}/only/ws?vsn=1.0.0");
        let old = tungstenite::client(url, TcpStream::connect(address).unwrap());
        assert!(old.is_err());
    })
    .await;
}

#[test]
fn options_are_constants_of_the_socket() {
    use landfall::channel::ChannelSocket;
    assert_eq!((UserSocket::MAX_CHANNELS, OnlyV2::MAX_CHANNELS), (3, 100));
    assert_eq!(UserSocket::OPTIONS.log, Some(tracing::Level::DEBUG));
    assert_eq!(UserSocket::NEEDS.params, ["name"]);
    let routes = format!("{:?}", UserSocket::CHANNELS);
    assert!(
        routes.contains("\"generic:*\"") && routes.contains("Generic<u8>"),
        "{routes}"
    );
    let only = Versioned::new(&V2, Requirement::new("~> 2.0.0"));
    assert_eq!(format!("{:?}", OnlyV2::SERIALIZERS), format!("[{only:?}]"));
}
