//! Sockets and their children see the mount that they belong to.

use bytes::Bytes;
use http::Response;
use landfall::{
    Body, Endpoint, Message, Running, Socket,
    channel::{V2, Versioned},
    endpoint,
    message::Unsupported,
    mount::{Mounted, Timeout},
    prelude::channel,
    socket,
    socket::{Children, Connect, Outbox, Refused, TransportKind},
    testing::Network,
    transport::{Attempt, Denied, Format, Transport, TransportOptions},
};
use landfall_tests::{
    client::Client,
    longpoll::Poller,
    wire::{Connection, Request},
};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

endpoint! {
    struct Site;

    state = Seen;
    http(port = 4000);
    server = true;
    secret_key_base = insecure("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", reason = "a test");
    socket("/one", Plain, websocket(timeout = secs(7)), longpoll(window = secs(3)), drainer(batch_size = 5));
    socket("/two", Plain, websocket = false, transport = Lines, drainer = false);
    socket("/whole", Whole);
    socket("/user", User, log = debug);
    socket("/lost", Lost);
}

/// What sockets and children have seen, a line each.
#[derive(Clone)]
struct Seen(UnboundedSender<String>);

impl Seen {
    fn tell(&self, line: String) {
        self.0.send(line).expect("the test listens");
    }
}

struct Plain;

#[socket]
impl Plain {
    fn children(children: &mut Children) {
        let mounts = children.mounts().iter();
        let line = |mount: &Mounted| {
            let batch = mount.drainer.map(|drainer| drainer.batch_size);
            format!("{} drains {batch:?}", mount.path)
        };
        let lines: Vec<String> = mounts.map(line).collect();
        children.add("witness", move |handle| {
            let lines = lines.join(", ");
            async move { handle.state::<Seen>().expect("a state").tell(lines) }
        });
    }

    async fn connect(
        mount: Mounted,
        options: TransportOptions,
        transport: TransportKind,
        #[state] seen: Seen,
    ) -> Result<Self, Refused> {
        let Timeout::After(timeout) = options.timeout else {
            return Err(Refused::new());
        };
        let batch = mount.drainer.map(|drainer| drainer.batch_size);
        let (of, path) = (mount.path, options.path);
        seen.tell(format!("{transport} {of}{path} {timeout:?} {batch:?}"));
        Ok(Plain)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

/// Takes the whole attempt.
struct Whole;

#[socket]
impl Whole {
    async fn connect(connect: Connect<()>) -> Result<Self, Refused> {
        let seen = connect.handle().state::<Seen>().expect("a state");
        let (mount, options) = (connect.mount(), connect.options());
        assert!(
            Versioned::of(&connect).is_none(),
            "it has no channels, and no serializer"
        );
        seen.tell(format!("{} {}", mount.path, options.path));
        Ok(Whole)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

struct User;

#[socket(channel("lobby", Lobby), serializers = [(V2, "~> 2.0.0")])]
impl User {
    async fn connect(
        speaks: &'static Versioned,
        mount: Mounted,
        #[state] seen: Seen,
    ) -> Result<Self, Refused> {
        seen.tell(format!("{} {:?} {speaks:?}", mount.path, mount.log));
        Ok(User)
    }
}

struct Lobby;

#[channel(User)]
impl Lobby {
    fn join() -> Self {
        Lobby
    }
}

/// Asks for a serializer that it does not have.
struct Lost;

#[socket]
impl Lost {
    async fn connect(_: &'static Versioned) -> Result<Self, Refused> {
        Ok(Lost)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

/// Connects a client, and lets it go.
struct Lines;

impl Transport for Lines {
    const NAME: &'static str = "lines";

    fn options(&self) -> TransportOptions {
        TransportOptions {
            path: "/lines",
            timeout: Timeout::After(std::time::Duration::from_secs(9)),
            ..TransportOptions::DEFAULT
        }
    }

    async fn answer<S: Socket>(&self, attempt: Attempt) -> Result<Response<Body>, Denied> {
        drop(attempt.connect::<S, Line>(attempt.params()?, None).await?);
        Ok(Response::new(Body::empty()))
    }
}

struct Line;

impl Format for Line {
    fn format(_: Message) -> Result<Bytes, Unsupported> {
        Err(Unsupported::new("nothing is sent"))
    }
}

async fn start() -> (Running<Site>, Network, UnboundedReceiver<String>) {
    let (seen, lines) = unbounded_channel();
    let (network, listener) = Network::new();
    let site = Site::builder_with(Seen(seen)).listener(listener).start();
    (site.await.expect("the site starts"), network, lines)
}

#[tokio::test(start_paused = true)]
async fn children_see_all_mounts_of_their_socket() {
    let (site, _network, mut lines) = start().await;
    let line = lines.recv().await.expect("a line");
    assert_eq!(line, "/one drains Some(5), /two drains None");
    site.shutdown().await.expect("a clean end");
    assert_eq!(lines.try_recv().ok(), None, "one child saw both mounts");
}

#[tokio::test(start_paused = true)]
async fn connect_sees_its_mount_and_its_transport() {
    let (_site, network, mut lines) = start().await;
    lines.recv().await.expect("the line of the child");
    let _one = Client::through(&network, "/one/websocket").await;
    assert_eq!(
        lines.recv().await.as_deref(),
        Some("websocket /one/websocket 7s Some(5)")
    );
    let _polling = Poller::open(Connection::through(&network).await, "/one/longpoll").await;
    assert_eq!(
        lines.recv().await.as_deref(),
        Some("longpoll /one/longpoll 4.5s Some(5)")
    );
    let mut connection = Connection::through(&network).await;
    let answer = connection.request(&Request::get("/two/lines")).await;
    assert_eq!(answer.expect("an answer").status, 200);
    assert_eq!(
        lines.recv().await.as_deref(),
        Some("lines /two/lines 9s None")
    );
    let _whole = Client::through(&network, "/whole/websocket").await;
    assert_eq!(lines.recv().await.as_deref(), Some("/whole /websocket"));
}

#[tokio::test(start_paused = true)]
async fn connect_of_a_socket_with_channels_sees_the_serializer() {
    let (_site, network, mut lines) = start().await;
    lines.recv().await.expect("the line of the child");
    let _user = Client::through(&network, "/user/websocket?vsn=2.0.0").await;
    let line = lines.recv().await.expect("a line");
    assert!(
        line.starts_with("/user Some(Level(Debug)) {") && line.contains("2.0.0"),
        "{line}"
    );
    let mut connection = Connection::through(&network).await;
    let request = Request::upgrade("/lost/websocket");
    let answer = connection.request(&request).await;
    assert_eq!(answer.expect("an answer").status, 500);
}
