//! An axum application inside an endpoint: sockets and plugs come first, then axum's router. All of
//! them have the same state.
//!
//! ```text
//! cargo run --example axum_inside
//! curl http://localhost:4000/
//! npx wscat -c ws://127.0.0.1:4000/clock/websocket
//! ```
//!
//! The page counts its visitors, and the clock tells their number with each tick.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{Router, extract::State, routing::get};
use landfall::{Handle, prelude::*, socket::Children};
use tower_http::set_header::SetResponseHeaderLayer;

/// What sockets and pages share: in a real application a pool of connections to a database.
#[derive(Clone, Default)]
struct App {
    visitors: Arc<AtomicU64>,
}

endpoint! {
    struct Edge;

    state = App;
    http(ip = [127, 0, 0, 1], port = env("PORT").or(4000));

    socket("/clock", Clock);

    // Any tower layer is a plug.
    plug(SetResponseHeaderLayer::if_not_present(
        axum::http::header::X_CONTENT_TYPE_OPTIONS,
        axum::http::HeaderValue::from_static("nosniff"),
    ));
    service(|edge| router(edge.state().clone()));
}

fn router(app: App) -> Router {
    Router::new().route("/", get(home)).with_state(app)
}

/// The endpoint that serves a request is an extractor, as axum's state is.
async fn home(State(app): State<App>, edge: Handle) -> String {
    format!(
        "you are visitor {}; {} sockets listen to the clock of {}\n",
        1 + app.visitors.fetch_add(1, Ordering::Relaxed),
        edge.pubsub().subscribers("clock"),
        edge.url()
    )
}

struct Clock;

#[socket]
impl Clock {
    /// One task for all clocks. It starts before the endpoint listens, and ends with the endpoint.
    fn children(children: &mut Children) {
        children.add("ticker", |edge| async move {
            let mut ticks = tokio::time::interval(Duration::from_secs(1));
            for tick in 0u64.. {
                ticks.tick().await;
                let visitors = edge
                    .state::<App>()
                    .map_or(0, |app| app.visitors.load(Ordering::Relaxed));
                let told = format!("tick {tick}, {visitors} visitors");
                if let Err(error) = edge.broadcast("clock", "tick", told) {
                    tracing::warn!(%error, "a tick is lost");
                }
            }
        });
    }

    async fn connect() -> Result<Self, Refused> {
        Ok(Clock)
    }

    async fn init(&mut self, out: &mut Outbox) {
        out.forward("clock");
    }

    async fn handle_in(&mut self, _message: Message, _out: &mut Outbox) {}
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    tracing_subscriber::fmt::init();
    Edge::start(App::default()).await?.wait_for_signal().await
}
