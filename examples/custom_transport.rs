//! A custom transport: the server sends messages as Server-Sent Events, and clients send them by
//! `POST`.
//!
//! ```text
//! cargo run --example custom_transport
//! ```
//!
//! Then open <http://localhost:4000> in two windows. `PORT` chooses another port. Without a
//! browser:
//!
//! ```text
//! curl -N http://localhost:4000/room/harbour/sse
//! curl -d 'Ahoy!' -H 'x-connection: <the data of the first event>' http://localhost:4000/room/harbour/sse
//! ```

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    http::{HeaderValue, Method, Response, StatusCode, header::CONTENT_TYPE},
    response::Html,
    routing::get,
};
use landfall::{
    message::{Text, Unsupported},
    mount::Timeout,
    prelude::*,
    socket::ConnectInfo,
    transport::{Attempt, Denied, Driver, Format, Transport, TransportOptions, unguessable_name},
};
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, Sender, channel, error::SendTimeoutError};

endpoint! {
    struct Edge;

    http(ip = [127, 0, 0, 1], port = env("PORT").or(4000));
    check_origin = conn;
    socket("/room/:name", RoomSocket, websocket = false, transport = sse());
    service(Router::new().route("/", get(Html(PAGE))));
}

/// A browser window in a room. It does not know its transport.
struct RoomSocket {
    topic: String,
    who: String,
}

#[socket]
impl RoomSocket {
    async fn connect(#[param] name: String, #[info] peer_data: PeerData) -> Result<Self, Refused> {
        if name.len() > 40 {
            return Err(Refused::because("names have at most 40 bytes"));
        }
        Ok(RoomSocket {
            topic: format!("room:{name}"),
            who: format!("visitor {}", peer_data.address.port()),
        })
    }

    async fn init(&mut self, out: &mut Outbox) {
        out.forward(&self.topic);
        out.push(json!({ "who": "room", "text": format!("welcome, {}", self.who) }).to_string());
    }

    async fn handle_in(
        &mut self,
        message: Message,
        out: &mut Outbox,
    ) -> Result<(), BroadcastError> {
        let said = Payload::from(json!({ "who": self.who, "text": message.as_text() }));
        out.broadcast(&self.topic, "said", said)
    }
}

/// The header of a `POST` that names the connection.
const CONNECTION: &str = "x-connection";
/// The largest message of a client, in bytes.
const LARGEST: usize = 64 * 1024;
/// At most this many messages of one client wait for its socket.
const WAITING: usize = 16;
/// How long the next message waits for room in that queue.
const PATIENCE: Duration = Duration::from_secs(5);
/// The longest silence of an event stream.
const PULSE: Duration = Duration::from_secs(15);

/// The transport: Server-Sent Events to the client, `POST` to the server.
///
/// `GET` opens an event stream. Its first event, `connection`, carries the connection's name. A
/// client that knows the name may `POST` messages to the same path. The last event, `close`,
/// carries a close code.
pub(crate) struct Sse(Arc<Connections>);

/// The queue of each open connection, by its name.
#[derive(Default)]
struct Connections(Mutex<HashMap<String, Sender<Message>>>);

/// The transport, for the key `transport` of a mount.
pub(crate) fn sse() -> Sse {
    Sse(Arc::default())
}

impl Transport for Sse {
    const NAME: &'static str = "sse";

    fn options(&self) -> TransportOptions {
        TransportOptions {
            path: "/sse",
            connect_info: ConnectInfo {
                peer_data: true,
                ..ConnectInfo::NOTHING
            },
            // Each event that the network accepts is a sign of life.
            timeout: Timeout::After(3 * PULSE),
            ..TransportOptions::DEFAULT
        }
    }

    async fn answer<S: Socket>(&self, attempt: Attempt) -> Result<Response<Body>, Denied> {
        attempt.check_origin()?;
        match attempt.parts().method {
            Method::GET => self.open::<S>(attempt).await,
            Method::POST => self.post(attempt).await,
            _ => Err(status(StatusCode::METHOD_NOT_ALLOWED).into()),
        }
    }
}

impl Sse {
    async fn open<S: Socket>(&self, attempt: Attempt) -> Result<Response<Body>, Denied> {
        let (mut driver, outgoing) = attempt.connect::<S, Event>(attempt.params()?, None).await?;
        let (sender, messages) = channel(WAITING);
        let listed = Listed::new(&self.0, sender);
        driver.write(event("connection", &listed.name));
        driver.spawn(|driver| run(driver, messages, listed));

        let events = outgoing.keep_alive(PULSE, ": still here\n\n").into_body();
        let mut response = Response::new(events);
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        Ok(response)
    }

    async fn post(&self, mut attempt: Attempt) -> Result<Response<Body>, Denied> {
        let name = attempt
            .parts()
            .headers
            .get(CONNECTION)
            .and_then(|name| name.to_str().ok());
        let sender = name
            .and_then(|name| self.0.find(name))
            .ok_or_else(|| status(StatusCode::GONE))?;
        let body = attempt.read_body(LARGEST).await?;
        let text = Text::try_from(body).map_err(|_| status(StatusCode::BAD_REQUEST))?;
        match sender.send_timeout(text.into(), PATIENCE).await {
            Ok(()) => Ok(status(StatusCode::ACCEPTED)),
            Err(SendTimeoutError::Timeout(_)) => {
                Err(status(StatusCode::SERVICE_UNAVAILABLE).into())
            }
            Err(SendTimeoutError::Closed(_)) => Err(status(StatusCode::GONE).into()),
        }
    }
}

/// Drives a connection, in a task of its own.
async fn run<S: Socket>(mut driver: Driver<S>, mut messages: Receiver<Message>, _listed: Listed) {
    let mut flow = driver.init().await;
    loop {
        if let Flow::Stop { code, reason, .. } = flow {
            driver.write(event("close", &code.to_string()));
            return driver.terminate(reason);
        }
        flow = tokio::select! {
            () = driver.ready() => driver.info().await,
            Some(message) = messages.recv() => driver.deliver(message).await,
        };
    }
}

/// A message as an event. Its data is JSON, which escapes line breaks: any text fits into one line.
struct Event;

impl Format for Event {
    fn format(message: Message) -> Result<Bytes, Unsupported> {
        let text = message
            .as_text()
            .ok_or(Unsupported::new("server-sent events carry text only"))?;
        Ok(event("message", &Value::from(text).to_string()).into())
    }
}

/// Neither `name` nor `data` may contain a line break.
fn event(name: &str, data: &str) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}

fn status(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// The entry of a connection. Its task owns it, so it is removed when the task ends.
struct Listed {
    connections: Arc<Connections>,
    name: String,
}

impl Listed {
    fn new(connections: &Arc<Connections>, sender: Sender<Message>) -> Self {
        let (connections, name) = (connections.clone(), unguessable_name());
        connections.all().insert(name.clone(), sender);
        Listed { connections, name }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.connections.all().remove(&self.name);
    }
}

impl Connections {
    fn find(&self, name: &str) -> Option<Sender<Message>> {
        self.all().get(name).cloned()
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Sender<Message>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Landfall: a transport of one's own</title>
<style>
  body { max-width: 40rem; margin: 2rem auto; font: 16px/1.5 system-ui, sans-serif; }
  form { display: flex; gap: .5rem; }
  input { flex: 1; font: inherit; }
</style>
<h1>Harbour</h1>
<form><input name="text" placeholder="Say something" autocomplete="off" required autofocus><button>Send</button></form>
<ul></ul>
<script type="module">
  const path = "room/harbour/sse";
  const form = document.querySelector("form");
  const list = document.querySelector("ul");
  let connection;
  let sending = Promise.resolve();

  // After a stream that ends, the browser opens another by itself.
  const events = new EventSource(path);
  events.addEventListener("connection", ({ data }) => (connection = data));
  events.addEventListener("message", ({ data }) => {
    const { who, text } = JSON.parse(JSON.parse(data));
    const line = document.createElement("li");
    line.textContent = `${who}: ${text}`;
    list.prepend(line);
  });
  events.addEventListener("close", ({ data }) => data === "1000" && events.close());

  form.onsubmit = (event) => {
    event.preventDefault();
    const body = form.text.value;
    const send = () => fetch(path, { method: "POST", body, headers: { "x-connection": connection } });
    // One request at a time, since concurrent ones may overtake each other.
    sending = sending.then(send, send);
    form.reset();
  };
</script>
</html>
"#;

#[tokio::main]
async fn main() -> Result<(), landfall::Error> {
    tracing_subscriber::fmt::init();
    Edge::start().await?.wait_for_signal().await
}
