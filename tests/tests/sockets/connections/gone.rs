//! A connection ends when its client is gone, although a callback goes on.

use std::time::Duration;

use landfall::{prelude::*, socket::Reason};
use landfall_tests::{client, wait::until, wire::Frame};
use tokio::{
    io::DuplexStream,
    time::{Instant, sleep},
};

use crate::connections::site::{Harbour, start};

type Client<S = tokio::net::TcpStream> = client::Client<S>;

/// Its channel never returns.
pub(crate) struct Stuck;

#[socket(channel("hole", Hole))]
impl Stuck {
    fn connect() -> Self {
        Stuck
    }
}

struct Hole;

#[channel(Stuck)]
impl Hole {
    fn join() -> Self {
        Hole
    }

    #[handle_in("hang")]
    async fn hang(&mut self, _what: String) {
        std::future::pending::<()>().await;
    }
}

async fn open(harbour: &Harbour, name: &str) -> Client<DuplexStream> {
    let client = Client::through(&harbour.network, &format!("/any/websocket?name={name}")).await;
    harbour.fates.begins(name, "").await;
    client
}

/// The server ends its half within ten seconds, and leaves time to answer messages.
#[tokio::test(start_paused = true)]
async fn a_stream_that_the_client_ended_is_closed() {
    let harbour = start().await;
    let mut client = open(&harbour, "half").await;
    client.text("hang").await;
    harbour.fates.begins("half", "hang").await;
    client.shutdown().await;
    let began = Instant::now();
    client.ends_within(Duration::from_secs(15)).await;
    assert!(
        (5..10).contains(&began.elapsed().as_secs()),
        "{:?}",
        began.elapsed()
    );
    assert_eq!(harbour.site.stats().connections, 1, "its callback goes on");
    assert_eq!(harbour.stop().await, 1);
    assert_eq!(harbour.fates.of("half").ends, [Reason::Shutdown]);
}

#[tokio::test(start_paused = true)]
async fn who_ends_its_half_is_answered_still() {
    let harbour = start().await;
    let mut client = open(&harbour, "answered").await;
    client.text("sleep 3").await;
    client.text("say at last").await;
    client.shutdown().await;
    assert_eq!(client.hear_text().await, "slept");
    assert_eq!(client.hear_text().await, "at last");
    client.ends_within(Duration::from_secs(1)).await;
    until("it has ended", || {
        harbour.fates.of("answered").ends.len() == 1
    })
    .await;
    assert_eq!(harbour.stop().await, 0);
}

/// Messages that came before the client left are handled, however long a callback takes.
#[tokio::test(start_paused = true)]
async fn what_a_client_sent_before_it_left_is_handled() {
    let harbour = start().await;
    let mut client = open(&harbour, "legacy").await;
    client.text("sleep 60").await;
    harbour.fates.begins("legacy", "sleep 60").await;
    sleep(Duration::from_secs(5)).await;
    for number in 0..1_000 {
        client.text(&format!("number {number}")).await;
    }
    drop(client);
    sleep(Duration::from_secs(50)).await;
    until("it has ended", || {
        harbour.fates.of("legacy").ends.len() == 1
    })
    .await;
    let fate = harbour.fates.of("legacy");
    assert_eq!(fate.heard.len(), 1_001);
    assert_eq!(fate.heard[1_000], "number 999");
    assert_eq!(
        fate.ends,
        [Reason::Closed {
            code: 1006,
            text: String::new()
        }]
    );
    assert_eq!(harbour.stop().await, 0);
}

/// A client that stays is read as its messages are handled, not into memory.
#[tokio::test(start_paused = true)]
async fn who_stays_is_waited_for() {
    let harbour = start().await;
    let mut client = open(&harbour, "patient").await;
    client.text("sleep 100").await;
    client.text("say after all").await;
    assert_eq!(
        client.hear_within(Duration::from_secs(120)).await.as_text(),
        Some("slept")
    );
    assert_eq!(client.hear_text().await, "after all");
    client.is_quiet().await;
    client.send(Frame::close(1000, b"")).await;
    assert_eq!(client.hear_close().await, Some(1000));
    assert_eq!(harbour.stop().await, 0);
}

/// A client that sends too much to be read ahead is pinged meanwhile: its end would not show.
#[tokio::test(start_paused = true)]
async fn who_says_too_much_meanwhile_is_asked_whether_it_is_there() {
    const MESSAGES: usize = 300;

    let harbour = start().await;
    let mut client = open(&harbour, "chatty").await;
    client.text("sleep 4").await;
    harbour.fates.begins("chatty", "sleep 4").await;
    client
        .send_all(&vec![Frame::text(&"x".repeat(1_000)); MESSAGES])
        .await;
    let mut pings = 0;
    let answer = loop {
        match client.hear().await {
            Frame { opcode: 9, .. } => pings += 1,
            frame => break frame,
        }
    };
    assert_eq!(answer.as_text(), Some("slept"));
    assert!((2..=4).contains(&pings), "{pings}");
    until("all is handled", || {
        harbour.fates.of("chatty").heard.len() == 1 + MESSAGES
    })
    .await;
    client.is_quiet().await;
    drop(client);
    assert_eq!(harbour.stop().await, 0);
}

#[cfg(target_os = "linux")]
mod tcp {
    use landfall_tests::{
        attack::{Attacker, Sent, frame_head},
        client::port,
    };

    use super::*;
    use crate::connections::site::{Fates, Site};

    /// TCP connections of this process that the kernel knows at this port.
    fn established(port: u16) -> usize {
        let table = std::fs::read_to_string("/proc/self/net/tcp").expect("Linux");
        let local = format!("0100007F:{port:04X}");
        let is_ours = |line: &&str| {
            let mut columns = line.split_whitespace().skip(1);
            let (at, _, state) = (columns.next(), columns.next(), columns.next());
            // The states ESTABLISHED and CLOSE_WAIT.
            at == Some(local.as_str()) && matches!(state, Some("01" | "08"))
        };
        table.lines().filter(is_ours).count()
    }

    /// Sends more than both kernels buffer, so that the client's end is behind a closed window.
    async fn overflowing(port: u16, fates: &Fates, name: &str) -> Attacker {
        const MESSAGE: usize = 64 * 1024;

        let target = format!("/any/websocket?name={name}");
        let mut client = Attacker::websocket(([127, 0, 0, 1], port).into(), &target, false)
            .await
            .expect("a WebSocket");
        client.send(&frame_head(true, false, 1, 4)).await;
        client.send(b"hang").await;
        fates.begins(name, "hang").await;
        for _ in 0..1_000 {
            let head = client.send(&frame_head(true, false, 2, MESSAGE)).await;
            if head == Sent::Stalled || client.send_letters(MESSAGE).await == Sent::Stalled {
                return client;
            }
        }
        panic!("the server reads without end");
    }

    /// The socket would read again once its channel has handled something. That never happens.
    #[tokio::test]
    async fn a_client_that_left_while_its_channels_have_too_much_to_do_is_let_go() {
        const LETTERS: usize = 64 * 1024;
        const JOIN: &[u8] = br#"["1","1","hole","phx_join",{}]"#;
        const PUSH: (&[u8], &[u8]) = (br#"["1",null,"hole","hang",""#, br#""]"#);

        let site = Site::start(Fates::default())
            .await
            .expect("the site starts");
        let port = port(&site);
        let target = "/stuck/websocket?vsn=2.0.0";
        let mut client = Attacker::websocket(([127, 0, 0, 1], port).into(), target, false)
            .await
            .expect("a WebSocket");
        client.send(&frame_head(true, false, 1, JOIN.len())).await;
        client.send(JOIN).await;
        // The answer is read, because a close with unread bytes would reset the connection.
        let joined = client.answer().await.expect("an answer");
        assert!(joined.contains("ok"), "{joined}");
        let length = PUSH.0.len() + LETTERS + PUSH.1.len();
        let head = [&frame_head(true, false, 1, length)[..], PUSH.0].concat();
        let mut pushes = 0;
        while client.send(&head).await == Sent::All
            && client.send_letters(LETTERS).await == Sent::All
            && client.send(PUSH.1).await == Sent::All
        {
            pushes += 1;
            assert!(pushes < 1_000, "the server reads without end");
        }
        assert!(pushes > 16, "{pushes} pushes are more than may wait");
        assert_eq!(established(port), 1);
        drop(client);
        let began = std::time::Instant::now();
        until("its descriptor is given back", || established(port) == 0).await;
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{:?}",
            began.elapsed()
        );
    }

    /// Clients leave by FIN, by reset, with much unread, or with more unread than the kernel takes.
    #[tokio::test]
    async fn descriptors_of_clients_that_left_are_given_back() {
        let site = Site::start(Fates::default())
            .await
            .expect("the site starts");
        let fates = site.state();
        let port = port(&site);
        let mut clients = Vec::new();
        for number in 0..30 {
            let name = format!("fd-{number}");
            let mut client = Client::open(port, &format!("/any/websocket?name={name}")).await;
            client.text("hang").await;
            fates.begins(&name, "hang").await;
            if number % 3 == 0 {
                client
                    .send_all(&vec![Frame::text(&"x".repeat(1_000)); 100])
                    .await;
            }
            clients.push(client);
        }
        let overflowing = [
            overflowing(port, fates, "fd-over-1").await,
            overflowing(port, fates, "fd-over-2").await,
        ];
        assert_eq!(established(port), 32);
        drop(overflowing);
        let began = std::time::Instant::now();
        for (number, client) in clients.into_iter().enumerate() {
            if number % 3 == 1 {
                client.reset()
            } else {
                drop(client)
            }
        }
        until("their descriptors are given back", || {
            established(port) == 0
        })
        .await;
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{:?}",
            began.elapsed()
        );
        assert_eq!(site.stats().connections, 32, "their callbacks go on");
    }
}
