//! Keeps what is logged in this process, as lines that can be compared.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    layer::{Context, Layer, SubscriberExt},
    registry::LookupSpan,
};

/// How long lines may take to come.
const PATIENCE: Duration = Duration::from_secs(5);
/// The time in which a line that must not come would have come.
const LATE: Duration = Duration::from_millis(50);

/// Events that Phoenix has no line for.
const BESIDE: [&str; 8] = [
    "landfall.request.start",
    "landfall.request.stop",
    "landfall.socket.closed",
    "landfall.socket.drain_batch",
    "landfall.channel.ended",
    "landfall.endpoint.started",
    "landfall.endpoint.stopping",
    "landfall.endpoint.stopped",
];

/// How lines begin that Phoenix has too, and that no row is about: of an endpoint that starts again.
const START: [&str; 2] = ["info running ", "info access "];

/// The lines, in order.
#[derive(Clone, Default)]
pub(crate) struct Told(Arc<Mutex<Vec<String>>>);

impl Told {
    /// Keeps what the process logs from now on.
    pub(crate) fn start() -> Self {
        let told = Told::default();
        let subscriber = tracing_subscriber::registry().with(told.clone());
        tracing::subscriber::set_global_default(subscriber).unwrap();
        told
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The lines since they were taken last: waits until there are so many.
    pub(crate) async fn lines(&self, count: usize) -> Vec<String> {
        let (deadline, mut lines) = (Instant::now() + PATIENCE, self.take());
        while lines.len() < count && Instant::now() < deadline {
            sleep(Duration::from_millis(10)).await;
            lines.extend(self.take());
        }
        sleep(LATE).await;
        lines.extend(self.take());
        lines
    }
}

#[derive(Default)]
struct Fields(BTreeMap<&'static str, String>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Told {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let metadata = event.metadata();
        let is_own = metadata.target().starts_with("landfall");
        if !is_own || BESIDE.contains(&metadata.name()) {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let line = line(metadata.level().as_str(), fields.0);
        if START.iter().any(|begin| line.starts_with(begin)) {
            return;
        }
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.push(line);
    }
}

/// The level and the message without its duration, and the fields that Phoenix's lines have.
fn line(level: &str, mut fields: BTreeMap<&'static str, String>) -> String {
    let message = fields.remove("message").unwrap_or_default();
    let is_duration = |took: &str| {
        let is_number = took.starts_with(|first: char| first.is_ascii_digit());
        is_number && took.ends_with('s') && !took.contains(' ')
    };
    let message = match message.rsplit_once(" in ") {
        Some((what, took)) if is_duration(took) => format!("{what} in <duration>"),
        _ => message,
    };
    let mut line = format!("{} {message}", level.to_lowercase());
    for name in ["transport", "serializer", "params", "reply", "error"] {
        if let Some(value) = fields.remove(name) {
            line += &format!(" {name}={value}");
        }
    }
    line
}
