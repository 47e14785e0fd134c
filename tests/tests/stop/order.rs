//! One after the other: listeners, sockets, requests.

use std::time::Duration;

use landfall_tests::{
    client::Client,
    wire::{Frame, Request},
};
use tokio::{io::DuplexStream, time::Instant};

use super::site::{Harbour, get, start};

async fn open(harbour: &Harbour, count: usize) -> Vec<Client<DuplexStream>> {
    let mut clients = Vec::new();
    for _ in 0..count {
        let mut client = Client::through(&harbour.network, "/echo/websocket").await;
        client.is_quiet().await;
        clients.push(client);
    }
    clients
}

/// Leaves when it is told to, and returns the seconds until then.
async fn leave(mut client: Client<DuplexStream>) -> u64 {
    let began = Instant::now();
    let frame = client.hear_within(Duration::from_secs(60)).await;
    assert_eq!(frame.close_code(), Some(1012), "{frame:?}");
    client.send(Frame::close(1012, b"")).await;
    began.elapsed().as_secs()
}

/// Two sockets take three seconds to drain. Requests have two more after that, whenever they began.
#[tokio::test(start_paused = true)]
async fn a_request_that_outlives_the_sockets_has_its_own_time() {
    for (seconds, answered) in [(1, true), (4, true), (6, false)] {
        let harbour = start(|builder| builder).await;
        let clients = open(&harbour, 2).await;
        let mut connection = harbour.connection().await;
        let request = Request::get(&format!("/slow?{seconds}"));
        connection.write(&request.to_bytes()).await;
        tokio::task::yield_now().await;
        let began = Instant::now();
        let [first, last] = <[_; 2]>::try_from(clients).expect("two clients");
        let answer = async {
            // This wait keeps the answer within the patience of the connection.
            tokio::time::sleep(Duration::from_secs(3)).await;
            connection.response(false).await
        };
        let (stopped, answer, first, last) =
            tokio::join!(harbour.site.shutdown(), answer, leave(first), leave(last));
        assert_eq!((first, last), (0, 3), "the sockets were not hurried");
        assert_eq!(answer.is_ok(), answered, "{seconds}: {answer:?}");
        let took = began.elapsed().as_secs();
        assert_eq!(took, if answered { seconds.max(3) } else { 5 }, "{seconds}");
        match stopped {
            Ok(()) => assert!(answered, "{seconds}"),
            Err(error) => assert!(!answered && error.is_drain(), "{seconds}: {error}"),
        }
        assert_eq!(harbour.site.stats().tasks, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn without_a_drainer_a_request_has_no_time() {
    let harbour = start(|builder| {
        builder.settings(|settings| settings.drainer = landfall::config::Group::OFF)
    })
    .await;
    let mut connection = harbour.connection().await;
    connection.write(&Request::get("/slow?1").to_bytes()).await;
    tokio::task::yield_now().await;
    let began = Instant::now();
    let stopped = harbour.site.shutdown().await;
    assert!(stopped.expect_err("it is cut off").is_drain());
    assert_eq!(began.elapsed().as_secs(), 0);
    assert!(connection.response(false).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn connections_that_stay_open_are_served_until_the_sockets_have_drained() {
    let harbour = start(|builder| builder).await;
    let clients = open(&harbour, 2).await;
    let mut connection = harbour.connection().await;
    assert_eq!(get(&mut connection, "/").await, 200);
    let site = harbour.site.clone();
    let stopping = tokio::spawn(async move { site.shutdown().await });
    let leaving: Vec<_> = clients
        .into_iter()
        .map(|client| tokio::spawn(leave(client)))
        .collect();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(get(&mut connection, "/").await, 200);
    assert_eq!(get(&mut connection, "/healthz").await, 503);
    let socket = connection
        .request(&Request::upgrade("/echo/websocket"))
        .await;
    assert_eq!(socket.expect("an answer").status, 503);
    assert!(harbour.network.connect().await.is_err(), "nobody is let in");
    let began = Instant::now();
    assert!(connection.closed().await.is_some());
    assert_eq!(began.elapsed().as_secs(), 2);
    for leaving in leaving {
        leaving.await.expect("told to leave");
    }
    stopping.await.expect("no panic").expect("a clean end");
}
