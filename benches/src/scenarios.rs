//! The measurements.

use std::{future::Future, time::Duration};

use futures_util::future::try_join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use crate::{
    Result,
    client::{frame, open, skip},
    process::Server,
};

pub(crate) const NAMES: [&str; 6] = [
    "KiB/idle connection",
    "us/connection",
    "us/echo",
    "us/echo, 16 a time",
    "us/delivery to 1000",
    "us/http hello",
];

pub(crate) const CLIENTS: usize = 100;
pub(crate) const ROUNDS: usize = 200;
pub(crate) const IDLE: usize = 5_000;
pub(crate) const MEMBERS: usize = 1_000;
pub(crate) const PUBLICATIONS: usize = 50;

pub(crate) async fn run(server: &Server) -> Result<[f64; 6]> {
    let [memory, connection] = idle(server).await?;
    Ok([
        memory,
        connection,
        echo(server, 1).await?,
        echo(server, 16).await?,
        fan(server).await?,
        hello(server).await?,
    ])
}

/// The server's CPU time during `work`, divided by N operations.
pub(crate) async fn cost(
    server: &Server,
    operations: usize,
    work: impl Future<Output = Result<()>>,
) -> Result<f64> {
    let before = server.cpu()?;
    work.await?;
    Ok((server.cpu()? - before) / operations as f64)
}

pub(crate) async fn open_many(server: &Server, path: &str, count: usize) -> Result<Vec<TcpStream>> {
    let mut streams = Vec::with_capacity(count);
    while streams.len() < count {
        let some = (count - streams.len()).min(100);
        streams.extend(try_join_all((0..some).map(|_| open(server.address, path))).await?);
    }
    Ok(streams)
}

async fn idle(server: &Server) -> Result<[f64; 2]> {
    // The server allocates some things once, with the first connection. They do not count.
    drop(open_many(server, "/echo/websocket", 10).await?);
    sleep(Duration::from_millis(300)).await;
    let before = server.memory()?;
    let mut streams = Vec::new();
    let cpu = cost(server, IDLE, async {
        streams = open_many(server, "/echo/websocket", IDLE).await?;
        Ok(())
    });
    let cpu = cpu.await?;
    sleep(Duration::from_millis(300)).await;
    Ok([(server.memory()? - before) / IDLE as f64, cpu])
}

async fn echo(server: &Server, depth: usize) -> Result<f64> {
    let mut streams = open_many(server, "/echo/websocket", CLIENTS).await?;
    let message = frame(&"x".repeat(64)).repeat(depth);
    let answer = 66 * depth;
    let work = streams.iter_mut().map(async |stream| -> Result<()> {
        for _ in 0..ROUNDS {
            stream.write_all(&message).await?;
            skip(stream, answer).await?;
        }
        Ok(())
    });
    cost(server, CLIENTS * ROUNDS * depth, async {
        try_join_all(work).await.map(drop)
    })
    .await
}

async fn fan(server: &Server) -> Result<f64> {
    let mut streams = open_many(server, "/fan/websocket", MEMBERS).await?;
    // Members subscribe after their 101.
    sleep(Duration::from_millis(300)).await;
    let message = frame(&format!("pub:{}", "x".repeat(100)));
    let work = async {
        for _ in 0..PUBLICATIONS {
            streams[0].write_all(&message).await?;
            try_join_all(streams.iter_mut().map(|stream| skip(stream, 102))).await?;
        }
        Ok(())
    };
    cost(server, MEMBERS * PUBLICATIONS, work).await
}

async fn hello(server: &Server) -> Result<f64> {
    let request = format!("GET /hello HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
    let mut streams =
        try_join_all((0..CLIENTS).map(|_| TcpStream::connect(server.address))).await?;
    let work = streams.iter_mut().map(async |stream| -> Result<()> {
        let mut buffer = [0; 1024];
        for _ in 0..ROUNDS {
            stream.write_all(request.as_bytes()).await?;
            let mut read = 0;
            // The body ends the answer, and occurs nowhere else in it.
            while !buffer[..read].ends_with(b"Hello, World!") {
                match stream.read(&mut buffer[read..]).await? {
                    0 => return Err("the server closed".into()),
                    more => read += more,
                }
            }
        }
        Ok(())
    });
    cost(server, CLIENTS * ROUNDS, async {
        try_join_all(work).await.map(drop)
    })
    .await
}
