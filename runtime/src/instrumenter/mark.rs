//! An event that has begun, until it ends.

use std::{any::Any, sync::Arc, time::Instant};

use super::{
    CompileMeta, Instrumenters, Start, Stop,
    instrumenter::{Erased, Started},
};
use crate::{contain, error::BoxError, escape::chain};

/// An event that has begun. It ends when this is dropped: so it ends after a panic too, and when
/// the future that holds it is dropped.
#[must_use]
pub(crate) struct Mark(Option<Box<Begun>>);

struct Begun {
    event: &'static str,
    compile_meta: CompileMeta,
    /// Those that take the event, each with what its start has returned.
    started: Vec<(Arc<dyn Erased>, Option<Started>)>,
    began: Instant,
    completed: bool,
}

impl Mark {
    /// Of an event that nobody takes.
    pub(crate) const NONE: Mark = Mark(None);

    /// Ends the event, with a result or without one.
    #[inline]
    pub(crate) fn end(mut self, completed: bool) {
        if let Some(begun) = &mut self.0 {
            begun.completed = completed;
        }
    }
}

impl Instrumenters {
    #[inline]
    pub(crate) fn any(&self) -> bool {
        self.0.is_some()
    }

    /// An event begins. Without instrumenters, nothing is called.
    pub(crate) fn begin(
        &self,
        event: &'static str,
        compile_meta: CompileMeta,
        values: &[&dyn Any],
    ) -> Mark {
        match &self.0 {
            None => Mark::NONE,
            Some(all) => begin(all, event, compile_meta, values),
        }
    }
}

#[cold]
fn begin(
    all: &[Arc<dyn Erased>],
    event: &'static str,
    compile_meta: CompileMeta,
    values: &[&dyn Any],
) -> Mark {
    let start = Start {
        event,
        compile_meta: &compile_meta,
        values,
    };
    let takes = |instrumenter: &&Arc<dyn Erased>| {
        let takes = || Ok(instrumenter.takes(event));
        called(&***instrumenter, event, "choice", takes) == Some(true)
    };
    let start = |instrumenter: &Arc<dyn Erased>| {
        let started = called(&**instrumenter, event, "start", || {
            instrumenter.start(&start)
        });
        (instrumenter.clone(), started)
    };
    let started: Vec<_> = all.iter().filter(takes).map(start).collect();
    if started.is_empty() {
        return Mark::NONE;
    }
    Mark(Some(Box::new(Begun {
        event,
        compile_meta,
        started,
        began: Instant::now(),
        completed: false,
    })))
}

impl Drop for Begun {
    fn drop(&mut self) {
        let stop = Stop {
            event: self.event,
            compile_meta: &self.compile_meta,
            duration: self.began.elapsed(),
            completed: self.completed,
        };
        for (instrumenter, started) in self.started.drain(..) {
            called(&*instrumenter, stop.event, "stop", || {
                instrumenter.stop(&stop, started)
            });
        }
    }
}

/// Calls an instrumenter. `None` if it failed, which is logged.
fn called<T>(
    instrumenter: &dyn Erased,
    event: &'static str,
    which: &'static str,
    call: impl FnOnce() -> Result<T, BoxError>,
) -> Option<T> {
    let instrumenter = instrumenter.name();
    match contain::call(call) {
        Ok(Ok(value)) => Some(value),
        Ok(Err(error)) => {
            let error = chain(&*error);
            tracing::error!(instrumenter, event, %error, "the {which} of an instrumenter failed");
            None
        }
        Err(panic) => {
            tracing::error!(
                instrumenter,
                event,
                "the {which} of an instrumenter panicked: {panic}"
            );
            None
        }
    }
}
