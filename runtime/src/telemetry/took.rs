//! How long something took, for people.

use std::{fmt, time::Duration};

/// A duration in whole milliseconds, or in microseconds if it is less than one: `12ms`, `250µs`.
#[derive(Clone, Copy)]
pub(crate) struct Took(pub(crate) Duration);

impl fmt::Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_millis() {
            0 => write!(f, "{}µs", self.0.as_micros()),
            millis => write!(f, "{millis}ms"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn micros_are_for_what_is_short() {
        let shown = |micros| Took(Duration::from_micros(micros)).to_string();
        assert_eq!(
            [shown(0), shown(999), shown(1000), shown(12_900)],
            ["0µs", "999µs", "1ms", "12ms"]
        );
    }
}
