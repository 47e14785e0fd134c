//! The task that takes the samples, and tells them to pages.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use serde::Serialize;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::{
    known::{Known, Sample},
    log_lines::LogLine,
    process,
    time::since_1970,
};
use crate::{handle::Handle, pubsub::Json};

/// The topic of all pages.
pub(super) const TOPIC: &str = "phoenix:dashboard";

const EVERY: Duration = Duration::from_secs(1);

/// The maximum number of log lines that pages are told in a second. They are told how many there
/// were besides.
const LINES: usize = 100;

/// What pages are told each second.
#[derive(Serialize)]
struct Tick {
    sample: Sample,
    lines: Vec<LogLine>,
    /// Lines that came too fast to be told.
    missed: u64,
}

/// Takes a sample a second, until the endpoint stops.
pub(super) async fn run(handle: Handle, known: Arc<Known>) {
    let mut tick = interval(EVERY);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut before = Before::now();
    let mut told = known.lines.as_ref().map_or(0, |lines| lines.end());
    loop {
        tokio::select! {
            biased;
            () = handle.0.stop.cancelled() => return,
            _ = tick.tick() => {}
        }
        let sample = before.sample(&handle);
        known.add(sample);
        let lines = known.lines.as_ref().map(|lines| lines.after(told, LINES));
        let (lines, missed, end) = lines.unwrap_or_default();
        told = end;
        if handle.pubsub().subscribers(TOPIC) == 0 {
            continue;
        }
        let tick = Tick {
            sample,
            lines,
            missed,
        };
        if let Err(error) = handle.local_broadcast(TOPIC, "tick", Json(tick)) {
            tracing::debug!(%error, "dashboards are not told");
        }
    }
}

/// What the next sample is compared with.
struct Before {
    at: Instant,
    worked: Option<Duration>,
}

impl Before {
    fn now() -> Self {
        Before {
            at: Instant::now(),
            worked: process::worked(),
        }
    }

    fn sample(&mut self, handle: &Handle) -> Sample {
        let before = std::mem::replace(self, Before::now());
        let seconds = (self.at - before.at).as_secs_f64().max(0.001);
        let counted = handle.0.figures.take();
        let rate = |count: u64| (count as f64 / seconds * 10.0).round() / 10.0;
        let worked = self
            .worked
            .zip(before.worked)
            .map(|(now, before)| now.saturating_sub(before));
        let micros = |took: Duration| u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        Sample {
            at: since_1970(SystemTime::now()),
            sockets: handle.stats().connections,
            messages_in: rate(counted.messages_in),
            messages_out: rate(counted.messages_out),
            bytes_in: rate(counted.bytes_in),
            bytes_out: rate(counted.bytes_out),
            callbacks: rate(counted.callbacks),
            half: micros(counted.half),
            most: micros(counted.most),
            cpu: worked.map(|worked| (worked.as_secs_f64() / seconds * 1000.0).round() / 10.0),
            memory: process::memory(),
        }
    }
}
