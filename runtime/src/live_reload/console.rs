//! Log lines for the consoles of browsers.

use tokio::sync::broadcast::{self, error::RecvError};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::{Layer, layer::Context};

use crate::telemetry;

/// The maximum number of lines that wait for pages. Older ones are lost.
const WAITING: usize = 256;

/// The maximum length of a line in bytes; what is beyond it is cut off.
const LONGEST: usize = 4096;

/// A layer for `tracing-subscriber` that shows events in the consoles of browsers, for
/// `live_reload(web_console_logger = true)`.
///
/// ```
/// use landfall::live_reload::ConsoleLogger;
/// use tracing_subscriber::layer::SubscriberExt;
///
/// let subscriber = tracing_subscriber::registry().with(ConsoleLogger::new());
/// # let _guard = tracing::subscriber::set_default(subscriber);
/// ```
///
/// An endpoint finds the layer in the subscriber that is the default where it starts. A page asks
/// for the lines as with Phoenix:
///
/// ```js
/// window.addEventListener("phx:live_reload:attached", ({detail}) => detail.enableServerLogs())
/// ```
///
/// Of the events of this crate, those below `INFO` are left out: to send a line makes some.
#[derive(Clone, Debug)]
pub struct ConsoleLogger(broadcast::Sender<Line>);

/// One line.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) level: &'static str,
    pub(super) text: String,
    pub(super) file: Option<&'static str>,
    pub(super) line: Option<u32>,
}

/// The lines of a layer, as they come.
pub(super) struct Lines(broadcast::Receiver<Line>);

impl ConsoleLogger {
    /// A layer.
    pub fn new() -> Self {
        ConsoleLogger(broadcast::Sender::new(WAITING))
    }

    /// The lines of the layer in the default subscriber; `None` if it has none.
    pub(super) fn lines() -> Option<Lines> {
        tracing::dispatcher::get_default(|dispatch| {
            let logger = dispatch.downcast_ref::<ConsoleLogger>()?;
            Some(Lines(logger.0.subscribe()))
        })
    }
}

impl Default for ConsoleLogger {
    fn default() -> Self {
        ConsoleLogger::new()
    }
}

impl Lines {
    /// `None` once the layer is gone.
    pub(super) async fn next(&mut self) -> Option<Line> {
        loop {
            match self.0.recv().await {
                Ok(line) => return Some(line),
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

impl<S: Subscriber> Layer<S> for ConsoleLogger {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let about = event.metadata();
        let is_ours = about.target().starts_with("landfall");
        if self.0.receiver_count() == 0 || (is_ours && *about.level() > Level::INFO) {
            return;
        }
        let _ = self.0.send(Line {
            level: name(*about.level()),
            text: telemetry::Line::of(event, LONGEST),
            file: about.file(),
            line: about.line(),
        });
    }
}

/// The level's name in Phoenix's client.
fn name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warning",
        Level::INFO => "info",
        _ => "debug",
    }
}
