//! An endpoint with a dashboard.
//!
//! ```text
//! DASHBOARD_PASSWORD=tide cargo run --example dashboard
//! ```
//!
//! Then open <http://localhost:4000/dashboard>, as `operator` with this password, and
//! <http://localhost:4000> beside it: that page opens twenty sockets, so that there is something to
//! see. Without the variable, the password is written to standard output. `PORT` chooses another
//! port.

use std::convert::Infallible;

use http::{HeaderValue, Request, Response, header::CONTENT_TYPE, request::Parts};
use landfall::{
    dashboard::{Access, LogLines},
    prelude::*,
    presence::Tracked,
    transport::unguessable_name,
};
use serde_json::json;
use tower::service_fn;
use tracing_subscriber::{
    Layer, filter::LevelFilter, layer::SubscriberExt, util::SubscriberInitExt,
};

/// What the application brings.
pub struct App {
    pub password: String,
}

endpoint! {
    /// Echoes, and shows who is there.
    pub struct Web;

    state = App;
    http(ip = [127, 0, 0, 1], port = env("PORT").or(4000));
    check_origin = conn;
    socket("/echo/:room", Echo);
    dashboard(path = "/dashboard", who_may = operator);
    service(service_fn(page));
}

/// Who knows the password may see the dashboard.
fn operator(head: &Parts, handle: &Handle) -> Access {
    match handle.state::<App>() {
        Some(app) => Access::basic_auth(head, "operator", &app.password),
        None => Access::Denied,
    }
}

/// Present in a room for as long as it is connected.
pub struct Echo {
    room: String,
    _present: Tracked,
}

#[socket]
impl Echo {
    fn connect(handle: Handle, #[param] room: String) -> Result<Self, Refused> {
        let room = format!("room:{room}");
        let present = handle
            .presence()
            .track(&room, &unguessable_name(), json!({}));
        match present {
            Ok(present) => Ok(Echo {
                room,
                _present: present,
            }),
            Err(_) => Err(Refused::new()),
        }
    }

    fn init(&mut self, out: &mut Outbox) {
        out.forward(&self.room);
        tracing::info!(room = self.room, "somebody came");
    }

    fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

const PAGE: &str = "<!doctype html><title>Traffic</title><p>Twenty sockets talk to the endpoint.<script>
for (let number = 0; number < 20; number++) {
  const socket = new WebSocket(`ws://${location.host}/echo/${number % 3}/websocket`);
  socket.onopen = () => setInterval(() => socket.send('x'.repeat(Math.random() * 500)), 100 + 400 * Math.random());
}
</script>";

async fn page(_: Request<Body>) -> Result<Response<Body>, Infallible> {
    let mut page = Response::new(Body::from(PAGE));
    let html = HeaderValue::from_static("text/html; charset=utf-8");
    page.headers_mut().insert(CONTENT_TYPE, html);
    Ok(page)
}

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_filter(LevelFilter::INFO))
        .with(LogLines::new().with_filter(LevelFilter::INFO))
        .init();
    let password = std::env::var("DASHBOARD_PASSWORD").unwrap_or_else(|_| {
        let password = unguessable_name();
        println!("the password of `operator` is {password}");
        password
    });
    let web = Web::start(App { password }).await?;
    web.wait_for_signal().await
}
