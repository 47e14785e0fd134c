//! What hyper is told: its limits, and where streams run.

use std::{sync::Arc, time::Duration};

use hyper::{rt::Executor, server::conn::http2::Builder};
use hyper_util::rt::TokioTimer;
use tokio_util::task::TaskTracker;

use super::activity::Activity;
use crate::config::HttpConfig;

/// The maximum number of open streams of a connection: requests and sockets. It is announced to the
/// client, and further streams are refused.
const STREAMS: u32 = 100;
/// The maximum number of unread bytes of a stream that the client may send.
const STREAM_WINDOW: u32 = 256 * 1024;
/// The maximum number of unread bytes of all streams together that the client may send.
const CONNECTION_WINDOW: u32 = 1024 * 1024;
/// The maximum number of bytes of a stream that wait for the client. A chunk of a body may exceed
/// it.
const SEND_BUFFER: usize = 64 * 1024;
/// The maximum number of streams that the client has reset before the service was given them.
const PENDING_RESETS: usize = 20;
/// The maximum number of streams that were reset because the client broke the protocol.
const LOCAL_RESETS: usize = 100;
/// The interval between pings to the client.
const PING_INTERVAL: Duration = Duration::from_secs(30);
/// How long the client may take to answer a ping.
const PING_TIMEOUT: Duration = Duration::from_secs(20);

pub(super) fn builder(config: &HttpConfig, streams: Streams) -> Builder<Streams> {
    let mut builder = Builder::new(streams);
    builder
        .timer(TokioTimer::new())
        .enable_connect_protocol()
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(config.max_head_bytes.try_into().unwrap_or(u32::MAX))
        .max_pending_accept_reset_streams(PENDING_RESETS)
        .max_local_error_reset_streams(LOCAL_RESETS)
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_send_buf_size(SEND_BUFFER)
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT);
    builder
}

/// Runs the streams of a connection, each in a task of its own.
#[derive(Clone)]
pub(super) struct Streams {
    pub(super) tasks: TaskTracker,
    pub(super) activity: Arc<Activity>,
}

impl<F: Future<Output = ()> + Send + 'static> Executor<F> for Streams {
    fn execute(&self, stream: F) {
        let open = self.activity.open();
        self.tasks.spawn(async move {
            stream.await;
            drop(open);
        });
    }
}
