//! An instrumenter that keeps what it is called with.

use std::sync::{Arc, Mutex, PoisonError};

use landfall::{
    BoxError,
    instrument::{Instrumenter, Start, Stop},
};

/// What instrumenters of a test were called with, in order.
#[derive(Clone, Default)]
pub(crate) struct Calls(Arc<Mutex<Vec<String>>>);

impl Calls {
    pub(crate) fn push(&self, call: String) {
        let mut calls = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        calls.push(call);
    }

    /// Those since they were taken last.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes a line at each start and each stop.
pub(crate) struct Recording {
    pub(crate) name: &'static str,
    pub(crate) calls: Calls,
    pub(crate) show: fn(&Start<'_>) -> String,
}

impl Instrumenter for Recording {
    type Started = String;

    fn takes(&self, event: &str) -> bool {
        event != "ignored"
    }

    fn start(&self, start: &Start<'_>) -> Result<String, BoxError> {
        let (name, event) = (self.name, start.event());
        self.calls
            .push(format!("{name} start {event}{}", (self.show)(start)));
        Ok(format!("what {name} started"))
    }

    fn stop(&self, stop: &Stop<'_>, started: Option<String>) -> Result<(), BoxError> {
        let (name, event) = (self.name, stop.event());
        let how = if stop.completed() { "" } else { " early" };
        let started = started.unwrap_or_default();
        self.calls
            .push(format!("{name} stop {event}{how} with {started}"));
        Ok(())
    }
}

/// No more than the events.
pub(crate) fn nothing(_: &Start<'_>) -> String {
    String::new()
}

/// What the application gave.
pub(crate) fn own(start: &Start<'_>) -> String {
    match (start.get::<u32>(), start.get::<&str>()) {
        (Some(number), _) => format!(" {number}"),
        (_, Some(text)) => format!(" {text}"),
        _ => String::new(),
    }
}
