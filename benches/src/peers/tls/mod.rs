//! The cost of sockets over TLS, and of those over HTTP/2, beside tokio-rustls and tungstenite.
//!
//! tungstenite is measured with its default read buffer of 128 KiB, and with one of 4 KiB.

mod client;
mod servers;

use std::time::Duration;

use futures_util::future::try_join_all;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tokio::time::sleep;

pub(crate) use self::servers::{plain, secure};

use self::client::{Clients, Socket};
use crate::{
    Result,
    client::frame,
    folder::Folder,
    peers::table::{ROUNDS, medians, row, title},
    process::Server,
    scenarios::cost,
};

/// The rows: a server, and how many sockets share one of its connections by HTTP/2.
const ROWS: [(&str, &str, usize); 5] = [
    ("landfall", "tls", 0),
    ("landfall, h2", "tls", 1),
    ("landfall, h2 x 20", "tls", 20),
    ("tungstenite", "tungstenite", 0),
    ("tungstenite-4k", "tungstenite-4k", 0),
];

const NAMES: [&str; 4] = [
    "KiB/idle socket",
    "us/new socket",
    "us/echo",
    "us/echo, 16 a time",
];

const IDLE: usize = 2_000;
const SOCKETS: usize = 100;
const ECHOES: usize = 200;

pub(crate) async fn compare() -> Result<()> {
    let folder = Folder::new("tls")?;
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["localhost".to_owned()])?;
    std::fs::write(folder.path().join("cert.pem"), cert.pem())?;
    std::fs::write(folder.path().join("key.pem"), signing_key.serialize_pem())?;
    title(&NAMES);
    let mut seen = ROWS.map(|_| Vec::new());
    for round in 1..=ROUNDS {
        for ((name, server, shared), seen) in ROWS.iter().zip(&mut seen) {
            let server = Server::start_with(server, folder.path()).await?;
            let figures = run(&server, &Clients::new(cert.der(), *shared)?).await?;
            row(name, figures, &format!("round {round}"));
            seen.push(figures);
        }
    }
    for ((name, ..), seen) in ROWS.iter().zip(seen) {
        row(name, medians(&seen), "median");
    }
    Ok(())
}

async fn run(server: &Server, clients: &Clients) -> Result<[f64; 4]> {
    let [memory, new] = idle(server, clients).await?;
    Ok([
        memory,
        new,
        echo(server, clients, 1).await?,
        echo(server, clients, 16).await?,
    ])
}

async fn idle(server: &Server, clients: &Clients) -> Result<[f64; 2]> {
    // The server allocates some things once, with the first connections. They do not count.
    drop(clients.open(server, 20).await?);
    sleep(Duration::from_millis(300)).await;
    let before = server.memory()?;
    let mut sockets = Vec::new();
    let cpu = cost(server, IDLE, async {
        sockets = clients.open(server, IDLE).await?;
        Ok(())
    });
    let cpu = cpu.await?;
    sleep(Duration::from_millis(300)).await;
    Ok([(server.memory()? - before) / IDLE as f64, cpu])
}

async fn echo(server: &Server, clients: &Clients, depth: usize) -> Result<f64> {
    let mut sockets = clients.open(server, SOCKETS).await?;
    let message = frame(&"x".repeat(64)).repeat(depth);
    let answer = 66 * depth;
    let work = sockets
        .iter_mut()
        .map(async |socket: &mut Socket| -> Result<()> {
            for _ in 0..ECHOES {
                socket.write(&message).await?;
                socket.skip(answer).await?;
            }
            Ok(())
        });
    cost(server, SOCKETS * ECHOES * depth, async {
        try_join_all(work).await.map(drop)
    })
    .await
}
