//! How an event of the list is emitted.

use tracing::{Level, level_filters::LevelFilter};

/// Whether any subscriber wants events of this level, whatever their target. It is one load.
pub(crate) fn wants(level: Level) -> bool {
    level <= LevelFilter::current()
}

/// Whether a subscriber wants this event of the [list](super::list) at this level: asked before a
/// clock is read or anything is formatted for it.
macro_rules! listens {
    ($event:ident, $level:expr) => {{
        let level: ::tracing::Level = $level;
        $crate::telemetry::wants(level)
            && match level {
                ::tracing::Level::ERROR => $crate::telemetry::listens!(@ $event ERROR),
                ::tracing::Level::WARN => $crate::telemetry::listens!(@ $event WARN),
                ::tracing::Level::INFO => $crate::telemetry::listens!(@ $event INFO),
                ::tracing::Level::DEBUG => $crate::telemetry::listens!(@ $event DEBUG),
                ::tracing::Level::TRACE => $crate::telemetry::listens!(@ $event TRACE),
            }
    }};
    (@ $event:ident $level:ident) => {
        ::tracing::enabled!(
            target: $crate::telemetry::list::$event.target,
            ::tracing::Level::$level
        )
    };
}

/// Emits an event of the [list](super::list) at a level that is chosen at run time. The other
/// arguments are those of `tracing::info!`.
macro_rules! event {
    ($event:ident, $level:expr, $($fields:tt)+) => {
        $crate::level::at_level!(
            $level,
            name: $crate::telemetry::list::$event.name,
            target: $crate::telemetry::list::$event.target,
            $($fields)+
        )
    };
}

pub(crate) use {event, listens};
