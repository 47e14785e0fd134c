//! What is logged and measured of a message of a client while it is handled.

use super::{
    Channel, Event, Outlet, instrumented,
    log::{Logged, Whose},
    socket::channel_of,
};
use crate::{instrumenter::Mark, telemetry::Timed};

/// A message of a client that is being handled.
pub(super) struct Handling {
    logged: Option<Box<Logged>>,
    mark: Mark,
    timed: Timed,
}

impl Handling {
    pub(super) fn begin<C: Channel>(channel: &C, event: &Event, out: &Outlet) -> Self {
        Handling {
            logged: Logged::event(out.conversation(), event),
            mark: instrumented::receive(channel, event, out),
            timed: Timed::begin(),
        }
    }

    /// Its handler has returned, or has panicked.
    pub(super) fn end<C: Channel>(self, out: &Outlet, returned: bool) {
        if self.timed.is_taken() {
            Whose::new(out.conversation(), channel_of::<C::Socket>).called("handle_in", self.timed);
        }
        self.mark.end(returned);
        if let Some(logged) = self.logged.filter(|_| returned) {
            logged.handled(channel_of::<C::Socket>);
        }
    }
}
