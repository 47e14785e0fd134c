//! How the connections of a mount end: as it is declared, and as it is known at start.

use std::time::Duration;

use tracing::Level;

use crate::config::{AtStart, AtStartValue, ConfigError};

/// How the connections of a mount end when the endpoint stops: the values of its `drainer(..)`,
/// which are known once it has started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drainer {
    /// Connections in a batch. Default 10,000.
    pub batch_size: usize,
    /// Pause between batches. Default 2 s.
    pub batch_interval: Duration,
    /// After this time, all connections that are left end at once. Their clients are told if their
    /// streams take it, and `terminate` is called. A running callback is dropped at its `.await`. A
    /// connection counts as cut off if its callback was dropped, or if not everything could be
    /// written to its client. Default 30 s.
    pub shutdown: Duration,
    /// The level of the line that says how many connections are told, and in how many rounds; `None`
    /// is silent. Default info.
    pub log: Option<Level>,
}

impl Drainer {
    /// The defaults of every key.
    pub const DEFAULT: Drainer = Drainer {
        batch_size: 10_000,
        batch_interval: Duration::from_secs(2),
        shutdown: Duration::from_secs(30),
        log: Some(Level::INFO),
    };

    /// What `drainer = false` means.
    pub(crate) const AT_ONCE: Drainer = Drainer {
        batch_size: usize::MAX,
        ..Drainer::DEFAULT
    };
}

/// `drainer(..)`: how the connections of a mount end when the endpoint stops. Each value is a
/// constant, or known when the endpoint starts.
#[derive(Clone, Copy, Debug)]
pub struct DrainerOptions {
    /// Connections in a batch. Default 10,000.
    pub batch_size: AtStart<usize>,
    /// Pause between batches. Default 2 s.
    pub batch_interval: AtStart<Duration>,
    /// After this time, all connections that are left end at once. Their clients are told if their
    /// streams take it, and `terminate` is called. A running callback is dropped at its `.await`. A
    /// connection counts as cut off if its callback was dropped, or if not everything could be
    /// written to its client. Default 30 s.
    pub shutdown: AtStart<Duration>,
    /// The level of the line that says how many connections are told, and in how many rounds; `None`
    /// is silent. Default info.
    pub log: AtStart<Option<Level>>,
}

impl DrainerOptions {
    /// The defaults of every key.
    pub const DEFAULT: DrainerOptions = DrainerOptions {
        batch_size: AtStart::Value(10_000),
        batch_interval: AtStart::Value(Duration::from_secs(2)),
        shutdown: AtStart::Value(Duration::from_secs(30)),
        log: AtStart::Value(Some(Level::INFO)),
    };

    /// Reads what is known at start.
    ///
    /// # Errors
    /// Everything that is wrong, each with its key.
    pub(crate) fn read(&self) -> Result<Drainer, Vec<(&'static str, ConfigError)>> {
        const INTERVAL: &str = "drainer.batch_interval";

        let mut wrong = Vec::new();
        let config = Drainer {
            batch_size: read("drainer.batch_size", &self.batch_size, &mut wrong),
            batch_interval: read(INTERVAL, &self.batch_interval, &mut wrong),
            shutdown: read("drainer.shutdown", &self.shutdown, &mut wrong),
            log: read("drainer.log", &self.log, &mut wrong),
        };
        if wrong.is_empty() && config.batch_interval > config.shutdown {
            let text =
                "the first `batch_interval` of `drainer` is already longer than its `shutdown`";
            wrong.push((INTERVAL, ConfigError::new(text)));
        }
        if wrong.is_empty() {
            Ok(config)
        } else {
            Err(wrong)
        }
    }
}

fn read<T: AtStartValue + Copy + Default>(
    key: &'static str,
    value: &AtStart<T>,
    wrong: &mut Vec<(&'static str, ConfigError)>,
) -> T {
    let value = value.read(key).map_err(|error| wrong.push((key, error)));
    value.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_told_with_its_key() {
        let drainer = DrainerOptions {
            batch_size: AtStart::Function(|| 0),
            batch_interval: AtStart::Function(|| Duration::ZERO),
            shutdown: AtStart::Variable("LANDFALL_IS_NOT_SET", None),
            log: AtStart::Variable("LANDFALL_IS_NOT_SET", Some(|| Some(Level::DEBUG))),
        };
        let wrong = drainer.read().expect_err("three values are wrong");
        let told: Vec<_> = wrong
            .iter()
            .map(|(key, error)| (*key, error.message()))
            .collect();
        assert_eq!(
            told,
            [
                ("drainer.batch_size", "`batch_size` must be positive"),
                (
                    "drainer.batch_interval",
                    "`batch_interval` must be positive"
                ),
                (
                    "drainer.shutdown",
                    "the environment variable `LANDFALL_IS_NOT_SET` is not set"
                ),
            ]
        );
        let late = DrainerOptions {
            batch_interval: AtStart::Function(|| Duration::from_secs(31)),
            ..DrainerOptions::DEFAULT
        };
        let wrong = late.read().expect_err("the interval is too long");
        assert_eq!(wrong[0].0, "drainer.batch_interval");
    }
}
