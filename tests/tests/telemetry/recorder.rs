//! Keeps the events and spans of an endpoint.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
    subscriber::DefaultGuard,
};
use tracing_subscriber::{
    layer::{Context, Layer, SubscriberExt},
    registry::LookupSpan,
};

/// An event or a span, as a subscriber gets it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) metadata: &'static Metadata<'static>,
    /// The fields that have a value, the message too.
    pub(crate) values: BTreeMap<&'static str, String>,
    /// The names of the spans that it is in, the innermost first.
    pub(crate) within: Vec<&'static str>,
}

impl Seen {
    pub(crate) fn name(&self) -> &'static str {
        self.metadata.name()
    }

    pub(crate) fn value(&self, field: &str) -> &str {
        self.values.get(field).map_or("", String::as_str)
    }

    /// The declared fields besides the message.
    pub(crate) fn fields(&self) -> Vec<&'static str> {
        let fields = self.metadata.fields().iter().map(|field| field.name());
        fields.filter(|field| *field != "message").collect()
    }
}

/// Keeps everything that the endpoint tells under a name that begins with `landfall.`.
#[derive(Clone, Default)]
pub(crate) struct Recorder {
    events: Arc<Mutex<Vec<Seen>>>,
    spans: Arc<Mutex<Vec<Seen>>>,
}

#[derive(Default)]
struct Values(BTreeMap<&'static str, String>);

impl Visit for Values {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Recorder {
    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if !event.metadata().name().starts_with("landfall.") {
            return;
        }
        let mut values = Values::default();
        event.record(&mut values);
        let scope = context.event_scope(event).into_iter().flatten();
        lock(&self.events).push(Seen {
            metadata: event.metadata(),
            values: values.0,
            within: scope.map(|span| span.name()).collect(),
        });
    }

    fn on_new_span(
        &self,
        attributes: &span::Attributes<'_>,
        id: &span::Id,
        context: Context<'_, S>,
    ) {
        let mut values = Values::default();
        attributes.record(&mut values);
        let scope = context.span_scope(id).into_iter().flatten().skip(1);
        lock(&self.spans).push(Seen {
            metadata: attributes.metadata(),
            values: values.0,
            within: scope.map(|span| span.name()).collect(),
        });
    }
}

impl Recorder {
    /// Records what happens on this thread.
    pub(crate) fn start(&self) -> DefaultGuard {
        tracing::subscriber::set_default(tracing_subscriber::registry().with(self.clone()))
    }

    /// Everything since it was taken last.
    pub(crate) fn take(&self) -> Vec<Seen> {
        std::mem::take(&mut *lock(&self.events))
    }

    pub(crate) fn take_spans(&self) -> Vec<Seen> {
        std::mem::take(&mut *lock(&self.spans))
    }
}

fn lock(seen: &Mutex<Vec<Seen>>) -> MutexGuard<'_, Vec<Seen>> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
