//! The layer that keeps log lines.

use std::{
    collections::VecDeque,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use serde::Serialize;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::{Layer, layer::Context};

use super::time::since_1970;
use crate::telemetry::Line;

/// The maximum number of lines that are kept, and of their bytes.
const KEPT: usize = 500;
const KEPT_BYTES: usize = 256 * 1024;

/// The maximum length of a line in bytes; what is beyond it is cut off.
const LONGEST: usize = 2048;

/// A layer for `tracing-subscriber` that keeps the last 500 events, and no more than 256 KiB of
/// them, for dashboards.
///
/// ```
/// use landfall::dashboard::LogLines;
/// use tracing_subscriber::layer::SubscriberExt;
///
/// let subscriber = tracing_subscriber::registry().with(LogLines::new());
/// # let _guard = tracing::subscriber::set_default(subscriber);
/// ```
///
/// An endpoint finds the layer in the subscriber that is the default where it starts. A filter of
/// the layer says which events it keeps: `LogLines::new().with_filter(LevelFilter::INFO)`. Of the
/// events of this crate, those below `INFO` are left out.
#[derive(Clone, Default)]
pub struct LogLines(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    lines: VecDeque<LogLine>,
    bytes: usize,
    /// The number of the next line.
    end: u64,
}

/// One line.
#[derive(Clone, Debug, Serialize)]
pub(super) struct LogLine {
    number: u64,
    /// Milliseconds since 1970.
    at: u64,
    level: &'static str,
    target: &'static str,
    text: String,
}

impl LogLines {
    /// A layer.
    pub fn new() -> Self {
        LogLines::default()
    }

    /// The layer in the default subscriber; `None` if it has none.
    pub(super) fn installed() -> Option<Self> {
        tracing::dispatcher::get_default(|dispatch| dispatch.downcast_ref::<LogLines>().cloned())
    }

    /// The number of the next line.
    pub(super) fn end(&self) -> u64 {
        self.kept().end
    }

    /// The last lines from a number on, at most `most`; how many there were besides; and the number
    /// of the next line.
    pub(super) fn after(&self, number: u64, most: usize) -> (Vec<LogLine>, u64, u64) {
        let kept = self.kept();
        let new = usize::try_from(kept.end.saturating_sub(number)).unwrap_or(usize::MAX);
        let shown = new.min(most).min(kept.lines.len());
        let lines = kept
            .lines
            .iter()
            .skip(kept.lines.len() - shown)
            .cloned()
            .collect();
        (lines, (new - shown) as u64, kept.end)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn add(&mut self, line: LogLine) {
        self.bytes += line.text.len();
        self.lines.push_back(LogLine {
            number: self.end,
            ..line
        });
        self.end += 1;
        while self.lines.len() > KEPT || self.bytes > KEPT_BYTES {
            let Some(gone) = self.lines.pop_front() else {
                return;
            };
            self.bytes -= gone.text.len();
        }
    }
}

impl<S: Subscriber> Layer<S> for LogLines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let about = event.metadata();
        let is_ours = about.target().starts_with("landfall");
        if is_ours && *about.level() > Level::INFO {
            return;
        }
        let line = LogLine {
            number: 0,
            at: since_1970(SystemTime::now()),
            level: about.level().as_str(),
            target: about.target(),
            text: Line::of(event, LONGEST),
        };
        self.kept().add(line);
    }
}

impl fmt::Debug for LogLines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogLines")
            .field("kept", &self.kept().lines.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    #[test]
    fn lines_are_bounded_in_number_and_in_bytes() {
        let layer = LogLines::new();
        let subscriber = tracing_subscriber::registry().with(layer.clone());
        tracing::subscriber::with_default(subscriber, || {
            assert!(LogLines::installed().is_some());
            for number in 0..600 {
                tracing::info!(target: "app", number, "ahoy");
            }
        });
        let (lines, missed, end) = layer.after(590, 100);
        assert_eq!((lines.len(), missed, end), (10, 0, 600));
        assert_eq!(
            (lines[9].text.as_str(), lines[9].number),
            ("ahoy number=599", 599)
        );
        let (lines, missed, _) = layer.after(0, 1000);
        assert_eq!((lines.len(), missed), (500, 100));
        let subscriber = tracing_subscriber::registry().with(layer.clone());
        tracing::subscriber::with_default(subscriber, || {
            for _ in 0..400 {
                tracing::info!(target: "app", "{}", "é".repeat(10_000));
            }
            tracing::debug!(target: "landfall::socket", "not for us");
        });
        let kept = layer.kept();
        assert!(
            kept.bytes <= KEPT_BYTES && kept.lines.len() < 130,
            "{}",
            kept.bytes
        );
        assert_eq!((kept.end, kept.lines[0].text.len()), (1000, LONGEST));
    }
}
