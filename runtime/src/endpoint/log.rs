//! Events of an endpoint: that it has started, stops, and has stopped.

use std::time::Duration;

use crate::{
    handle::Handle,
    telemetry::{self, Took},
};

pub(super) fn started(handle: &Handle, duration: Duration) {
    let (endpoint, took) = (handle.name(), Took(duration));
    telemetry::event!(
        ENDPOINT_STARTED,
        tracing::Level::INFO,
        endpoint,
        ?duration,
        "started {endpoint} in {took}"
    );
}

pub(super) fn stopping(endpoint: &'static str) {
    telemetry::event!(
        ENDPOINT_STOPPING,
        tracing::Level::INFO,
        endpoint,
        "stopping {endpoint}"
    );
}

/// `cut` is the number of requests, sockets and tasks that were cut off.
pub(super) fn stopped(endpoint: &'static str, cut: usize, duration: Duration) {
    telemetry::event!(
        ENDPOINT_STOPPED,
        tracing::Level::INFO,
        endpoint,
        cut,
        ?duration,
        "stopped {endpoint}"
    );
}
