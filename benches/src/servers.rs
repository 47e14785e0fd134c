//! The servers. Each echoes at `/echo/websocket`, broadcasts `pub:X` at `/fan/websocket`, and says
//! hello at `/hello`. Landfall also serves channels at `/socket`.

use std::{convert::Infallible, time::Duration};

use axum::{
    Router,
    extract::{
        State,
        ws::{self, WebSocketUpgrade},
    },
    http::{Request, Response},
    routing::get,
};
use futures_util::{SinkExt, StreamExt};
use landfall::{prelude::*, presence::Tracked, pubsub::Payload};
use serde_json::json;
use tokio::sync::broadcast;

use crate::{Result, files, nodes, process::WORKERS, tls};

pub(crate) const NAMES: [&str; 3] = ["landfall", "axum", "axum-4k"];

/// Serves until it is killed. One worker thread if nothing else is asked for, so that all work is
/// counted alike.
pub(crate) fn serve(name: &str, port: u16) -> Result<()> {
    let workers = std::env::var(WORKERS).map_or(Ok(1), |workers| workers.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        // The CPU time of a thread that has ended would be lost.
        .thread_keep_alive(Duration::from_secs(3600))
        .enable_all()
        .build()?;
    runtime.block_on(async {
        match name {
            "landfall" => landfall(port).await,
            "axum" => axum(port, 128 * 1024).await,
            "axum-4k" => axum(port, 4 * 1024).await,
            "tls" => tls::secure(port).await,
            "tungstenite" => tls::plain(port, 128 * 1024).await,
            "tungstenite-4k" => tls::plain(port, 4 * 1024).await,
            "node" => nodes::node(port).await,
            "static" => files::statics(port).await,
            "servedir" => files::below_landfall(port).await,
            "servedir-axum" => files::below_axum(port).await,
            _ => Err(format!("no such server: {name}").into()),
        }
    })
}

endpoint! {
    struct Edge;

    http(ip = [127, 0, 0, 1]);
    secret_key_base = insecure(
        "the secret of a server that lives for one measurement, and has nothing to hide",
        reason = "it is the same for each run",
    );
    socket("/echo", Echo);
    socket("/fan", Fan, websocket(outbox(limit = 64 * 1024 * 1024)));
    socket("/socket", Visitor, longpoll(max_sessions_per_ip = 10_000));
    service(tower::service_fn(hello));
}

async fn hello(_: Request<Body>) -> std::result::Result<Response<Body>, Infallible> {
    Ok(Response::new(Body::from("Hello, World!")))
}

pub(crate) struct Echo;

#[socket(log = false)]
impl Echo {
    async fn connect() -> std::result::Result<Self, Refused> {
        Ok(Echo)
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

pub(crate) struct Fan;

#[socket(log = false)]
impl Fan {
    async fn connect() -> std::result::Result<Self, Refused> {
        Ok(Fan)
    }

    async fn init(&mut self, out: &mut Outbox) {
        out.forward("fan");
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        if let Some(text) = message.as_text().and_then(|text| text.strip_prefix("pub:")) {
            let _ = out.broadcast("fan", "said", Payload::from(text));
        }
    }
}

struct Visitor;

#[socket(channel("room:*", Room), channel("crew:*", Crew), log = false)]
impl Visitor {
    async fn connect() -> std::result::Result<Self, Refused> {
        Ok(Visitor)
    }
}

struct Room;

#[channel(Visitor)]
impl Room {
    async fn join() -> std::result::Result<Self, JoinError> {
        Ok(Room)
    }

    #[handle_in("echo")]
    async fn echo(&mut self, payload: Payload) -> Reply {
        Reply::ok(payload)
    }

    #[handle_in("shout")]
    async fn shout(&mut self, payload: Payload, out: &mut Outlet) {
        let _ = out.broadcast("shout", payload);
    }
}

/// A channel that tracks what it is told to.
struct Crew {
    tracked: Vec<Tracked>,
}

#[channel(Visitor)]
impl Crew {
    async fn join() -> std::result::Result<Self, JoinError> {
        Ok(Crew {
            tracked: Vec::new(),
        })
    }

    /// The keys of the numbers between these two.
    #[handle_in("track")]
    async fn track(&mut self, numbers: (u32, u32), out: &mut Outlet) -> Reply {
        for number in numbers.0..numbers.1 {
            let key = format!("sailor-{number}");
            let meta = json!({ "since": number });
            if let Ok(tracked) = out.handle().presence().track(out.topic(), &key, meta) {
                self.tracked.push(tracked);
            }
        }
        Reply::ok(Payload::EMPTY)
    }
}

async fn landfall(port: u16) -> Result<()> {
    let edge = Edge::builder()
        .listener(tokio::net::TcpListener::bind(("127.0.0.1", port)).await?)
        .start()
        .await?;
    Ok(edge.wait_for_signal().await?)
}

async fn axum(port: u16, read_buffer: usize) -> Result<()> {
    let (fan, _) = broadcast::channel::<ws::Utf8Bytes>(4096);
    let echo = async move |upgrade: WebSocketUpgrade| {
        upgrade
            .read_buffer_size(read_buffer)
            .on_upgrade(|mut socket| async move {
                while let Some(Ok(message)) = socket.recv().await {
                    if socket.send(message).await.is_err() {
                        return;
                    }
                }
            })
    };
    let spread = async move |upgrade: WebSocketUpgrade,
                             State(fan): State<broadcast::Sender<ws::Utf8Bytes>>| {
        upgrade
            .read_buffer_size(read_buffer)
            .on_upgrade(move |socket| member(socket, fan))
    };
    let router = Router::new()
        .route("/hello", get(async || "Hello, World!"))
        .route("/echo/websocket", get(echo))
        .route("/fan/websocket", get(spread))
        .with_state(fan);
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    Ok(axum::serve(listener, router).await?)
}

/// A member of the fan-out, as in axum's own chat example: one receiver for each connection.
async fn member(socket: ws::WebSocket, fan: broadcast::Sender<ws::Utf8Bytes>) {
    let mut news = fan.subscribe();
    let (mut write, mut read) = socket.split();
    loop {
        tokio::select! {
            message = read.next() => match message {
                Some(Ok(ws::Message::Text(text))) => {
                    if let Some(text) = text.strip_prefix("pub:") {
                        let _ = fan.send(text.into());
                    }
                }
                Some(Ok(_)) => {}
                _ => return,
            },
            text = news.recv() => {
                let Ok(text) = text else { return };
                if write.send(ws::Message::Text(text)).await.is_err() {
                    return;
                }
            }
        }
    }
}
