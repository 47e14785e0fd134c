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
    client::{ask_upgrade, connect, frame, skip, upgraded},
    process::Server,
};

pub(crate) const NAMES: [&str; 7] = [
    "KiB/idle connection",
    "connection",
    "echo",
    "echo, 16 a time",
    "echo of 16 KiB",
    "fan-out to 1000",
    "http hello",
];

pub(crate) const MEMBERS: usize = 1_000;

/// How much is done of each.
pub(crate) struct Load {
    pub(crate) clients: usize,
    /// Messages of each client.
    pub(crate) rounds: usize,
    /// Connections that do nothing.
    pub(crate) idle: usize,
    pub(crate) publications: usize,
    /// Requests by longpoll of each client.
    pub(crate) polls: usize,
}

impl Load {
    pub(crate) const TIMED: Load = Load {
        clients: 100,
        rounds: 200,
        idle: 5_000,
        publications: 50,
        polls: 20,
    };
    /// So many clients that the server always has something to do: going to sleep costs more than
    /// an echo.
    pub(crate) const COUNTED: Load = Load {
        clients: 50,
        rounds: 40,
        idle: 1_000,
        publications: 40,
        polls: 10,
    };
}

pub(crate) async fn run(server: &Server, load: &Load) -> Result<[f64; 7]> {
    let [memory, connection] = idle(server, load).await?;
    Ok([
        memory,
        connection,
        echo(server, load, 64, 1).await?,
        echo(server, load, 64, 16).await?,
        echo(server, load, 16 * 1024, 1).await?,
        fan(server, load).await?,
        hello(server, load).await?,
    ])
}

/// What the server spends during `work`, divided by N operations.
pub(crate) async fn cost(
    server: &Server,
    operations: usize,
    work: impl Future<Output = Result<()>>,
) -> Result<f64> {
    server.rest().await?;
    let before = server.spent().await?;
    work.await?;
    server.rest().await?;
    Ok((server.spent().await? - before) / operations as f64)
}

/// Clients that send and receive again and again. They are told which round it is.
pub(crate) async fn exchange<C>(
    server: &Server,
    clients: &mut [C],
    rounds: usize,
    send: impl AsyncFn(&mut C, usize) -> Result<()>,
    receive: impl AsyncFn(&mut C, usize) -> Result<()>,
) -> Result<()> {
    if !server.is_counted() {
        let all = clients.iter_mut().map(async |client| {
            for round in 0..rounds {
                send(client, round).await?;
                receive(client, round).await?;
            }
            Result::Ok(())
        });
        return try_join_all(all).await.map(drop);
    }
    for round in 0..rounds {
        let sent = clients.iter_mut().map(|client| send(client, round));
        server.stopped(try_join_all(sent)).await?;
        try_join_all(clients.iter_mut().map(|client| receive(client, round))).await?;
    }
    Ok(())
}

pub(crate) async fn open_many(server: &Server, path: &str, count: usize) -> Result<Vec<TcpStream>> {
    let mut streams = Vec::with_capacity(count);
    while streams.len() < count {
        let some = (count - streams.len()).min(100);
        let asked = (0..some).map(async |_| {
            let mut stream = connect(server.address).await?;
            ask_upgrade(&mut stream, server.address, path).await?;
            Ok(stream)
        });
        let mut asked = server.stopped(try_join_all(asked)).await?;
        try_join_all(asked.iter_mut().map(upgraded)).await?;
        streams.extend(asked);
    }
    Ok(streams)
}

async fn idle(server: &Server, load: &Load) -> Result<[f64; 2]> {
    // The server allocates some things once, with the first connection. They do not count.
    drop(open_many(server, "/echo/websocket", 10).await?);
    sleep(Duration::from_millis(300)).await;
    let before = server.memory()?;
    let mut streams = Vec::new();
    let cpu = cost(server, load.idle, async {
        streams = open_many(server, "/echo/websocket", load.idle).await?;
        Ok(())
    });
    let cpu = cpu.await?;
    sleep(Duration::from_millis(300)).await;
    Ok([(server.memory()? - before) / load.idle as f64, cpu])
}

async fn echo(server: &Server, load: &Load, length: usize, depth: usize) -> Result<f64> {
    let mut streams = open_many(server, "/echo/websocket", load.clients).await?;
    let message = frame(&"x".repeat(length)).repeat(depth);
    // A frame of the server has no mask.
    let answer = message.len() - 4 * depth;
    let send = async |stream: &mut TcpStream, _| Ok(stream.write_all(&message).await?);
    let receive = async |stream: &mut TcpStream, _| skip(stream, answer).await;
    let work = exchange(server, &mut streams, load.rounds, send, receive);
    cost(server, load.clients * load.rounds * depth, work).await
}

async fn fan(server: &Server, load: &Load) -> Result<f64> {
    let mut streams = open_many(server, "/fan/websocket", MEMBERS).await?;
    // Members subscribe after their 101.
    sleep(Duration::from_millis(300)).await;
    let message = frame(&format!("pub:{}", "x".repeat(100)));
    let work = async {
        for _ in 0..load.publications {
            streams[0].write_all(&message).await?;
            try_join_all(streams.iter_mut().map(|stream| skip(stream, 102))).await?;
        }
        Ok(())
    };
    cost(server, MEMBERS * load.publications, work).await
}

async fn hello(server: &Server, load: &Load) -> Result<f64> {
    let request = format!("GET /hello HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
    let mut streams =
        try_join_all((0..load.clients).map(|_| TcpStream::connect(server.address))).await?;
    let send = async |stream: &mut TcpStream, _| Ok(stream.write_all(request.as_bytes()).await?);
    let receive = async |stream: &mut TcpStream, _| {
        let mut buffer = [0; 1024];
        let mut read = 0;
        // The body ends the answer, and occurs nowhere else in it.
        while !buffer[..read].ends_with(b"Hello, World!") {
            match stream.read(&mut buffer[read..]).await? {
                0 => return Err("the server closed".into()),
                more => read += more,
            }
        }
        Ok(())
    };
    let work = exchange(server, &mut streams, load.rounds, send, receive);
    cost(server, load.clients * load.rounds, work).await
}
