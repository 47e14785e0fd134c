//! Stands in for `service_manager` on systems without systemd.

use std::convert::Infallible;

/// Never exists.
#[derive(Debug)]
pub(super) enum ServiceManager {}

impl ServiceManager {
    pub(super) fn of_process() -> Option<Self> {
        None
    }

    pub(super) fn ready(&self) {
        match *self {}
    }

    pub(super) fn stopping(&self) {
        match *self {}
    }

    pub(super) async fn keep_alive(&self) -> Infallible {
        match *self {}
    }
}
