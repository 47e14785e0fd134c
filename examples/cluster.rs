//! The chat on three nodes, which share its rooms through a Redis server.
//!
//! ```text
//! cargo run --example cluster
//! ```
//!
//! It uses the server at `REDIS_URL`, by default the one of this machine. If none answers, it
//! starts `redis-server`, which has to be installed (Debian: `apt install redis-server`).
//!
//! Then open <http://localhost:4000>, <http://localhost:4001> and <http://localhost:4002>, one
//! window for each node. `PORT` chooses the first of the three ports. What is said in one window is
//! heard in all, and all show the same visitors.
//!
//! Each node is a process of its own, which is printed with its address. Try to end one:
//!
//! - `kill PROCESS`: the node says goodbye, and its visitors leave the lists of the others at once.
//! - `kill -9 PROCESS`: they leave when the node has been silent for 30 seconds.
//!
//! The node is started again after ten seconds. Its windows connect by themselves, and their
//! visitors are back. Ctrl-C stops all.

use std::{env, error::Error, io, process::Stdio, thread, time::Duration};

use landfall::{assets::Static, prelude::*, security::SecureHeaders, transport::unguessable_name};
use tokio::{
    net::TcpStream,
    process::{Child, Command},
    sync::oneshot,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

#[allow(dead_code, reason = "it is an example by itself")]
#[path = "chat.rs"]
mod chat;

endpoint! {
    /// The endpoint of a node.
    struct Cluster;

    http(ip = [127, 0, 0, 1], port = env("PORT"));
    check_origin = conn;

    // What makes it a node of a cluster. Nodes of the same name share their topics, presences and
    // longpoll sessions.
    pubsub(name = "chat", node = env("NODE"), redis(url = env("REDIS_URL")));

    // All nodes have the same secret: any of them serves the longpoll sessions of the others.
    secret_key_base = env("SECRET_KEY_BASE");

    socket(
        "/socket",
        chat::UserSocket,
        websocket(max_frame_size = 8192, compress = true),
        longpoll(max_body_size = 65_536),
    );

    plug(SecureHeaders::new());
    plug(
        Static::new(concat!(env!("CARGO_MANIFEST_DIR"), "/chat"))
            .only(["app.js", "phoenix.js", "style.css"])
    );
    service(tower::service_fn(chat::page));
}

/// How long a node that has ended stays away.
const PAUSE: Duration = Duration::from_secs(10);
/// How long the Redis server may take to start.
const PATIENCE: Duration = Duration::from_secs(5);

type Result<T> = std::result::Result<T, Box<dyn Error + Send + Sync>>;

/// This program is all nodes: it starts itself again, as `cluster node`.
#[tokio::main]
async fn main() -> Result<()> {
    match env::args().nth(1).as_deref() {
        Some("node") => node().await,
        _ => cluster().await,
    }
}

/// One node.
async fn node() -> Result<()> {
    tracing_subscriber::fmt::init();
    let node = Cluster::start().await?;
    tokio::select! {
        ended = node.wait_for_signal() => Ok(ended?),
        () = orphaned() => Ok(node.shutdown().await?),
    }
}

/// Completes when the process that has started this one stops, or is gone: its end of the pipe is
/// closed then.
async fn orphaned() {
    let (closed, waiting) = oneshot::channel();
    // A thread, because a blocked task would keep the runtime from ending.
    thread::spawn(move || {
        let _ = io::copy(&mut io::stdin(), &mut io::sink());
        let _ = closed.send(());
    });
    let _ = waiting.await;
}

/// Three nodes, and Redis if need be, until a signal.
async fn cluster() -> Result<()> {
    let redis_url = env::var("REDIS_URL").unwrap_or("redis://127.0.0.1:6379".to_owned());
    let redis = redis(&redis_url).await?;
    let secret =
        env::var("SECRET_KEY_BASE").unwrap_or([(); 3].map(|()| unguessable_name()).concat());
    let first: u16 = env::var("PORT").map_or(Ok(4000), |port| port.parse())?;

    let (stop, mut nodes) = (CancellationToken::new(), JoinSet::new());
    for (name, port) in ["one", "two", "three"].into_iter().zip(first..) {
        let mut program = Command::new(env::current_exe()?);
        program
            .arg("node")
            .env("NODE", name)
            .env("PORT", port.to_string())
            .env("REDIS_URL", &redis_url)
            .env("SECRET_KEY_BASE", &secret)
            .stdin(Stdio::piped());
        nodes.spawn(keep(name, port, apart(program), stop.clone()));
    }
    signalled().await?;
    stop.cancel();
    while let Some(ended) = nodes.join_next().await {
        ended??;
    }
    if let Some(mut redis) = redis {
        redis.kill().await?;
    }
    Ok(())
}

/// Starts a node, and starts it again when it has ended.
async fn keep(name: &str, port: u16, mut program: Command, stop: CancellationToken) -> Result<()> {
    loop {
        let mut node = program.spawn()?;
        let process = node.id().unwrap_or_default();
        println!("node {name}: http://127.0.0.1:{port} (process {process})");
        // `wait` closes the pipe, unless it is taken out.
        let pipe = node.stdin.take();
        tokio::select! {
            () = stop.cancelled() => {
                drop(pipe);
                node.wait().await?;
                return Ok(());
            }
            status = node.wait() => println!("node {name} has ended: {}", status?),
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = sleep(PAUSE) => {}
        }
    }
}

/// Starts a server at this address if none answers there. It is killed when it is dropped.
async fn redis(url: &str) -> Result<Option<Child>> {
    let address = url.trim_start_matches("redis://");
    let address = address
        .split_once('/')
        .map_or(address, |(address, _)| address);
    let answers = || async { TcpStream::connect(address).await.is_ok() };
    let Some(port) = address.strip_prefix("127.0.0.1:") else {
        return Ok(None);
    };
    if answers().await {
        return Ok(None);
    }
    let mut server = Command::new("redis-server");
    server
        .args(["--bind", "127.0.0.1", "--port", port])
        .args(["--save", "", "--appendonly", "no"])
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    let missing =
        |error| format!("no Redis answers at {url}, and `redis-server` does not start: {error}");
    let server = apart(server).spawn().map_err(missing)?;
    let starting = async {
        while !answers().await {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, starting).await?;
    println!("redis: {url} (process {})", server.id().unwrap_or_default());
    Ok(Some(server))
}

/// Ctrl-C reaches this process alone, which then stops the others in their order.
fn apart(mut program: Command) -> Command {
    #[cfg(unix)]
    program.process_group(0);
    program.kill_on_drop(true);
    program
}

/// Completes at SIGINT, and where there is one, SIGTERM.
async fn signalled() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupt = tokio::signal::ctrl_c() => interrupt,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
