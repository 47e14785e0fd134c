//! The line of a test that is to blame.

use std::{fmt::Display, panic::Location};

/// Where a test asked for something. A panic inside of a future cannot point there by itself.
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
