//! An event as data.

use std::fmt;

use tracing::Level;

/// An event that an endpoint emits: see [`EVENTS`](super::EVENTS).
///
/// ```
/// use landfall::telemetry::EVENTS;
///
/// let joined = EVENTS.iter().find(|event| event.name == "landfall.channel.joined").unwrap();
/// assert_eq!(joined.target, "landfall::channel");
/// assert!(joined.fields.contains(&"duration"));
/// assert_eq!(joined.level.to_string(), "`log_join`");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventDef {
    /// The name of its `tracing` metadata, such as `"landfall.socket.connected"`. It is unique.
    pub name: &'static str,
    /// The target of its `tracing` metadata, such as `"landfall::socket"`: what filters go by.
    pub target: &'static str,
    /// The level at which it is emitted.
    pub level: EventLevel,
    /// Its fields besides the message, in this order. One that has no value is left out of the
    /// event, and stays in the metadata.
    pub fields: &'static [&'static str],
}

/// The level at which an event is emitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventLevel {
    /// Always this one.
    Fixed(Level),
    /// That of a key of the declaration, which may say that the event is not emitted at all.
    Key(&'static str),
}

/// As the table of [`telemetry`](super) shows it.
impl fmt::Display for EventLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EventLevel::Fixed(level) => f.write_str(&level.as_str().to_ascii_lowercase()),
            EventLevel::Key(key) => write!(f, "`{key}`"),
        }
    }
}
