//! The line of a test at which a failure is reported.

use std::{fmt::Display, panic::Location};

/// The caller's line in a test. A panic inside a future cannot point there by itself.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller(&'static Location<'static>);

impl Caller {
    #[track_caller]
    pub(super) fn here() -> Self {
        Caller(Location::caller())
    }

    /// Fails the test.
    pub(super) fn fail(self, message: impl Display) -> ! {
        panic!("{message}\n    at {}", self.0)
    }
}
