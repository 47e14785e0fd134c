//! An endpoint whose spans go to an OpenTelemetry collector, by OTLP over HTTP:
//! `cargo run --example otlp`, with `OTLP=127.0.0.1:4318` for another collector than that.
//!
//! The layer here writes OTLP's JSON itself, so that all of it can be read in one place. It shows
//! what any such layer has to do with Landfall's spans: the field `traceparent`, which a client or
//! a proxy sends, names the span's parent. An application that has `tracing-opentelemetry` gives it
//! that parent instead.
//!
//! Spans are sent in batches. At most [`WAITING`] wait; more are dropped while the collector is
//! away.

use std::{
    fmt,
    hash::{BuildHasher, Hasher, RandomState},
    io,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use landfall::prelude::*;
use serde_json::{Map, Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{mpsc, oneshot},
    time::{sleep, timeout},
};
use tracing::{
    Level, Metadata, Subscriber,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    filter::Targets,
    layer::{Context, Layer, SubscriberExt},
    registry::LookupSpan,
};

/// Spans that may wait for the collector.
const WAITING: usize = 4096;
/// Spans in one request.
const BATCH: usize = 512;
/// How long the first span of a batch waits for others.
const PAUSE: Duration = Duration::from_millis(200);
/// How long the collector may take for a batch.
const PATIENCE: Duration = Duration::from_secs(10);

endpoint! {
    /// Echoes.
    pub struct Web;

    http(ip = [127, 0, 0, 1], port = env("PORT").or(4000));
    socket("/echo", Echo);
}

pub struct Echo;

#[socket]
impl Echo {
    fn connect() -> Self {
        Echo
    }

    fn handle_in(&mut self, message: Message, out: &mut Outbox) {
        out.push(message);
    }
}

/// A span that is open, or has ended.
struct Span {
    trace: u128,
    id: u64,
    parent: Option<u64>,
    began: SystemTime,
    attributes: Map<String, Value>,
}

impl Span {
    /// `traceparent` is `00-<trace>-<parent>-<flags>` (W3C Trace Context), which Landfall has
    /// checked.
    fn below(&mut self, traceparent: &str) -> Option<()> {
        let mut parts = traceparent.split('-').skip(1);
        self.trace = u128::from_str_radix(parts.next()?, 16).ok()?;
        self.parent = Some(u64::from_str_radix(parts.next()?, 16).ok()?);
        Some(())
    }

    /// As OTLP's JSON has it.
    fn to_json(&self, metadata: &Metadata<'_>) -> Value {
        let nanos = |time: SystemTime| {
            let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
            since.as_nanos().to_string()
        };
        let attributes = self.attributes.iter();
        let attributes = attributes.map(|(key, value)| json!({ "key": key, "value": value }));
        // A server's span, or one within.
        let kind = if metadata.name() == "landfall.request.id" {
            1
        } else {
            2
        };
        json!({
            "traceId": format!("{:032x}", self.trace),
            "spanId": format!("{:016x}", self.id),
            "parentSpanId": self.parent.map(|id| format!("{id:016x}")).unwrap_or_default(),
            "name": metadata.name(),
            "kind": kind,
            "startTimeUnixNano": nanos(self.began),
            "endTimeUnixNano": nanos(SystemTime::now()),
            "attributes": attributes.collect::<Vec<_>>(),
        })
    }
}

/// The fields of a span become its attributes.
impl Visit for Span {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let value = json!({ "stringValue": format!("{value:?}") });
        self.attributes.insert(field.name().to_owned(), value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "traceparent" && self.below(value).is_some() {
            return;
        }
        let value = json!({ "stringValue": value });
        self.attributes.insert(field.name().to_owned(), value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        let value = json!({ "intValue": value.to_string() });
        self.attributes.insert(field.name().to_owned(), value);
    }
}

/// A random number, which is not 0.
fn random() -> u64 {
    RandomState::new().build_hasher().finish().max(1)
}

enum Order {
    Span(Value),
    /// Send what waits, and answer.
    Flush(oneshot::Sender<()>),
}

/// The layer that hands spans to the exporter.
pub struct Otlp(mpsc::Sender<Order>);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Otlp {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let parent = span.parent().and_then(|parent| {
            let extensions = parent.extensions();
            let parent = extensions.get::<Span>()?;
            Some((parent.trace, parent.id))
        });
        let new = || (u128::from(random()) << 64) | u128::from(random());
        let mut own = Span {
            trace: parent.map_or_else(new, |(trace, _)| trace),
            id: random(),
            parent: parent.map(|(_, id)| id),
            began: SystemTime::now(),
            attributes: Map::new(),
        };
        // `traceparent` among the fields wins over the span around this one.
        attributes.record(&mut own);
        span.extensions_mut().insert(own);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(own) = span.extensions_mut().get_mut::<Span>()
        {
            values.record(own);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if let Some(span) = context.span(&id)
            && let Some(own) = span.extensions().get::<Span>()
        {
            // A span that finds no room is lost: the endpoint does not wait for the collector.
            let _ = self.0.try_send(Order::Span(own.to_json(span.metadata())));
        }
    }
}

/// The task that sends spans.
#[derive(Clone)]
pub struct Exporter(mpsc::Sender<Order>);

impl Exporter {
    /// Sends to the collector at this `host:port`. Must be called inside a tokio runtime.
    pub fn start(collector: String) -> Self {
        let (orders, waiting) = mpsc::channel(WAITING);
        tokio::spawn(export(collector, waiting));
        Exporter(orders)
    }

    /// The layer for a subscriber: Landfall's spans, and no others.
    pub fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> impl Layer<S> + use<S> {
        let spans = Targets::new().with_target("landfall", Level::DEBUG);
        Otlp(self.0.clone()).with_filter(spans)
    }

    /// Waits until all spans that have ended are with the collector, or could not be sent.
    pub async fn flush(&self) {
        let (done, waits) = oneshot::channel();
        if self.0.send(Order::Flush(done)).await.is_ok() {
            let _ = waits.await;
        }
    }
}

async fn export(collector: String, mut waiting: mpsc::Receiver<Order>) {
    while let Some(first) = waiting.recv().await {
        let (mut spans, mut flushed) = (Vec::new(), Vec::new());
        let mut take = |order| match order {
            Order::Span(span) => {
                spans.push(span);
                spans.len() < BATCH
            }
            Order::Flush(done) => {
                flushed.push(done);
                false
            }
        };
        if take(first) {
            let pause = sleep(PAUSE);
            tokio::pin!(pause);
            loop {
                tokio::select! {
                    () = &mut pause => break,
                    order = waiting.recv() => match order {
                        Some(order) => {
                            if !take(order) {
                                break;
                            }
                        }
                        None => break,
                    },
                }
            }
        }
        if !spans.is_empty() {
            match timeout(PATIENCE, send(&collector, spans)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => eprintln!("spans were not sent to {collector}: {error}"),
                Err(_) => eprintln!("spans were not sent to {collector}: it does not answer"),
            }
        }
        flushed.into_iter().for_each(|done| {
            let _ = done.send(());
        });
    }
}

/// `POST /v1/traces`
async fn send(collector: &str, spans: Vec<Value>) -> io::Result<()> {
    let service = json!({ "key": "service.name", "value": { "stringValue": "otlp-example" } });
    let body = json!({
        "resourceSpans": [{
            "resource": { "attributes": [service] },
            "scopeSpans": [{ "scope": { "name": "landfall" }, "spans": spans }],
        }],
    });
    let body = body.to_string();
    let head = format!(
        "POST /v1/traces HTTP/1.1\r\nhost: {collector}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(collector).await?;
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await?;
    match &answer {
        b"HTTP/1.1 200" => Ok(()),
        other => Err(io::Error::other(
            String::from_utf8_lossy(other).into_owned(),
        )),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let collector = std::env::var("OTLP").unwrap_or_else(|_| "127.0.0.1:4318".to_owned());
    let exporter = Exporter::start(collector);
    let subscriber = tracing_subscriber::registry().with(exporter.layer());
    tracing::subscriber::set_global_default(subscriber)?;
    let web = Web::start().await?;
    println!("try ws://127.0.0.1:4000/echo/websocket");
    web.wait_for_signal().await?;
    exporter.flush().await;
    Ok(())
}
