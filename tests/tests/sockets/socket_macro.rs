//! Sockets written with `#[socket]`, seen by clients.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    net::{IpAddr, SocketAddr, TcpStream},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use http::{HeaderName, HeaderValue};
use landfall::{Running, config::Scheme, prelude::*, socket::TransportKind};
use tokio::task::spawn_blocking;
use tungstenite::{HandshakeError, WebSocket, client::IntoClientRequest, http::StatusCode};

endpoint! {
    struct Web;

    state = Ended;
    http(ip = [127, 0, 0, 1], port = 0);

    socket("/room/:room_id", Room, websocket(connect_info = [peer_data, user_agent, trace_context_headers, region = "eu", weight = 9u8]));
    socket("/plain", Plain);
    socket("/kinds", Kinds);
    socket("/own", OwnError);
    socket("/generic", Generic<u8>);
}

/// The state: which rooms have ended, and why.
#[derive(Clone, Default)]
struct Ended(Arc<Mutex<Vec<(u64, Reason)>>>);

impl Ended {
    fn list(&self) -> MutexGuard<'_, Vec<(u64, Reason)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Room {
    line: String,
    id: u64,
    ended: Ended,
}

#[derive(Debug)]
enum Event {
    Said(String),
}

#[socket(websocket(compress = true, timeout = secs(45)), log = false)]
impl Room {
    const SEPARATOR: char = ' ';

    async fn connect(
        #[param] room_id: u64,
        #[param] token: Option<String>,
        #[param(default = 1)] page: u32,
        #[param(from_str, name = "from")] address: Option<IpAddr>,
        #[info] peer_data: PeerData,
        #[info] user_agent: Option<String>,
        #[info] region: &'static str,
        #[info(default = 7)] weight: u8,
        #[state] ended: Ended,
        #[info(default)] trace_context_headers: Vec<(HeaderName, HeaderValue)>,
        handle: Handle,
        mailbox: Mailbox<Event>,
        transport: TransportKind,
        params: Params,
    ) -> Result<Self, Refused> {
        let token = token.ok_or_else(Refused::new)?;
        assert!(peer_data.address.ip().is_loopback() && handle.pubsub().subscribers("nobody") == 0);
        assert_eq!(transport, TransportKind::WebSocket);
        mailbox.send(Event::Said("welcome".to_owned()))?;
        let (names, agent) = (params.len(), user_agent.unwrap_or_default());
        assert!(trace_context_headers.is_empty());
        let line = [
            token,
            page.to_string(),
            format!("{address:?}"),
            agent,
            region.to_owned(),
            weight.to_string(),
        ];
        Ok(Room {
            id: room_id,
            ended,
            line: format!("{}{}{names}", line.join(" "), Self::SEPARATOR),
        })
    }

    async fn init(&mut self, out: &mut Outbox) -> Flow {
        out.push(self.line());
        Flow::Continue
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        out.push(message);
        Flow::stop()
    }

    async fn handle_info(&mut self, Event::Said(text): Event, out: &mut Outbox) -> Flow {
        out.push(text);
        Flow::Continue
    }

    fn terminate(self, reason: Reason) {
        self.ended.list().push((self.id, reason));
    }

    fn line(&self) -> String {
        self.line.clone()
    }
}

struct Plain;

#[socket]
impl Plain {
    fn connect() -> Result<Self, Refused> {
        Ok(Plain)
    }

    fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        if message.is_empty() {
            return;
        }
        out.push(message);
    }
}

/// Takes the whole attempt, and a list of parameters.
struct Kinds(String);

#[socket]
impl Kinds {
    async fn connect(connect: Connect<()>, #[param] tags: Vec<u8>) -> Result<Self, Refused> {
        // It has no `handle_info`.
        let closed = connect.mailbox().is_closed();
        Ok(Kinds(format!("{:?} {tags:?} {closed}", connect.params())))
    }

    async fn handle_in(&mut self, _: Message, out: &mut Outbox) {
        out.push(self.0.clone());
    }
}

struct OwnError;

#[derive(Debug)]
struct NotToday;

impl std::fmt::Display for NotToday {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not today")
    }
}

impl std::error::Error for NotToday {}

#[socket]
impl OwnError {
    async fn connect(#[param] day: String) -> Result<Self, NotToday> {
        if day == "today" {
            Err(NotToday)
        } else {
            Ok(OwnError)
        }
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

struct Generic<T>(T);

#[socket]
impl<T: Default + ToString + Send + 'static> Generic<T> {
    async fn connect() -> Result<Self, Refused> {
        Ok(Generic(T::default()))
    }

    async fn handle_in(&mut self, _: Message, out: &mut Outbox) {
        out.push(self.0.to_string());
    }
}

type Client = WebSocket<TcpStream>;

fn address(web: &Running<Web>) -> SocketAddr {
    match web.server_info(Scheme::Http).unwrap() {
        landfall::endpoint::Address::Tcp(address) => address,
        other => panic!("{other} is not TCP"),
    }
}

fn open(address: SocketAddr, path: &str) -> Result<Client, (StatusCode, String)> {
    let mut request = format!("ws://{address}{path}")
        .into_client_request()
        .unwrap();
    request
        .headers_mut()
        .insert("user-agent", "test".parse().unwrap());
    match tungstenite::client(request, TcpStream::connect(address).unwrap()) {
        Ok((client, _)) => Ok(client),
        Err(HandshakeError::Failure(tungstenite::Error::Http(answer))) => {
            let text = answer.body().clone().unwrap_or_default();
            Err((answer.status(), String::from_utf8(text).unwrap()))
        }
        Err(other) => panic!("{other}"),
    }
}

fn read(client: &mut Client) -> String {
    client.read().unwrap().into_text().unwrap().to_string()
}

fn ask(address: SocketAddr, path: &str) -> String {
    let mut client = open(address, path).unwrap();
    client.send("ahoy".into()).unwrap();
    read(&mut client)
}

/// Starts an endpoint, and runs a client that blocks.
async fn with_client(client: impl FnOnce(SocketAddr) + Send + 'static) -> Ended {
    let web = Web::builder_with(Ended::default()).start().await.unwrap();
    let address = address(&web);
    spawn_blocking(move || client(address)).await.unwrap();
    web.shutdown().await.unwrap();
    web.state().clone()
}

#[tokio::test]
async fn arguments_are_taken_by_name_and_by_type() {
    let ended = with_client(|address| {
        let mut room = open(address, "/room/11/websocket?token=t&from=::1&room_id=12").unwrap();
        assert_eq!(read(&mut room), "t 1 Some(::1) test eu 9 3");
        assert_eq!(read(&mut room), "welcome");
        room.send("bye".into()).unwrap();
        assert_eq!(read(&mut room), "bye");
        assert!(room.read().unwrap().is_close());
    })
    .await;
    assert_eq!(*ended.list(), [(11, Reason::Normal)]);
}

#[tokio::test]
async fn arguments_that_do_not_fit_refuse() {
    with_client(|address| {
        let refused = |path| open(address, path).map(drop).unwrap_err().0;
        assert_eq!(
            refused("/room/eleven/websocket?token=t"),
            StatusCode::BAD_REQUEST
        );
        assert_eq!(
            refused("/room/12/websocket?token=t&page=-1"),
            StatusCode::BAD_REQUEST
        );
        assert_eq!(
            refused("/room/12/websocket?token=t&from=here"),
            StatusCode::BAD_REQUEST
        );
        assert_eq!(
            refused("/room/12/websocket?token[]=t"),
            StatusCode::BAD_REQUEST
        );
        assert_eq!(refused("/own/websocket"), StatusCode::BAD_REQUEST);
        assert_eq!(refused("/room/12/websocket"), StatusCode::FORBIDDEN);
        assert_eq!(
            refused("/own/websocket?day=today"),
            StatusCode::INTERNAL_SERVER_ERROR
        );
    })
    .await;
}

#[tokio::test]
async fn sockets_of_every_shape_answer() {
    with_client(|address| {
        assert_eq!(ask(address, "/plain/websocket"), "ahoy");
        assert_eq!(
            ask(address, "/kinds/websocket?tags[]=1&tags[]=2"),
            "Params {\"tags\"} [1, 2] true"
        );
        assert_eq!(ask(address, "/own/websocket?day=monday"), "ahoy");
        assert_eq!(ask(address, "/generic/websocket"), "0");
    })
    .await;
}

#[test]
fn needs_are_what_connect_takes() {
    let needs = Room::NEEDS;
    assert_eq!(
        needs.info,
        [
            "peer_data",
            "user_agent",
            "region",
            "weight",
            "trace_context_headers"
        ]
    );
    assert_eq!(needs.params, ["room_id"]);
    assert_eq!(needs.optional_params, ["token", "page", "from"]);
    assert!(Room::OPTIONS.websocket.compress && Room::OPTIONS.log.is_none());
}
