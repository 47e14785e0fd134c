//! HTTP/2 (RFC 9113), by ALPN or by prior knowledge: hyper's, within limits.
//!
//! | file | what |
//! | --- | --- |
//! | `connection` | one connection, from its preface to its end |
//! | `activity` | what goes on in a connection, and when that has taken too long |
//! | `frames` | follows the frames that come in, and ends a connection that floods |
//! | `io` | the stream under hyper |
//! | `service` | between hyper and the service: one request, one response |
//! | `upload` | a request's body, and how long it may take |
//! | `tunnel` | a stream that has become a socket's (RFC 8441) |

mod activity;
mod connection;
mod frames;
mod io;
mod service;
mod tunnel;
mod upload;

use std::{sync::Arc, time::Duration};

use hyper::{rt::Executor, server::conn::http2::Builder};
use hyper_util::rt::TokioTimer;
use tokio_util::task::TaskTracker;

use self::activity::Activity;
pub(super) use self::connection::{Arrived, run};
use crate::config::HttpConfig;

/// What a client sends before all else (RFC 9113, 3.4).
pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// Streams of a connection that may be open at a time: requests and sockets. The client is told, and one past it is refused.
const STREAMS: u32 = 100;
/// Bytes of a stream that the client may send before they are read.
const STREAM_WINDOW: u32 = 256 * 1024;
/// Bytes of all streams together that the client may send before they are read.
const CONNECTION_WINDOW: u32 = 1024 * 1024;
/// Bytes of a stream that may wait for the client. A piece of a body that has been begun is taken whole.
const SEND_BUFFER: usize = 64 * 1024;
/// Streams that the client has reset before the service was given them.
const PENDING_RESETS: usize = 20;
/// Streams that were reset because the client broke the protocol.
const LOCAL_RESETS: usize = 100;
/// How long a connection may be silent before it is asked whether the client is there.
const PING_INTERVAL: Duration = Duration::from_secs(30);
/// How long the client may take to answer that.
const PING_TIMEOUT: Duration = Duration::from_secs(20);

fn builder(config: &HttpConfig, streams: Streams) -> Builder<Streams> {
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
struct Streams {
    tasks: TaskTracker,
    activity: Arc<Activity>,
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
