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
    scenarios::{Load, MEMBERS, cost, exchange, open_many},
};

pub(crate) const NAMES: [&str; 8] = [
    "KiB/joined channel",
    "join, 100 a socket",
    "join, a topic each",
    "push and reply",
    "broadcast to 1000",
    "presence, 1000 tracked",
    "presence, told 1000",
    "longpoll cycle",
];

const SOCKET: &str = "/socket/websocket?vsn=2.0.0";
const JOIN: &str = r#"["1","1","room:bench","phx_join",{}]"#;
const ECHO: &str = r#"["1","2","room:bench","echo",{"text":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}]"#;
const SHOUT: &str = r#"["1","3","room:bench","shout",{"text":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}]"#;

/// Channels that a socket may have at once, unless it says otherwise.
const CHANNELS: usize = 100;

pub(crate) async fn run(server: &Server, load: &Load) -> Result<[f64; 8]> {
    // First, while no memory is there that something else has given back. Under valgrind it says nothing.
    let memory = match server.is_counted() {
        true => f64::NAN,
        false => idle(server, load).await?,
    };
    let shared = join(server, load, |_, channel| channel).await?;
    let own = join(server, load, |socket, channel| socket * CHANNELS + channel).await?;
    let [tracked, told] = presence(server, load).await?;
    Ok([
        memory,
        shared,
        own,
        echo(server, load).await?,
        fan(server, load).await?,
        tracked,
        told,
        longpoll(server, load).await?,
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

async fn idle(server: &Server, load: &Load) -> Result<f64> {
    drop(join_many(server, 10).await?);
    sleep(Duration::from_millis(300)).await;
    let before = server.memory()?;
    let streams = join_many(server, load.idle).await?;
    sleep(Duration::from_millis(300)).await;
    let after = server.memory()?;
    drop(streams);
    Ok((after - before) / load.idle as f64)
}

/// Sockets that join 100 channels each, in turn.
async fn join(server: &Server, load: &Load, topic: impl Fn(usize, usize) -> usize) -> Result<f64> {
    let streams = open_many(server, SOCKET, load.idle / 50).await?;
    let mut sockets: Vec<_> = streams.into_iter().enumerate().collect();
    let joins = sockets.len() * CHANNELS;
    let send = async |(socket, stream): &mut (usize, TcpStream), channel| {
        let room = topic(*socket, channel);
        let join = format!(r#"["{channel}","1","room:{room}","phx_join",{{}}]"#);
        Ok(stream.write_all(&frame(&join)).await?)
    };
    let receive = async |(_, stream): &mut (usize, TcpStream), _| next(stream).await;
    let work = exchange(server, &mut sockets, CHANNELS, send, receive);
    cost(server, joins, work).await
}

/// What it costs to track one of 1,000 keys, and to tell one of 1,000 clients of one.
async fn presence(server: &Server, load: &Load) -> Result<[f64; 2]> {
    let mut alone = crew(server, "alone", 1).await?;
    let tracked = cost(server, MEMBERS, track(&mut alone, "alone", 0, MEMBERS)).await?;
    // Its keys are untracked while the others join, which nobody counts.
    drop(alone);
    let mut crew = crew(server, "full", MEMBERS).await?;
    let told = async {
        for number in 0..load.publications {
            track(&mut crew, "full", number, number + 1).await?;
        }
        Ok(())
    };
    let told = cost(server, MEMBERS * load.publications, told).await?;
    Ok([tracked, told])
}

/// Members of the topic.
async fn crew(server: &Server, topic: &str, members: usize) -> Result<Vec<TcpStream>> {
    let mut streams = open_many(server, SOCKET, members).await?;
    let join = frame(&format!(r#"["1","1","crew:{topic}","phx_join",{{}}]"#));
    for stream in &mut streams {
        stream.write_all(&join).await?;
        next(stream).await?;
    }
    Ok(streams)
}

/// The first member tracks keys, and all are told of them.
async fn track(crew: &mut [TcpStream], topic: &str, from: usize, to: usize) -> Result<()> {
    let track = format!(r#"["1","2","crew:{topic}","track",[{from},{to}]]"#);
    crew[0].write_all(&frame(&track)).await?;
    // The reply.
    next(&mut crew[0]).await?;
    try_join_all(crew.iter_mut().map(next)).await?;
    Ok(())
}

async fn echo(server: &Server, load: &Load) -> Result<f64> {
    let mut streams = join_many(server, load.clients).await?;
    let message = frame(ECHO);
    let send = async |stream: &mut TcpStream, _| Ok(stream.write_all(&message).await?);
    let receive = async |stream: &mut TcpStream, _| next(stream).await;
    let work = exchange(server, &mut streams, load.rounds, send, receive);
    cost(server, load.clients * load.rounds, work).await
}

async fn fan(server: &Server, load: &Load) -> Result<f64> {
    let mut streams = join_many(server, MEMBERS).await?;
    let message = frame(SHOUT);
    let work = async {
        for _ in 0..load.publications {
            streams[0].write_all(&message).await?;
            try_join_all(streams.iter_mut().map(next)).await?;
        }
        Ok(())
    };
    cost(server, MEMBERS * load.publications, work).await
}

/// A message by `POST`, and its reply by `GET`.
async fn longpoll(server: &Server, load: &Load) -> Result<f64> {
    let mut clients = try_join_all((0..load.clients).map(|_| Poller::open(server))).await?;
    let send = async |client: &mut Poller, round| match round % 2 {
        0 => client.ask("POST", ECHO).await,
        _ => client.ask("GET", "").await,
    };
    let receive = async |client: &mut Poller, round| match round % 2 {
        0 => client.posted().await,
        _ => client.polled().await,
    };
    let work = exchange(server, &mut clients, 2 * load.polls, send, receive);
    cost(server, load.clients * load.polls, work).await
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
        poller.ask("GET", "").await?;
        poller.polled().await?;
        poller.ask("POST", JOIN).await?;
        poller.posted().await?;
        poller.ask("GET", "").await?;
        poller.polled().await?;
        Ok(poller)
    }

    async fn ask(&mut self, method: &str, body: &str) -> Result<()> {
        let (host, token, length) = (&self.host, &self.token, body.len());
        let request = format!(
            "{method} /socket/longpoll?vsn=2.0.0&token={token} HTTP/1.1\r\nhost: {host}\r\n\
             content-type: application/x-ndjson\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        Ok(self.stream.write_all(request.as_bytes()).await?)
    }

    async fn polled(&mut self) -> Result<()> {
        let answer = self.answer().await?;
        let token = answer
            .split_once(r#""token":""#)
            .and_then(|(_, rest)| rest.split_once('"'));
        self.token = token.ok_or("an answer without a token")?.0.to_owned();
        Ok(())
    }

    async fn posted(&mut self) -> Result<()> {
        match self.answer().await? {
            answer if answer.contains("200") => Ok(()),
            answer => Err(answer.into()),
        }
    }

    async fn answer(&mut self) -> Result<String> {
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
