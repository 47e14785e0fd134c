//! An axum application inside an endpoint: sockets and plugs come first, then axum's router.
//!
//! ```text
//! cargo run --example axum_inside
//! curl http://127.0.0.1:4000/
//! npx wscat -c ws://127.0.0.1:4000/clock/websocket
//! ```

use std::time::Duration;

use axum::{Router, routing::get};
use landfall::{Handle, prelude::*, socket::Children};
use tower_http::set_header::SetResponseHeaderLayer;

endpoint! {
    struct Edge;

    http(ip = [127, 0, 0, 1], port = env("PORT").or(4000));

    socket("/clock", Clock);

    // Any tower layer is a plug.
    plug(SetResponseHeaderLayer::if_not_present(
        axum::http::header::X_CONTENT_TYPE_OPTIONS,
        axum::http::HeaderValue::from_static("nosniff"),
    ));
    service(router());
}

fn router() -> Router {
    Router::new().route("/", get(home))
}

/// The endpoint that serves a request is one of its extractors.
async fn home(edge: Handle) -> String {
    format!(
        "{} sockets listen to the clock of {}\n",
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
                if let Err(error) = edge.broadcast("clock", "tick", format!("tick {tick}")) {
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
    Edge::start().await?.wait_for_signal().await
}
