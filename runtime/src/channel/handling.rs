//! What is logged and measured of a message of a client while it is handled.

use super::{
    Event, Outlet,
    log::{Logged, Whose},
};
use crate::{instrumenter::Mark, telemetry::Timed};

/// A message of a client that is being handled.
pub(super) struct Handling {
    logged: Option<Box<Logged>>,
    mark: Mark,
    timed: Timed,
}

impl Handling {
    pub(super) fn begin(mark: Mark, event: &Event, out: &Outlet) -> Self {
        Handling {
            logged: Logged::event(out.conversation(), event),
            mark,
            timed: Timed::begin(),
        }
    }

    /// Its handler has returned, or has panicked. `channel` names the channel of a topic.
    pub(super) fn end(self, out: &Outlet, channel: fn(&str) -> &'static str, returned: bool) {
        if self.timed.is_taken() {
            Whose::new(out.conversation(), channel).called("handle_in", self.timed);
        }
        self.mark.end(returned);
        if let Some(logged) = self.logged.filter(|_| returned) {
            logged.handled(channel);
        }
    }
}
