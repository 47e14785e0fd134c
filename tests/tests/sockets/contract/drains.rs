//! A socket may part with its clients in its own way when the endpoint stops.

use std::time::Duration;

use landfall::{
    Endpoint, Message, Running, endpoint,
    prelude::channel,
    socket,
    socket::{Draining, Flow, Outbox, Refused},
    testing::Network,
};
use landfall_tests::{client::Client, longpoll::Poller, wire::Connection};
use tokio::{
    io::DuplexStream,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinHandle,
    time::{Instant, timeout},
};

endpoint! {
    struct Games;

    state = Seen;
    http(port = 4000);
    server = true;
    secret_key_base = insecure("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", reason = "a test");
    socket("/table", Table, drainer(batch_size = 2, batch_interval = secs(3), shutdown = secs(20)));
    socket("/off", Table, drainer = false);
    socket("/rash", Rash, drainer(shutdown = secs(20)));
    socket("/slow", Slow, drainer(shutdown = secs(4)));
    socket("/few", Few, longpoll);
    socket("/user", User);
}

/// What drainers have seen, a line each.
#[derive(Clone)]
struct Seen(UnboundedSender<String>);

fn tell(draining: &Draining) {
    let (mount, transport) = (draining.mount().path, draining.transport());
    let line = format!("{mount} {transport} {}", draining.len());
    let seen = draining.handle().state::<Seen>().expect("a state");
    seen.0.send(line).expect("the test listens");
}

/// A socket whose `connect` accepts, and whose `handle_in` ends it.
macro_rules! table {
    ($socket:ident, $($drain:tt)*) => {
        struct $socket;

        #[socket]
        impl $socket {
            async fn connect() -> Result<Self, Refused> {
                Ok($socket)
            }

            async fn init(&mut self, out: &mut Outbox) {
                out.forward("tables");
            }

            async fn handle_in(&mut self, _: Message, _: &mut Outbox) -> Flow {
                Flow::close(4000, "see you")
            }

            $($drain)*
        }
    };
}

table! { Table,
    async fn drain(mut draining: Draining) {
        tell(&draining);
        draining.handle().broadcast("tables", "last_round", "last round").expect("it is sent");
        let _ = timeout(Duration::from_secs(10), draining.ended()).await;
        draining.in_batches(draining.drainer()).await;
    }
}

table! { Rash,
    fn drain(_: Draining) {
        panic!("as asked");
    }
}

table! { Slow,
    async fn drain(_draining: Draining) {
        std::future::pending().await
    }
}

table! { Few,
    async fn drain(mut draining: Draining) {
        tell(&draining);
        assert_eq!((draining.tell(1), draining.tell(9)), (1.min(draining.len()), 0));
    }
}

struct User;

#[socket(channel("lobby", Lobby))]
impl User {
    async fn connect() -> Result<Self, Refused> {
        Ok(User)
    }

    async fn drain(draining: Draining) {
        tell(&draining);
        draining.as_declared().await;
    }
}

struct Lobby;

#[channel(User)]
impl Lobby {
    fn join() -> Self {
        Lobby
    }
}

struct Harbour {
    games: Running<Games>,
    network: Network,
    seen: UnboundedReceiver<String>,
}

impl Harbour {
    async fn start() -> Self {
        let (sender, seen) = unbounded_channel();
        let (network, listener) = Network::new();
        let games = Games::builder_with(Seen(sender)).listener(listener).start();
        Harbour {
            games: games.await.expect("the games start"),
            network,
            seen,
        }
    }

    async fn open(&self, mount: &str, count: usize) -> Vec<Client<DuplexStream>> {
        let mut clients = Vec::new();
        for _ in 0..count {
            let mut client = Client::through(&self.network, &format!("/{mount}/websocket")).await;
            client.is_quiet().await;
            clients.push(client);
        }
        clients
    }

    /// What the drainers of mounts with connections have seen.
    async fn stop(mut self) -> Vec<String> {
        self.games.shutdown().await.expect("a clean end");
        assert_eq!(self.games.stats().tasks, 0);
        let mut seen = Vec::new();
        while let Ok(line) = self.seen.try_recv() {
            seen.push(line);
        }
        seen.retain(|line| !line.ends_with(" 0"));
        seen
    }
}

/// What a client hears, with the seconds until then. One that `leaves` answers the first message.
fn listen(mut client: Client<DuplexStream>, leaves: bool) -> JoinHandle<(Vec<String>, u16, u64)> {
    let began = Instant::now();
    tokio::spawn(async move {
        let mut texts = Vec::new();
        loop {
            let frame = client.hear_within(Duration::from_secs(60)).await;
            if let Some(code) = frame.close_code() {
                client
                    .send(landfall_tests::wire::Frame::close(code, b""))
                    .await;
                return (texts, code, began.elapsed().as_secs());
            }
            texts.push(String::from_utf8_lossy(&frame.payload).into_owned());
            if leaves {
                client.text("bye").await;
            }
        }
    })
}

#[tokio::test(start_paused = true)]
async fn clients_are_asked_to_leave_before_they_are_told() {
    let harbour = Harbour::start().await;
    let clients = harbour.open("table", 5).await;
    let listening: Vec<_> = clients
        .into_iter()
        .enumerate()
        .map(|(index, client)| listen(client, index == 2))
        .collect();
    let seen = harbour.stop().await;
    assert_eq!(seen, ["/table websocket 5"]);
    let mut times = Vec::new();
    for (index, listening) in listening.into_iter().enumerate() {
        let (texts, code, seconds) = listening.await.expect("no panic");
        assert_eq!(texts, ["last round"], "everything goes on meanwhile");
        assert_eq!(code, if index == 2 { 4000 } else { 1012 });
        times.push(seconds);
    }
    assert_eq!(times, [10, 10, 0, 13, 13]);
}

#[tokio::test(start_paused = true)]
async fn a_mount_without_a_drainer_does_not_ask_its_socket() {
    let harbour = Harbour::start().await;
    let clients = harbour.open("off", 2).await;
    let listening: Vec<_> = clients.into_iter().map(|one| listen(one, false)).collect();
    assert_eq!(harbour.stop().await, [""; 0]);
    for listening in listening {
        assert_eq!(listening.await.expect("no panic"), (Vec::new(), 1012, 0));
    }
}

/// Who panics, and who takes longer than the mount's time, leaves nobody behind.
#[tokio::test(start_paused = true)]
async fn what_a_drainer_leaves_is_ended() {
    for (mount, seconds) in [("rash", 0), ("slow", 4)] {
        let harbour = Harbour::start().await;
        let clients = harbour.open(mount, 2).await;
        let listening: Vec<_> = clients.into_iter().map(|one| listen(one, false)).collect();
        harbour.stop().await;
        for listening in listening {
            let (_, code, after) = listening.await.expect("no panic");
            assert_eq!((code, after), (1012, seconds), "{mount}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn each_transport_and_sockets_with_channels_are_drained_so() {
    let harbour = Harbour::start().await;
    let websocket = harbour.open("few", 1).await.remove(0);
    let polling = Connection::through(&harbour.network).await;
    let _poller = Poller::open(polling, "/few/longpoll").await;
    let user = harbour.open("user", 1).await.remove(0);
    let (websocket, user) = (listen(websocket, false), listen(user, false));
    let mut seen = harbour.stop().await;
    seen.sort();
    assert_eq!(
        seen,
        ["/few longpoll 1", "/few websocket 1", "/user websocket 1"]
    );
    for listening in [websocket, user] {
        assert_eq!(listening.await.expect("no panic").1, 1012);
    }
}
