//! An endpoint inside an axum application: axum listens, and its router sends `/rt` here. Both have
//! the same state.
//!
//! ```text
//! cargo run --example inside_axum
//! npx wscat -c ws://127.0.0.1:4000/rt/echo/websocket
//! curl http://localhost:4000/say/hello
//! ```
//!
//! The last command tells how many sockets have heard it, and how many messages all of them have
//! sent: the sockets count, and the page reads.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{
    Router,
    extract::{Path, State},
    routing::get,
};
use landfall::{Running, prelude::*, socket::RequestUri};

/// What sockets and pages share: in a real application a pool of connections to a database.
#[derive(Clone, Default)]
struct App {
    messages: Arc<AtomicU64>,
}

endpoint! {
    struct Edge;

    state = App;
    url(path = "/rt");
    check_origin = conn;
    // The endpoint does not listen itself: axum does.
    server = false;

    socket("/echo", Echo, websocket(connect_info = [peer_data, uri]));
}

struct Echo;

#[socket]
impl Echo {
    async fn connect(
        #[info] peer_data: PeerData,
        #[info] uri: RequestUri,
    ) -> Result<Self, Refused> {
        println!("{} came to {}", peer_data.address, uri.path);
        Ok(Echo)
    }

    async fn init(&mut self, out: &mut Outbox) {
        out.forward("announcements");
    }

    async fn handle_in(&mut self, message: Message, out: &mut Outbox, #[state] app: App) {
        app.messages.fetch_add(1, Ordering::Relaxed);
        out.push(message);
    }
}

/// Any handler of the application can reach the sockets.
async fn say(
    State(edge): State<Running<Edge>>,
    Path(text): Path<String>,
) -> Result<String, String> {
    edge.broadcast("announcements", "said", text)
        .map_err(|error| format!("{error}\n"))?;
    Ok(format!(
        "told {} sockets, which have sent {} messages\n",
        edge.pubsub().subscribers("announcements"),
        edge.state().messages.load(Ordering::Relaxed)
    ))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    tracing_subscriber::fmt::init();
    let edge = Edge::start(App::default()).await?;
    let router = Router::new()
        .route("/say/{text}", get(say))
        .nest_service("/rt", edge.service())
        .with_state(edge.clone());

    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 4000)).await?;
    // connect_info needs the peer's address.
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let stopped = async move {
        // SIGTERM or Ctrl-C. axum does not know the connections of sockets: the endpoint ends them.
        if let Err(error) = edge.wait_for_signal().await {
            tracing::error!(%error, "the endpoint did not stop cleanly");
        }
    };
    axum::serve(listener, service)
        .with_graceful_shutdown(stopped)
        .await?;
    Ok(())
}
