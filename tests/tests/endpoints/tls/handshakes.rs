//! Handshakes that are slow, or never end.

use std::time::{Duration, Instant};

use landfall::config::{Scheme, Setting};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use crate::tls::site::Secured;

/// The head of a record that has the first message of a handshake.
const BEGUN: [u8; 9] = [22, 3, 1, 1, 0, 1, 0, 0, 252];

async fn tcp(site: &Secured) -> TcpStream {
    let connected = TcpStream::connect(site.address(Scheme::Https)).await;
    connected.expect("a connection")
}

#[tokio::test]
async fn who_sends_a_byte_now_and_then_has_no_more_time() {
    let patience = Duration::from_millis(500);
    let site = Secured::start_with(|https, _| {
        https.handshake_timeout = Setting::exact(patience);
    })
    .await;
    let began = Instant::now();
    let (mut read, mut write) = tcp(&site).await.into_split();
    let dripping = tokio::spawn(async move {
        let rest = std::iter::repeat_n(0, 1000);
        for byte in BEGUN.into_iter().chain(rest) {
            if write.write_u8(byte).await.is_err() {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
    });
    // The end, or a reset.
    let _ = read.read_to_end(&mut Vec::new()).await;
    let took = began.elapsed();
    assert!(
        took >= patience && took < Duration::from_secs(10),
        "{took:?}"
    );
    dripping.abort();
}

#[tokio::test]
async fn a_thousand_that_never_end_hold_nobody_up() {
    let site = Secured::start().await;
    let mut stuck = Vec::new();
    for n in 0..1000 {
        let mut stream = tcp(&site).await;
        if n % 2 == 0 {
            stream.write_all(&BEGUN).await.expect("it is taken");
        }
        stuck.push(stream);
    }
    let mut client = site.client(None).await;
    client.text("hello").await;
    assert_eq!(client.hear_text().await, "hello");
    // They do not delay the stop either.
    let began = Instant::now();
    drop(client);
    site.running.shutdown().await.expect("a stop");
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
}
