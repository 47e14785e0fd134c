//! A load test of channels: many clients in one topic, and how long a broadcast takes to reach them.
//!
//! ```text
//! cargo run --release --example load               # 500 clients, 50 broadcasts
//! cargo run --release --example load -- 2000 100
//! cargo run --release --example load -- 2000 100 ws://10.0.0.1:4000/socket/websocket
//! ```
//!
//! Without an address it starts an endpoint of its own, in the same process. Look at the last lines:
//! nothing may be lost, and the slowest of a hundred deliveries says more than the average. Each
//! client needs a file descriptor, and so does the server for it: `ulimit -n`. For your own
//! application, put its topic and its events into [`join`] and [`load`]. CPU and memory for each
//! operation are measured by `landfall-benches`.

use std::{
    error::Error,
    time::{Duration, Instant},
};

use futures_util::{SinkExt, StreamExt};
use landfall::prelude::*;
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async, tungstenite::Message as Frame,
};

endpoint! {
    pub struct Edge;

    http(ip = [127, 0, 0, 1], port = 0);
    socket("/socket", UserSocket, log = debug);
}

pub struct UserSocket;

#[socket(channel("load:*", Echo))]
impl UserSocket {
    async fn connect() -> Result<Self, Refused> {
        Ok(UserSocket)
    }
}

/// Sends each tick to everybody.
pub struct Echo;

#[channel(UserSocket, log_join = debug)]
impl Echo {
    async fn join() -> Result<Self, JoinError> {
        Ok(Echo)
    }

    #[handle_in("tick")]
    async fn tick(&mut self, tick: Value, out: &mut Outlet) -> Result<(), BroadcastError> {
        out.broadcast("tick", Json(tick))
    }
}

/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// Clients that connect at a time.
const AT_ONCE: usize = 50;

type Client = WebSocketStream<MaybeTlsStream<TcpStream>>;
type Result<T, E = Box<dyn Error + Send + Sync>> = std::result::Result<T, E>;

/// What was measured.
pub struct Report {
    pub clients: usize,
    pub connecting: Duration,
    pub expected: usize,
    /// The time from the push of a tick to its arrival at a client, in order.
    pub deliveries: Vec<Duration>,
}

impl Report {
    /// The time within which this part of the deliveries was there.
    fn within(&self, part: f64) -> Duration {
        let last = self.deliveries.len().saturating_sub(1);
        let index = (part * last as f64).round() as usize;
        self.deliveries.get(index).copied().unwrap_or_default()
    }
}

/// Has `clients` join a topic, then pushes `ticks` one after the other.
pub async fn load(url: &str, clients: usize, ticks: u32) -> Result<Report> {
    let began = Instant::now();
    let mut joined = Vec::with_capacity(clients);
    while joined.len() < clients {
        let mut joining = JoinSet::new();
        for _ in 0..AT_ONCE.min(clients - joined.len()) {
            joining.spawn(join(format!("{url}?vsn=2.0.0")));
        }
        while let Some(client) = joining.join_next().await {
            joined.push(client??);
        }
    }
    let connecting = began.elapsed();

    let mut pusher = join(format!("{url}?vsn=2.0.0")).await?;
    let listeners: JoinSet<_> = joined
        .into_iter()
        .map(|client| listen(client, ticks, began))
        .collect();
    for _ in 0..ticks {
        let at = u64::try_from(began.elapsed().as_micros())?;
        let tick = json!(["1", null, "load:1", "tick", { "at": at }]);
        pusher.send(Frame::text(tick.to_string())).await?;
        sleep(Duration::from_millis(20)).await;
    }
    let mut deliveries = Vec::new();
    for heard in listeners.join_all().await {
        deliveries.extend(heard?);
    }
    pusher.close(None).await?;
    deliveries.sort_unstable();
    let expected = clients * ticks as usize;
    Ok(Report {
        clients,
        connecting,
        expected,
        deliveries,
    })
}

/// A client that has joined.
async fn join(url: String) -> Result<Client> {
    let joining = async {
        let (mut client, _) = connect_async(url).await?;
        let join = json!(["1", "1", "load:1", "phx_join", {}]);
        client.send(Frame::text(join.to_string())).await?;
        while let Some(frame) = client.next().await {
            let message: Value = serde_json::from_str(frame?.to_text()?)?;
            match (&message[3], &message[4]["status"]) {
                (event, status) if event == "phx_reply" && status == "ok" => return Ok(client),
                (event, _) if event == "phx_reply" => return Err(message.to_string().into()),
                _ => {}
            }
        }
        Err("the connection has ended".into())
    };
    timeout(PATIENCE, joining).await?
}

/// Hears so many ticks, or those that come in time.
async fn listen(mut client: Client, ticks: u32, began: Instant) -> Result<Vec<Duration>> {
    let mut heard = Vec::with_capacity(ticks as usize);
    while heard.len() < ticks as usize {
        let Ok(Some(frame)) = timeout(PATIENCE, client.next()).await else {
            break;
        };
        let message: Value = serde_json::from_str(frame?.to_text()?)?;
        if message[3] == "tick" {
            let at = Duration::from_micros(message[4]["at"].as_u64().ok_or("no time")?);
            heard.push(began.elapsed().saturating_sub(at));
        }
    }
    client.close(None).await?;
    Ok(heard)
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let clients = arguments.next().map_or(Ok(500), |number| number.parse())?;
    let ticks = arguments.next().map_or(Ok(50), |number| number.parse())?;
    let edge = Edge::start().await?;
    let own = format!("{}/socket/websocket", edge.url().replace("http", "ws"));
    let report = load(&arguments.next().unwrap_or(own), clients, ticks).await?;

    let each = report.connecting / u32::try_from(report.clients.max(1))?;
    println!(
        "{} clients joined in {:?}: {each:?} each",
        report.clients, report.connecting
    );
    println!(
        "{} of {} deliveries came",
        report.deliveries.len(),
        report.expected
    );
    for (name, part) in [("half", 0.5), ("99 of 100", 0.99), ("all", 1.0)] {
        println!("{name:>10} within {:?}", report.within(part));
    }
    Ok(edge.shutdown().await?)
}
