//! Sockets over TLS.

use landfall::config::{Scheme, Setting};
use landfall_tests::{
    client::{self, Client},
    wait::until,
    wire::{Connection, Frame, Request},
};

use crate::tls::site::{Secured, folder, to_port};

#[tokio::test]
async fn a_socket_echoes_over_tls_and_knows_it() {
    let site = Secured::start().await;
    let mut client = site.client(None).await;
    client.text("hello").await;
    assert_eq!(client.hear_text().await, "hello");
    client.text("who").await;
    let port = site.address(Scheme::Https).port();
    assert_eq!(
        client.hear_text().await,
        format!("https://localhost:{port} 0")
    );
    let large = "x".repeat(1_000_000);
    client.text(&large).await;
    assert_eq!(client.hear_text().await, large);
    client.send(Frame::close(1000, b"")).await;
    assert_eq!(client.hear_close().await, Some(1000));
    drop(client);
    site.running.shutdown().await.expect("a stop");
}

/// The same mount is reached by the listener without TLS, too.
#[tokio::test]
async fn an_origin_is_compared_with_the_scheme_of_its_connection() {
    let site = Secured::start().await;
    let port = site.address(Scheme::Http).port();
    let from = |scheme: &str| {
        to_port(Request::upgrade("/echo/websocket"), port)
            .header("origin", &format!("{scheme}://localhost:{port}"))
    };
    let mut client = Client::open_by(port, &from("http")).await;
    client.text("who").await;
    assert_eq!(
        client.hear_text().await,
        format!("http://localhost:{port} 0")
    );
    assert_eq!(Client::refused(port, &from("https")).await.status, 403);
}

#[tokio::test]
async fn a_clients_certificate_reaches_the_socket() {
    let folder = folder();
    let site = Secured::start_with(|https, authority| {
        std::fs::write(folder.join("ca.pem"), authority.pem()).expect("a file");
        https.cacertfile = Setting::given(folder.join("ca.pem"));
    })
    .await;
    let own = site.authority.sign("me");
    let mut client = site.client(Some(&own)).await;
    client.text("who").await;
    let told = client.hear_text().await;
    assert!(
        told.ends_with(&format!(" {}", own.certificate.der().len())),
        "{told}"
    );
    let mut client = site.client(None).await;
    client.text("who").await;
    assert!(client.hear_text().await.ends_with(" 0"));
    std::fs::remove_dir_all(folder).expect("a folder");
}

/// The task of a shard writes them into TLS, even if the socket takes only a part of a record.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broadcasts_reach_readers_that_are_slow_at_first() {
    const READERS: usize = 8;
    const ROUNDS: usize = 40;
    let site = Secured::start().await;
    let said = |round: usize| format!("{round} {}", "x".repeat(round * 7919 % 60_000));
    let mut readers = Vec::new();
    for _ in 0..READERS {
        readers.push(site.client(None).await);
    }
    until("all hear the news", || {
        site.running.pubsub().subscribers("news") == READERS
    })
    .await;
    // More than the kernel buffers for a reader, and less than an outbox may hold.
    for round in 0..ROUNDS {
        site.running
            .broadcast("news", "said", said(round))
            .expect("room");
    }
    let (told, asked) = (said(0), "and you?");
    assert_eq!(told, "0 ");
    for reader in &mut readers {
        reader.text(asked).await;
        let mut rounds = 0;
        let mut answered = false;
        while rounds < ROUNDS || !answered {
            let heard = reader.hear_text().await;
            if heard == asked {
                answered = true;
            } else {
                assert_eq!(heard, said(rounds));
                rounds += 1;
            }
        }
    }
    assert_eq!(site.running.stats().dropped_broadcasts, 0);
}

#[tokio::test]
async fn longpoll_goes_over_tls() {
    let site = Secured::start().await;
    let port = site.address(Scheme::Https).port();
    let mut connection = Connection::over(site.connect(None).await.expect("a handshake"));
    let request = to_port(Request::get("/echo/longpoll"), port);
    for _ in 0..3 {
        let answer = connection.request(&request).await.expect("an answer");
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(
            answer.body.contains("\"status\":410"),
            "a new session: {answer:?}"
        );
    }
    let _ = client::port(&site.running);
}
