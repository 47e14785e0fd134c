//! How sockets are told that the endpoint stops, with a paused clock.

use std::time::Duration;

use landfall::{
    Endpoint, Message, Running, endpoint, socket,
    socket::{Flow, Outbox, Refused},
    testing::Network,
};
use landfall_tests::{
    client::Client,
    wait::until,
    wire::{Connection, Frame, Request},
};
use tokio::{io::DuplexStream, task::JoinHandle, time::Instant};

endpoint! {
    struct Site;

    http(port = 4000);
    server = true;
    socket("/batches", Echo, drainer(batch_size = 2, batch_interval = secs(3), shutdown = secs(10)));
    socket("/at_once", Echo, drainer = false);
    socket("/default", Echo);
    socket(
        "/computed",
        Echo,
        drainer(
            batch_size = computed::batch(),
            batch_interval = secs(computed::seconds()),
            shutdown = env("LANDFALL_TEST_NO_SUCH_TIME").or(computed::SHUTDOWN),
            log = computed::level(),
        ),
    );
}

endpoint! {
    struct Wrong;

    http = false;
    socket("/late", Echo, drainer(batch_interval = secs(computed::seconds()), shutdown = env("LANDFALL_TEST_NO_SUCH_TIME")));
    socket("/none", Echo, drainer(batch_size = computed::batch() - 2, shutdown = millis(computed::seconds())));
}

/// What is known at start.
mod computed {
    use std::time::Duration;

    pub(super) const SHUTDOWN: Duration = Duration::from_secs(10);

    pub(super) fn batch() -> usize {
        std::hint::black_box(2)
    }

    pub(super) fn seconds() -> u64 {
        std::hint::black_box(4)
    }

    pub(super) fn level() -> tracing::Level {
        tracing::Level::DEBUG
    }
}

endpoint! {
    struct Brief;

    http(port = 4000);
    drainer(shutdown = secs(2));
    server = true;
    secret_key_base = insecure("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", reason = "a test");
    socket("/slow", Slow, longpoll);
    service(axum::Router::new().route("/", axum::routing::post(async |body: String| body)));
}

/// A socket whose `connect` never returns.
struct Slow;

#[socket]
impl Slow {
    async fn connect() -> Result<Self, Refused> {
        std::future::pending().await
    }

    async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
}

struct Echo;

#[socket]
impl Echo {
    async fn connect() -> Result<Self, Refused> {
        Ok(Echo)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) -> Flow {
        out.push(message.clone());
        if message.as_text() == Some("hang") {
            std::future::pending::<()>().await;
        }
        Flow::Continue
    }
}

struct Harbour {
    site: Running<Site>,
    network: Network,
}

async fn start() -> Harbour {
    let (network, listener) = Network::new();
    let site = Site::builder()
        .listener(listener)
        .start()
        .await
        .expect("the site starts");
    Harbour { site, network }
}

impl Harbour {
    async fn open(&self, mount: &str, count: usize) -> Vec<Client<DuplexStream>> {
        let mut clients = Vec::new();
        for _ in 0..count {
            let mut client = Client::through(&self.network, &format!("/{mount}/websocket")).await;
            client.is_quiet().await;
            clients.push(client);
        }
        clients
    }

    async fn stop(&self) {
        self.site.shutdown().await.expect("a clean end");
        let stats = self.site.stats();
        assert_eq!((stats.connections, stats.tasks), (0, 0));
    }
}

/// The seconds until each client was told, in order of opening. Each leaves when it is told.
async fn told(clients: Vec<Client<DuplexStream>>) -> Vec<u64> {
    let began = Instant::now();
    let listen = |mut client: Client<DuplexStream>| {
        tokio::spawn(async move {
            let frame = client.hear_within(Duration::from_secs(60)).await;
            assert_eq!(frame.close_code(), Some(1012), "{frame:?}");
            client.send(Frame::close(1012, b"")).await;
            began.elapsed().as_secs()
        })
    };
    let listening: Vec<JoinHandle<u64>> = clients.into_iter().map(listen).collect();
    let mut times = Vec::new();
    for listening in listening {
        times.push(listening.await.expect("told"));
    }
    times
}

#[tokio::test(start_paused = true)]
async fn a_batch_follows_the_other() {
    let harbour = start().await;
    let clients = harbour.open("batches", 5).await;
    let (times, ()) = tokio::join!(told(clients), harbour.stop());
    assert_eq!(times, [0, 0, 3, 3, 6]);
}

#[tokio::test(start_paused = true)]
async fn what_is_known_at_start_decides_as_constants_do() {
    let harbour = start().await;
    let clients = harbour.open("computed", 5).await;
    let (times, ()) = tokio::join!(told(clients), harbour.stop());
    assert_eq!(times, [0, 0, 4, 4, 8]);
}

#[tokio::test]
async fn what_is_wrong_at_start_is_told_with_mount_and_key() {
    let wrong = Wrong::start().await.expect_err("three values are wrong");
    let wrong = wrong.to_string();
    for said in [
        "the environment variable `LANDFALL_TEST_NO_SUCH_TIME` is not set (`drainer.shutdown of /late` from mount at ",
        "`batch_size` must be positive (`drainer.batch_size of /none` from mount at ",
    ] {
        assert!(wrong.contains(said), "{wrong}");
    }
    let resolved = Wrong::builder().resolve();
    assert_eq!(resolved.expect_err("so without a start").iter().count(), 2);
}

#[tokio::test(start_paused = true)]
async fn those_who_left_before_take_no_place_in_a_batch() {
    let harbour = start().await;
    let mut clients = harbour.open("batches", 40).await;
    let last = clients.split_off(36);
    drop(clients);
    until("the others have left", || {
        harbour.site.stats().connections == 4
    })
    .await;
    let (times, ()) = tokio::join!(told(last), harbour.stop());
    assert_eq!(times, [0, 0, 3, 3]);
}

#[tokio::test(start_paused = true)]
async fn without_a_drainer_all_are_told_at_once() {
    let harbour = start().await;
    let clients = harbour.open("at_once", 50).await;
    let (times, ()) = tokio::join!(told(clients), harbour.stop());
    assert_eq!(times, [0; 50]);
}

#[tokio::test(start_paused = true)]
async fn those_who_do_not_leave_are_cut_off_at_the_end() {
    for (mount, seconds) in [("batches", 10), ("default", 30)] {
        let harbour = start().await;
        let mut clients = harbour.open(mount, 1).await;
        clients[0].text("hang").await;
        assert_eq!(clients[0].hear_text().await, "hang");
        let began = Instant::now();
        let error = harbour
            .site
            .shutdown()
            .await
            .expect_err("a connection was cut off");
        assert!(error.is_drain(), "{error}");
        assert_eq!(began.elapsed().as_secs(), seconds, "{mount}");
        let stats = harbour.site.stats();
        assert_eq!((stats.connections, stats.tasks), (0, 0));
    }
}

/// A client that never answers the close frame is given five seconds.
#[tokio::test(start_paused = true)]
async fn those_who_do_not_answer_are_not_waited_for() {
    let harbour = start().await;
    let _clients = harbour.open("default", 3).await;
    let began = Instant::now();
    harbour.stop().await;
    assert!(
        (5..=7).contains(&began.elapsed().as_secs()),
        "{:?}",
        began.elapsed()
    );
}

#[tokio::test(start_paused = true)]
async fn new_sockets_are_answered_503_meanwhile() {
    let harbour = start().await;
    let mut early = Connection::through(&harbour.network).await;
    let answer = early
        .request(&Request::get("/nothing"))
        .await
        .expect("an answer");
    assert_eq!(answer.status, 404);
    let mut clients = harbour.open("default", 1).await;
    let stopping = harbour.site.clone();
    let stopping = tokio::spawn(async move { stopping.shutdown().await });
    assert_eq!(clients[0].hear().await.close_code(), Some(1012));

    let mut service = harbour.site.service();
    let request = http::Request::get("/default/websocket")
        .body(landfall::Body::empty())
        .expect("a request");
    let answer = tower::Service::call(&mut service, request)
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 503);
    // While sockets drain, connections that stayed open are served.
    for (request, status) in [
        (Request::upgrade("/default/websocket"), 503),
        (Request::get("/nothing"), 404),
    ] {
        let answer = early.request(&request).await.expect("an answer");
        assert_eq!(answer.status, status);
    }
    clients[0].send(Frame::close(1012, b"")).await;
    drop(clients);
    // Then they are closed. They do not have to time out.
    assert!(early.closed().await.is_some());
    stopping.await.expect("no panic").expect("a clean end");
}

/// A request that is lost at a stop counts. A request that was not sent in full does not.
#[tokio::test(start_paused = true)]
async fn a_stop_waits_for_requests_as_long_as_they_may_take() {
    let longpoll = Request::get("/slow/longpoll?vsn=2.0.0").to_bytes();
    let upgrade = Request::upgrade("/slow/websocket").to_bytes();
    for (name, request, seconds, lost) in [
        ("nothing", &b""[..], 0, false),
        ("half a head", b"POST / HTTP/1.1\r\nhost: a\r\n", 0, false),
        (
            "half a body",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nx",
            2,
            false,
        ),
        ("a session", &longpoll, 2, true),
        ("a handshake", &upgrade, 2, true),
    ] {
        let (network, listener) = Network::new();
        let site = Brief::builder()
            .listener(listener)
            .start()
            .await
            .expect("the site starts");
        let mut client = Connection::through(&network).await;
        client.write(request).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let began = Instant::now();
        let end = site.shutdown().await;
        assert_eq!(began.elapsed().as_secs(), seconds, "{name}");
        assert_eq!(end.is_err_and(|error| error.is_drain()), lost, "{name}");
        assert_eq!(site.stats().tasks, 0, "{name}");
        let said = client.closed().await.expect("the connection has ended");
        let status = if name == "half a body" {
            "HTTP/1.1 408 "
        } else {
            ""
        };
        assert!(
            said.starts_with(status.as_bytes()),
            "{name}: {:?}",
            said.escape_ascii().to_string()
        );
        assert_eq!(
            said.is_empty(),
            status.is_empty(),
            "{name}: {:?}",
            said.escape_ascii().to_string()
        );
    }
}
