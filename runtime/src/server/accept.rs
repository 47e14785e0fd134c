//! The accept loop: it goes on whatever happens, until it is told to stop.

use std::{io, sync::Arc, time::Duration};

use tokio::{io::AsyncWriteExt, time::Instant};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{Accept, Serve, Server, connection};
use crate::stream::Stream;

const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 1\r\n\
    content-length: 19\r\n\r\nService Unavailable";

pub(super) async fn run<L: Accept, S: Serve>(
    mut listener: L,
    server: Arc<Server<S>>,
    stop: CancellationToken,
    _closed: DropGuard,
) {
    let mut trouble = Trouble::default();
    loop {
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                trouble.over();
                if server.options.max_connections.is_some_and(|most| server.tracker.len() >= most) {
                    refuse(stream).await;
                    continue;
                }
                server.tracker.spawn(connection::run(stream, peer, server.clone()));
            }
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(trouble.pause(&error)) => {}
                }
            }
        }
    }
}

/// The client was gone before it was accepted: that says nothing about the next.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::*;
    matches!(error.kind(), ConnectionAborted | ConnectionReset | ConnectionRefused | Interrupted)
}

/// Writes what the socket takes at once: over the limit, nobody is waited for.
async fn refuse(mut stream: Stream) {
    let answer = async {
        stream.write_all(FULL).await?;
        stream.shutdown().await
    };
    let mut answer = std::pin::pin!(answer);
    std::future::poll_fn(|cx| std::task::Poll::Ready(answer.as_mut().poll(cx).is_ready())).await;
}

/// Accepting fails, most likely for want of file descriptors.
#[derive(Default)]
struct Trouble {
    pause: Duration,
    logged: Option<Instant>,
}

impl Trouble {
    const FIRST: Duration = Duration::from_millis(5);
    const LONGEST: Duration = Duration::from_secs(1);

    fn over(&mut self) {
        self.pause = Duration::ZERO;
    }

    /// How long to leave the listener alone. Logs, but not more than once a second.
    fn pause(&mut self, error: &io::Error) -> Duration {
        if self.logged.is_none_or(|logged| logged.elapsed() >= Duration::from_secs(1)) {
            self.logged = Some(Instant::now());
            tracing::error!(%error, "cannot accept connections; trying again");
        }
        self.pause = (self.pause * 2).clamp(Self::FIRST, Self::LONGEST);
        self.pause
    }
}
