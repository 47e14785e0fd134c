//! What the page shows without asking: the samples of the last ten minutes, and log lines.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use serde::Serialize;

use super::log_lines::LogLines;
use crate::{handle::Handle, random::unguessable};

/// Samples that are kept: ten minutes of seconds.
pub(super) const KEPT: usize = 600;

/// What was seen in one second.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct Sample {
    /// Milliseconds since 1970.
    pub(super) at: u64,
    pub(super) sockets: usize,
    /// Messages and bytes a second.
    pub(super) messages_in: f64,
    pub(super) messages_out: f64,
    pub(super) bytes_in: f64,
    pub(super) bytes_out: f64,
    /// Callbacks a second, and microseconds that half of them, and 99 of 100, took at most.
    pub(super) callbacks: f64,
    pub(super) half: u64,
    pub(super) most: u64,
    /// Of one processor, in percent.
    pub(super) cpu: Option<f64>,
    /// Bytes of memory that the process holds.
    pub(super) memory: Option<u64>,
}

/// What the dashboard of an endpoint knows.
pub(super) struct Known {
    /// The page has it, and its socket wants it: no other page can open that socket.
    pub(super) token: String,
    pub(super) started: SystemTime,
    pub(super) lines: Option<LogLines>,
    samples: Mutex<VecDeque<Sample>>,
}

impl Known {
    pub(super) fn begin(handle: &Handle) -> Arc<Self> {
        let known = Arc::new(Known {
            token: unguessable(),
            started: SystemTime::now(),
            lines: LogLines::installed(),
            samples: Mutex::default(),
        });
        let _ = handle.0.dashboard.set(known.clone());
        known
    }

    /// That of an endpoint with a dashboard.
    pub(super) fn of(handle: &Handle) -> Option<&Known> {
        handle.0.dashboard.get()?.downcast_ref()
    }

    pub(super) fn add(&self, sample: Sample) {
        let mut samples = self.samples();
        if samples.len() >= KEPT {
            samples.pop_front();
        }
        samples.push_back(sample);
    }

    pub(super) fn all(&self) -> Vec<Sample> {
        self.samples().iter().copied().collect()
    }

    fn samples(&self) -> MutexGuard<'_, VecDeque<Sample>> {
        self.samples.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
