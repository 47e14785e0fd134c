//! An endpoint whose figures Prometheus scrapes: `cargo run --example prometheus`, then
//! `curl http://localhost:4000/metrics`.
//!
//! The recorder is installed before the endpoint starts: what starts earlier is not counted. Who may
//! scrape is for you to say: here it is everybody who reaches the port.

use http::{Request, Response, header::CONTENT_TYPE};
use landfall::prelude::*;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tower::service_fn;

/// Bounds of the histograms, in seconds.
const SECONDS: [f64; 7] = [0.0001, 0.001, 0.01, 0.1, 1.0, 10.0, 60.0];

/// What the application brings.
#[derive(Clone)]
pub struct App {
    pub figures: PrometheusHandle,
}

endpoint! {
    /// Echoes, and tells its figures.
    pub struct Web;

    state = App;
    http(ip = [127, 0, 0, 1], port = env("PORT").or(4000));
    socket("/echo/:name", Echo);
    socket("/socket", UserSocket);
    service(|edge| {
        let figures = edge.state().figures.clone();
        service_fn(move |request| answer(request, figures.clone()))
    });
}

pub struct Echo;

#[socket]
impl Echo {
    fn connect(#[param] name: String) -> Result<Self, Refused> {
        if name == "nobody" {
            Err(Refused::new())
        } else {
            Ok(Echo)
        }
    }

    fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

pub struct UserSocket;

#[socket(channel("room:*", Room))]
impl UserSocket {
    fn connect() -> Self {
        UserSocket
    }
}

pub struct Room;

#[channel(UserSocket)]
impl Room {
    fn join() -> Self {
        Room
    }

    #[handle_in("ping")]
    fn ping(&mut self) -> Reply {
        Reply::ok(Payload::EMPTY)
    }
}

async fn answer(
    request: Request<Body>,
    figures: PrometheusHandle,
) -> Result<Response<Body>, http::Error> {
    match request.uri().path() {
        "/metrics" => Response::builder()
            .header(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")
            .body(Body::from(figures.render())),
        _ => Response::builder()
            .status(404)
            .body(Body::from("no such page")),
    }
}

/// Installs the recorder of the whole program. `render` is what is scraped.
pub fn recorder() -> PrometheusHandle {
    PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)
        .and_then(PrometheusBuilder::install_recorder)
        .expect("no other recorder is installed")
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    let figures = recorder();
    let web = Web::start(App { figures }).await?;
    println!("figures at {}/metrics", web.url());
    web.wait_for_signal().await
}
