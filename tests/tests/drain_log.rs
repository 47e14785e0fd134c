//! The log of a drain, in a process of its own, in which no other test logs.

use landfall::{
    Endpoint, Message, endpoint, socket,
    socket::{Outbox, Refused},
    testing::Network,
};
use landfall_tests::{client::Client, logged::Log};

endpoint! {
    struct Site;

    http(port = 4000);
    server = true;
    socket("/batches", Echo, drainer(batch_size = 2, batch_interval = secs(3)));
    socket("/quiet", Echo, drainer(log = false));
    socket("/empty", Echo);
}

struct Echo;

#[socket]
impl Echo {
    fn connect() -> Result<Self, Refused> {
        Ok(Echo)
    }

    fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

#[tokio::test(start_paused = true)]
async fn one_line_says_how_many_are_told_in_how_many_rounds() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_ansi(false)
        .with_max_level(tracing::Level::DEBUG)
        .with_writer(move || writer.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    let (network, listener) = Network::new();
    let site = Site::builder().listener(listener).start().await;
    let site = site.expect("the site starts");
    let mut clients = Vec::new();
    for mount in [
        "batches", "batches", "batches", "batches", "batches", "quiet",
    ] {
        let mut client = Client::through(&network, &format!("/{mount}/websocket")).await;
        client.is_quiet().await;
        clients.push(client);
    }
    log.take();
    site.shutdown().await.expect("a clean end");
    let said = log.take();
    let of = |text: &str| said.lines().filter(|line| line.contains(text)).count();
    let line = "shutting down 5 sockets in 3 rounds of 3000ms";
    assert_eq!((of(line), of("shutting down")), (1, 1), "{said}");
    assert_eq!(of("batch=3 rounds=3 count=1 total=5"), 1, "{said}");
    assert_eq!(of("told a batch"), 4, "{said}");
}
