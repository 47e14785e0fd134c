//! What is logged, field by field.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// The fields of every event, as a subscriber gets them.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<Logged>>>);

struct Logged {
    event: &'static str,
    field: &'static str,
    value: String,
}

struct Fields<'a>(&'static str, &'a Log);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.1.add(self.0, field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.1.add(self.0, field.name(), value.to_owned());
    }
}

impl<S: Subscriber> Layer<S> for Log {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        event.record(&mut Fields(event.metadata().name(), self));
    }
}

impl Log {
    pub(crate) fn start(&self) -> tracing::subscriber::DefaultGuard {
        tracing::subscriber::set_default(tracing_subscriber::registry().with(self.clone()))
    }

    fn add(&self, event: &'static str, field: &'static str, value: String) {
        self.all().push(Logged {
            event,
            field,
            value,
        });
    }

    fn all(&self) -> MutexGuard<'_, Vec<Logged>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asserts that no logged value can be taken for more than its field.
    pub(crate) fn is_clean(&self) {
        for Logged {
            event,
            field,
            value,
        } in &*self.all()
        {
            let invisible = |c: char| {
                c.is_control()
                    || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            assert!(!value.contains(invisible), "{field} of {event}: {value:?}");
            assert!(
                value.len() <= 300,
                "{field} of {event} has {} bytes: {value:.300}",
                value.len()
            );
        }
    }

    pub(crate) fn says(&self, field: &str, start: &str) {
        let all = self.all();
        let mut values = all
            .iter()
            .filter(|logged| logged.field == field)
            .map(|logged| &logged.value);
        assert!(
            values.any(|value| value.starts_with(start)),
            "no {field} starts with {start:?}"
        );
    }
}
