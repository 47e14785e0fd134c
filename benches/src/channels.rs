//! The cost of channels, over WebSocket and longpoll.

use std::time::Duration;

use futures_util::future::try_join_all;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::sleep,
};

use crate::{
    Result,
    client::{frame, next},
    process::Server,
    scenarios::{CLIENTS, IDLE, MEMBERS, PUBLICATIONS, ROUNDS, cost, open_many},
};

pub(crate) const NAMES: [&str; 4] = [
    "KiB/joined channel",
    "us/push and reply",
    "us/delivery to 1000",
    "us/longpoll cycle",
];

const SOCKET: &str = "/socket/websocket?vsn=2.0.0";
const JOIN: &str = r#"["1","1","room:bench","phx_join",{}]"#;
const ECHO: &str = r#"["1","2","room:bench","echo",{"text":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}]"#;
const SHOUT: &str = r#"["1","3","room:bench","shout",{"text":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}]"#;

pub(crate) async fn run(server: &Server) -> Result<[f64; 4]> {
    Ok([
        idle(server).await?,
        echo(server).await?,
        fan(server).await?,
        longpoll(server).await?,
    ])
}

async fn join_many(server: &Server, count: usize) -> Result<Vec<TcpStream>> {
    let mut streams = open_many(server, SOCKET, count).await?;
    let join = frame(JOIN);
    for stream in &mut streams {
        stream.write_all(&join).await?;
        next(stream).await?;
    }
    Ok(streams)
}

async fn idle(server: &Server) -> Result<f64> {
    drop(join_many(server, 10).await?);
    sleep(Duration::from_millis(300)).await;
    let before = server.memory()?;
    let streams = join_many(server, IDLE).await?;
    sleep(Duration::from_millis(300)).await;
    let after = server.memory()?;
    drop(streams);
    Ok((after - before) / IDLE as f64)
}

async fn echo(server: &Server) -> Result<f64> {
    let mut streams = join_many(server, CLIENTS).await?;
    let message = frame(ECHO);
    let work = streams.iter_mut().map(async |stream| -> Result<()> {
        for _ in 0..ROUNDS {
            stream.write_all(&message).await?;
            next(stream).await?;
        }
        Ok(())
    });
    cost(server, CLIENTS * ROUNDS, async {
        try_join_all(work).await.map(drop)
    })
    .await
}

async fn fan(server: &Server) -> Result<f64> {
    let mut streams = join_many(server, MEMBERS).await?;
    let message = frame(SHOUT);
    let work = async {
        for _ in 0..PUBLICATIONS {
            streams[0].write_all(&message).await?;
            try_join_all(streams.iter_mut().map(next)).await?;
        }
        Ok(())
    };
    cost(server, MEMBERS * PUBLICATIONS, work).await
}

/// A message by `POST`, and its reply by `GET`.
async fn longpoll(server: &Server) -> Result<f64> {
    let mut clients = try_join_all((0..CLIENTS).map(|_| Poller::open(server))).await?;
    let work = clients.iter_mut().map(async |client| -> Result<()> {
        for _ in 0..ROUNDS / 10 {
            client.post(ECHO).await?;
            client.poll().await?;
        }
        Ok(())
    });
    cost(server, CLIENTS * ROUNDS / 10, async {
        try_join_all(work).await.map(drop)
    })
    .await
}

struct Poller {
    stream: TcpStream,
    host: String,
    token: String,
}

impl Poller {
    async fn open(server: &Server) -> Result<Self> {
        let stream = TcpStream::connect(server.address).await?;
        stream.set_nodelay(true)?;
        let mut poller = Poller {
            stream,
            host: server.address.to_string(),
            token: String::new(),
        };
        poller.poll().await?;
        poller.post(JOIN).await?;
        poller.poll().await?;
        Ok(poller)
    }

    async fn poll(&mut self) -> Result<()> {
        let answer = self.ask("GET", "").await?;
        let token = answer
            .split_once(r#""token":""#)
            .and_then(|(_, rest)| rest.split_once('"'));
        self.token = token.ok_or("an answer without a token")?.0.to_owned();
        Ok(())
    }

    async fn post(&mut self, message: &str) -> Result<()> {
        match self.ask("POST", message).await? {
            answer if answer.contains("200") => Ok(()),
            answer => Err(answer.into()),
        }
    }

    async fn ask(&mut self, method: &str, body: &str) -> Result<String> {
        let (host, token, length) = (&self.host, &self.token, body.len());
        let request = format!(
            "{method} /socket/longpoll?vsn=2.0.0&token={token} HTTP/1.1\r\nhost: {host}\r\n\
             content-type: application/x-ndjson\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        self.stream.write_all(request.as_bytes()).await?;
        let mut answer = Vec::new();
        // The body is one JSON object, and the head has no brace.
        while !answer.ends_with(b"}") {
            if self.stream.read_buf(&mut answer).await? == 0 {
                return Err("the server closed".into());
            }
        }
        Ok(String::from_utf8(answer)?)
    }
}
