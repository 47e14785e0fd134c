//! Log events at a level that is chosen at run time.

/// Logs an event at a `tracing::Level`. The other arguments are those of `tracing::info!`.
macro_rules! at_level {
    ($level:expr, $($event:tt)+) => {
        match $level {
            ::tracing::Level::ERROR => ::tracing::error!($($event)+),
            ::tracing::Level::WARN => ::tracing::warn!($($event)+),
            ::tracing::Level::INFO => ::tracing::info!($($event)+),
            ::tracing::Level::DEBUG => ::tracing::debug!($($event)+),
            ::tracing::Level::TRACE => ::tracing::trace!($($event)+),
        }
    };
}

pub(crate) use at_level;
