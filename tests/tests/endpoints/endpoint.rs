//! The life of an endpoint: start, side by side, children, stop.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::{
    convert::Infallible,
    future::poll_fn,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    time::Duration,
};

use landfall::{
    Body, Endpoint, EndpointHandle, Message, Socket,
    config::{Group, Http, Scheme, Setting, Settings},
    endpoint::{Address, EndpointDef, Pipeline},
    mount::{Mount, SocketDef},
    pubsub::{BroadcastError, PubSub, RecvError},
    socket::{Children, Connect, Flow, Outbox, Refused},
    testing::Network,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, DuplexStream},
    net::TcpStream,
    sync::Notify,
    time::{Instant, sleep},
};
use tower_service::Service;

/// An endpoint that listens on a port of the system's choice.
struct Web;

impl Endpoint for Web {
    type State = ();
    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Web",
        mounts: &[],
        ..EndpointDef::DEFAULT
    };

    fn settings() -> Settings {
        let http = Http {
            ip: Setting::given([127, 0, 0, 1]),
            port: Setting::exact(0),
            ..Http::DEFAULT
        };
        Settings {
            http: Group::on(http),
            ..Settings::default()
        }
    }
}

async fn get(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

fn tcp(address: Address) -> SocketAddr {
    let Address::Tcp(address) = address else {
        panic!("{address} is not TCP")
    };
    address
}

#[test]
fn a_start_outside_a_runtime_is_an_error() {
    let mut start = std::pin::pin!(Web::start());
    let poll = start.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    let Poll::Ready(Err(error)) = poll else {
        panic!("{poll:?}")
    };
    assert!(error.is_no_runtime() && !error.is_config());
    let text = error.to_string();
    assert!(
        text.starts_with("an endpoint cannot start outside a tokio runtime"),
        "{text}"
    );
    assert!(text.contains("help: "), "{text}");
}

#[tokio::test]
async fn says_where_it_listens_and_answers_there() {
    let web = Web::start().await.unwrap();
    let address = tcp(web.server_info(Scheme::Http).unwrap());
    assert_ne!(address.port(), 0);
    assert_eq!(web.url(), format!("http://localhost:{}", address.port()));
    assert_eq!(web.struct_url().port, address.port());
    assert!(web.server_info(Scheme::Https).is_err());
    assert!(get(address).await.unwrap().starts_with("HTTP/1.1 404 "));

    web.shutdown().await.unwrap();
    assert!(get(address).await.is_err(), "nobody listens any more");
    assert!(web.server_info(Scheme::Http).is_err());
    assert_eq!(web.stats().tasks, 0);
    web.shutdown().await.unwrap();
}

#[tokio::test]
async fn two_of_a_type_run_side_by_side() {
    let (one, two) = (Web::start().await.unwrap(), Web::start().await.unwrap());
    assert_ne!(one.endpoint_id(), two.endpoint_id());
    assert_eq!(one.endpoint_id().len(), 22);
    assert_ne!(one.url(), two.url());

    let mut closed = one.subscribe("news");
    let mut news = two.subscribe("news");
    one.broadcast("news", "from", "one").unwrap();
    two.local_broadcast("news", "from", "two").unwrap();
    assert_eq!(
        news.recv().await.unwrap().payload().as_text(),
        Some("two"),
        "topics are each endpoint's own"
    );

    assert_eq!(
        closed.recv().await.unwrap().payload().as_text(),
        Some("one")
    );

    one.shutdown().await.unwrap();
    assert_eq!(closed.recv().await.unwrap_err(), RecvError::Closed);
    assert!(
        get(tcp(two.server_info(Scheme::Http).unwrap()))
            .await
            .is_ok(),
        "the other goes on"
    );
    two.broadcast("news", "from", "two again").unwrap();
    assert_eq!(
        one.broadcast("news", "from", "one"),
        Err(BroadcastError::Closed)
    );
    two.shutdown().await.unwrap();
}

#[tokio::test]
async fn topics_can_be_shared_and_outlive_the_endpoint() {
    let pubsub = PubSub::new();
    let one = Web::builder().pubsub(pubsub.clone()).start().await.unwrap();
    let two = Web::builder().pubsub(pubsub.clone()).start().await.unwrap();
    let mut news = two.subscribe("news");
    let other = one.subscribe("news");
    one.broadcast_from(other.id(), "news", "from", "one")
        .unwrap();
    assert_eq!(news.recv().await.unwrap().payload().as_text(), Some("one"));
    one.unsubscribe(other);
    assert_eq!(one.pubsub().subscribers("news"), 1);
    one.shutdown().await.unwrap();
    two.shutdown().await.unwrap();
    pubsub.broadcast("news", "from", "nobody").unwrap();
    assert_eq!(
        news.recv().await.unwrap().payload().as_text(),
        Some("nobody")
    );
}

#[tokio::test]
async fn without_a_listener_it_is_a_service() {
    let web = Web::builder().server(false).start().await.unwrap();
    assert!(web.server_info(Scheme::Http).is_err());
    let response = web
        .service()
        .call(http::Request::new(Body::empty()))
        .await
        .unwrap();
    assert_eq!(response.status(), 404);
    web.shutdown().await.unwrap();
}

#[tokio::test]
async fn listens_where_it_is_told() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let web = Web::builder().listener(listener).start().await.unwrap();
    assert_eq!(web.server_info(Scheme::Http), Ok(Address::Tcp(address)));
    assert_eq!(web.url(), format!("http://localhost:{}", address.port()));
    assert!(get(address).await.unwrap().starts_with("HTTP/1.1 404 "));
    web.shutdown().await.unwrap();
}

#[tokio::test]
async fn a_port_in_use_is_an_error_and_leaves_nothing() {
    let web = Web::start().await.unwrap();
    let port = web.struct_url().port;
    let pubsub = PubSub::new();
    let second = Parent::builder_with(Count::default())
        .pubsub(pubsub)
        .settings(|settings| {
            settings.http = Web::settings().http;
            settings.http.get_or_insert(Http::DEFAULT).port = Setting::exact(port);
        })
        .start()
        .await;
    let error = second.unwrap_err();
    assert!(error.is_listen());
    let text = format!("{error:?}");
    assert!(
        text.starts_with(&format!("cannot listen on 127.0.0.1:{port}: ")),
        "{text}"
    );
    let help = "\n  help: choose another port: `port` of `http`, in the declaration or in the configuration file";
    assert!(text.ends_with(help), "{text}");
    web.shutdown().await.unwrap();
}

#[tokio::test]
async fn stops_on_a_signal_of_the_applications() {
    let stop = Arc::new(Notify::new());
    let signal = stop.clone();
    let web = Web::builder()
        .shutdown_on(async move { signal.notified().await })
        .start()
        .await
        .unwrap();
    stop.notify_one();
    web.wait().await.unwrap();
    assert_eq!(web.stats().tasks, 0);
}

#[tokio::test]
async fn stops_when_the_applications_signal_panics() {
    let web = Web::builder()
        .shutdown_on(async { panic!("as planned") })
        .start()
        .await
        .unwrap();
    web.wait().await.unwrap();
    assert_eq!(web.stats().tasks, 0);
}

#[tokio::test]
async fn shutdown_goes_on_when_nobody_waits() {
    let web = Web::start().await.unwrap();
    {
        let mut shutdown = std::pin::pin!(web.shutdown());
        poll_fn(|cx| Poll::Ready(shutdown.as_mut().poll(cx).is_ready())).await;
    }
    web.wait().await.unwrap();
}

/// An endpoint whose sockets have a child.
struct Parent;

/// The state: how many times something happened.
#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Count {
    /// Adds one, and returns how many there were before.
    fn add(&self) -> usize {
        self.0.fetch_add(1, Ordering::SeqCst)
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Socket for Family {
    type State = ();
    type Info = ();

    fn children(children: &mut Children) {
        children.add("counter", |handle| async move {
            handle.state::<Count>().unwrap().add();
            assert!(
                handle.server_info(Scheme::Http).is_err(),
                "children start before the listener"
            );
            std::future::pending().await
        });
    }

    async fn connect(_: Connect<()>) -> Result<Self, Refused> {
        Ok(Family)
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
        Flow::Continue
    }
}

struct Family;

const fn mount<S: Socket<State = ()>>(path: &'static str) -> Mount {
    Mount::new(path, SocketDef::of::<S, Count>("Family")).log(None)
}

impl Endpoint for Parent {
    type State = Count;
    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Parent",
        mounts: &[mount::<Family>("/one"), mount::<Family>("/two")],
        ..EndpointDef::DEFAULT
    };
}

#[tokio::test]
async fn children_run_once_for_a_socket_type_and_end_with_the_endpoint() {
    let started = Count::default();
    let parent = Parent::builder_with(started.clone()).start().await.unwrap();
    while started.get() == 0 {
        tokio::task::yield_now().await;
    }
    tokio::task::yield_now().await;
    assert_eq!(started.get(), 1);
    parent.shutdown().await.unwrap();
    assert_eq!(parent.stats().tasks, 0);
}

/// Defines an endpoint whose only socket has one child.
macro_rules! endpoint_with_child {
    ($endpoint:ident, $socket:ident, $child:expr) => {
        struct $endpoint;
        struct $socket;

        impl Endpoint for $endpoint {
            type State = Count;
            const DEF: &'static EndpointDef = &EndpointDef {
                name: stringify!($endpoint),
                mounts: &[mount::<$socket>("/")],
                ..EndpointDef::DEFAULT
            };
        }

        impl Socket for $socket {
            type State = ();
            type Info = ();

            fn children(children: &mut Children) {
                children.add("child", $child);
            }

            async fn connect(_: Connect<()>) -> Result<Self, Refused> {
                Ok($socket)
            }

            async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
                Flow::Continue
            }
        }
    };
}

#[tokio::test(start_paused = true)]
async fn a_child_that_panics_at_once_ends_the_endpoint() {
    endpoint_with_child!(Doomed, DoomedSocket, |handle| {
        handle.state::<Count>().unwrap().add();
        async { panic!("as planned") }
    });
    let runs = Count::default();
    let doomed = Doomed::builder_with(runs.clone()).start().await.unwrap();
    let error = doomed.wait().await.unwrap_err();
    assert!(error.is_child(), "{error}");
    assert_eq!(
        error.to_string(),
        "child `child` of `Family` panicked more than 3 times in 5 seconds"
    );
    assert_eq!(runs.get(), 4, "it was started again three times");
    assert_eq!(doomed.stats().tasks, 0);
}

#[tokio::test(start_paused = true)]
async fn a_child_that_panics_now_and_then_is_started_again() {
    endpoint_with_child!(Clumsy, ClumsySocket, |handle| async move {
        if handle.state::<Count>().unwrap().add() < 20 {
            sleep(Duration::from_secs(2)).await;
            panic!("now and then");
        }
    });
    let runs = Count::default();
    let clumsy = Clumsy::builder_with(runs.clone()).start().await.unwrap();
    sleep(Duration::from_secs(60)).await;
    assert_eq!(runs.get(), 21, "and one that returns is done");
    clumsy.shutdown().await.unwrap();
}

/// Opens a connection, and sends a text.
async fn send(network: &Network, text: &str) -> DuplexStream {
    let mut stream = network.connect().await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    stream
}

async fn rest(mut stream: DuplexStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.unwrap();
    bytes
}

/// An endpoint whose service answers when the test opens the gate.
struct Slow;

/// Where requests wait.
#[derive(Default)]
struct Gate {
    entered: Notify,
    leave: Notify,
}

#[derive(Clone)]
struct Gated(Arc<Gate>);

impl Service<http::Request<Body>> for Gated {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Request<Body>) -> Self::Future {
        let gate = self.0.clone();
        Box::pin(async move {
            gate.entered.notify_one();
            gate.leave.notified().await;
            Ok(http::Response::new("done".into()))
        })
    }
}

impl Endpoint for Slow {
    type State = Arc<Gate>;
    const DEF: &'static EndpointDef = &EndpointDef {
        name: "Slow",
        mounts: &[],
        ..EndpointDef::DEFAULT
    };

    fn pipeline(edge: &EndpointHandle<Self>) -> Pipeline {
        Pipeline::new(Gated(edge.state().clone()))
    }
}

const REQUEST: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";

#[tokio::test(start_paused = true)]
async fn requests_in_flight_are_finished_within_their_time() {
    let gate = Arc::<Gate>::default();
    let start = |listener| Slow::builder_with(gate.clone()).listener(listener).start();

    let (network, listener) = Network::new();
    let slow = start(listener).await.unwrap();
    let client = send(&network, REQUEST).await;
    gate.entered.notified().await;
    let (shutdown, answer, ()) = tokio::join!(slow.shutdown(), rest(client), async {
        sleep(Duration::from_secs(4)).await;
        gate.leave.notify_one();
    });
    shutdown.unwrap();
    assert!(String::from_utf8_lossy(&answer).ends_with("done"));
    assert_eq!(slow.stats().tasks, 0);

    let (network, listener) = Network::new();
    let slow = start(listener).await.unwrap();
    let _client = send(&network, REQUEST).await;
    gate.entered.notified().await;
    let began = Instant::now();
    let error = slow.shutdown().await.unwrap_err();
    assert!(error.is_drain(), "{error}");
    assert!(
        error.to_string().starts_with("1 connections were cut off"),
        "{error}"
    );
    assert!(
        began.elapsed() < Duration::from_secs(11),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(slow.stats().tasks, 0);
}

#[tokio::test(start_paused = true)]
async fn sockets_are_told_and_new_ones_refused() {
    let (network, listener) = Network::new();
    let parent = Parent::builder_with(Count::default())
        .listener(listener)
        .start()
        .await
        .unwrap();
    let mut socket = send(&network, UPGRADE).await;
    let mut head = [0; 12];
    socket.read_exact(&mut head).await.unwrap();
    assert_eq!(&head, b"HTTP/1.1 101");
    while parent.stats().connections == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(parent.stats().connections, 1);

    let (shutdown, answer) = tokio::join!(parent.shutdown(), async {
        let mut answer = Vec::new();
        let mut byte = [0; 1];
        while !answer.ends_with(&1012_u16.to_be_bytes()) {
            socket.read_exact(&mut byte).await.unwrap();
            answer.push(byte[0]);
        }
        // The client's close frame, masked with zeros.
        socket
            .write_all(&[0x88, 0x82, 0, 0, 0, 0, 0x03, 0xf4])
            .await
            .unwrap();
        answer
    });
    shutdown.unwrap();
    assert!(answer.ends_with(&[0x88, 2, 0x03, 0xf4]));
    assert_eq!((parent.stats().connections, parent.stats().tasks), (0, 0));

    let late = http::Request::get("/one/websocket")
        .body(Body::empty())
        .unwrap();
    assert_eq!(parent.service().call(late).await.unwrap().status(), 503);
}

const UPGRADE: &str = "GET /one/websocket HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
     sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
