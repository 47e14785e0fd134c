//! A stop under load: what was accepted is answered.

use std::{
    net::{Ipv4Addr, SocketAddr},
    time::{Duration, Instant},
};

use landfall_tests::{
    client::Client,
    longpoll::Poller,
    wire::{Connection, Frame, Request},
};
use tokio::task::JoinSet;

use super::process::Moored;

/// What is connected when the signal comes.
struct Load {
    sockets: usize,
    requests: usize,
    sessions: usize,
}

/// `LANDFALL_STOP_LOAD=full` gives the load of a busy server. It takes about 6,000 open files.
fn load() -> Load {
    if std::env::var("LANDFALL_STOP_LOAD").is_ok_and(|load| load == "full") {
        return Load {
            sockets: 5000,
            requests: 200,
            sessions: 200,
        };
    }
    Load {
        sockets: 500,
        requests: 50,
        sessions: 50,
    }
}

async fn connect(port: u16) -> Connection {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Connection::open(address).await.expect("the server listens")
}

/// Sends messages and hears their answers until it is told to leave. Returns the number of answers.
async fn converse(mut client: Client) -> usize {
    let mut answers = 0;
    loop {
        client.text("hello").await;
        let frame = client.hear_within(Duration::from_secs(20)).await;
        if frame.opcode == 8 {
            assert_eq!(frame.close_code(), Some(1012), "{frame:?}");
            client.send(Frame::close(1012, b"")).await;
            return answers;
        }
        assert_eq!(frame.payload, b"hello");
        answers += 1;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// The same over longpoll, with one request after the other.
async fn poll(mut poller: Poller<tokio::net::TcpStream>) -> usize {
    let mut answers = 0;
    loop {
        match poller.say("hello").await {
            200 => answers += poller.messages(1).await.len(),
            // The session does not take messages any more. It has not accepted this one.
            status => {
                assert!(matches!(status, 408 | 410), "{status}");
                return answers;
            }
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_accepted_is_lost() {
    let (load, mut moored) = (load(), Moored::start(|_| {}));
    let (mut conversations, mut requests) = (JoinSet::new(), JoinSet::new());
    for _ in 0..load.sockets {
        let client = Client::open(moored.port, "/echo/websocket").await;
        conversations.spawn(converse(client));
    }
    for _ in 0..load.sessions {
        let poller = Poller::open(connect(moored.port).await, "/echo/longpoll").await;
        conversations.spawn(poll(poller));
    }
    for _ in 0..load.requests {
        let mut connection = connect(moored.port).await;
        connection
            .write(&Request::get("/slow?3000").to_bytes())
            .await;
        requests.spawn(async move { connection.response(false).await });
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let began = Instant::now();
    moored.signal("-TERM");
    let answers: usize = conversations.join_all().await.into_iter().sum();
    for answer in requests.join_all().await {
        assert_eq!(answer.expect("an answer").body, "slept");
    }
    let (status, handled, errors) = moored.end(Duration::from_secs(20));
    let took = began.elapsed();
    println!("{answers} answers; stopped in {took:?}");
    assert_eq!(status.code(), Some(0), "{errors}");
    assert_eq!(handled, Some(answers), "handled and answered");
    assert!(answers >= load.sockets, "{answers}");
    assert!(took < Duration::from_secs(12), "{took:?}");
}
