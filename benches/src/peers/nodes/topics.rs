//! Many small broadcasts, many topics.

use std::time::{Duration, Instant};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use super::{node::Node, redis::Redis};
use crate::{
    Result,
    client::{connect, next, open, skip},
    process::Server,
};

const BROADCASTS: usize = 100_000;
const SOME: usize = 10_000;
const MANY: usize = 100_000;

/// A broadcast as it arrives: 32 bytes and a head.
const ARRIVES: usize = 34;

pub(super) async fn run(redis: &Redis) -> Result<[f64; 7]> {
    let [rate, publication, arrival] = burst(redis, 1).await?;
    let [rates, publications, arrivals] = burst(redis, SOME).await?;
    let there = start(redis).await?;
    drop(listen(&there, 10).await?);
    sleep(Duration::from_secs(6)).await;
    let before = there.memory()?;
    let _listening = listen(&there, MANY).await?;
    let bytes = (there.memory()? - before) * 1024.0 / MANY as f64;
    Ok([
        rate,
        publication,
        arrival,
        rates,
        publications,
        arrivals,
        bytes,
    ])
}

/// Thousands of broadcasts a second from one node to another, and what each of them pays for one.
async fn burst(redis: &Redis, topics: usize) -> Result<[f64; 3]> {
    let (here, there) = (start(redis).await?, start(redis).await?);
    let mut listening = listen(&there, topics).await?;
    let (published, arrived) = (here.cpu()?, there.cpu()?);
    let begun = Instant::now();
    let mut asking = ask(&here, &format!("/{BROADCASTS}/{topics}")).await?;
    let all = skip(&mut listening, BROADCASTS * ARRIVES);
    timeout(Duration::from_secs(60), all).await??;
    let seconds = begun.elapsed().as_secs_f64();
    asking.read_u8().await?;
    let each = BROADCASTS as f64;
    Ok([
        each / seconds / 1e3,
        (here.cpu()? - published) / each,
        (there.cpu()? - arrived) / each,
    ])
}

/// Prints how long it takes until 100,000 topics are subscribed again.
pub(super) async fn resubscribe(redis: &Redis) -> Result<()> {
    let node = start(redis).await?;
    let _listening = listen(&node, MANY).await?;
    redis.cut().await?;
    let begun = Instant::now();
    let again = async {
        while redis.channels().await? < MANY {
            sleep(Duration::from_millis(10)).await;
        }
        Result::Ok(())
    };
    timeout(Duration::from_secs(60), again).await??;
    let seconds = begun.elapsed().as_secs_f64();
    println!("{MANY} topics are subscribed again {seconds:.2} s after the connection was cut");
    Ok(())
}

async fn start(redis: &Redis) -> Result<Server> {
    let node = Node::LANDFALL.start(Some(redis)).await?;
    Ok(node.ok_or("this program is gone")?)
}

/// A client of that many topics, once the broker has confirmed them.
async fn listen(server: &Server, topics: usize) -> Result<TcpStream> {
    let mut stream = open(server.address, &format!("/topics/{topics}/websocket")).await?;
    next(&mut stream).await?;
    Ok(stream)
}

/// Asks for a path. The answer is not read.
async fn ask(server: &Server, path: &str) -> Result<TcpStream> {
    let mut stream = connect(server.address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
    stream.write_all(request.as_bytes()).await?;
    Ok(stream)
}
