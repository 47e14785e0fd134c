//! The log, with one line for each event.

use std::{
    fmt::{self, Write},
    sync::{Arc, Mutex, PoisonError},
};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    subscriber::DefaultGuard,
};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// Lines such as `ERROR a callback failed socket=Echo error=gone`.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

/// Without the `in 12ms` at the end of a message.
fn without_duration(message: &str) -> &str {
    match message.rsplit_once(" in ") {
        Some((before, took)) if took.ends_with('s') && took.starts_with(char::is_numeric) => before,
        _ => message,
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = without_duration(&format!("{value:?}")).to_owned(),
            "duration" => {}
            name => drop(write!(self.fields, " {name}={value:?}")),
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        let _ = write!(self.fields, " {}={value}", field.name());
    }
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut line = Line::default();
        event.record(&mut line);
        let level = event.metadata().level();
        let line = format!("{level} {}{}", line.message, line.fields);
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }
}

impl Log {
    pub(crate) fn start() -> (Log, DefaultGuard) {
        let log = Log::default();
        let guard =
            tracing::subscriber::set_default(tracing_subscriber::registry().with(log.clone()));
        (log, guard)
    }

    /// The lines that contain a text.
    pub(crate) fn with(&self, text: &str) -> Vec<String> {
        let lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines
            .iter()
            .filter(|line| line.contains(text))
            .cloned()
            .collect()
    }

    #[track_caller]
    pub(crate) fn is_once(&self, line: &str) {
        let all = self.with("");
        let count = all.iter().filter(|one| *one == line).count();
        assert_eq!(count, 1, "{line}\nis not once among\n{}", all.join("\n"));
    }
}
