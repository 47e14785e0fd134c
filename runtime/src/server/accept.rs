//! The accept loop: it goes on after any error, until it is told to stop.

use std::{io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use tokio::{io::AsyncWriteExt, time::Instant};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{
    admission::{Admitted, Arrival},
    client::Client,
    connection,
    listener::{Layer, Listener},
    service::Serve,
    shared::Server,
    task::Task,
};
use crate::{
    places::{Place, Places},
    stream::{Stream, Taken},
};

const FULL: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\nretry-after: 1\r\n\
    content-length: 19\r\n\r\nService Unavailable";

const TOO_MANY: &[u8] =
    b"HTTP/1.1 429 Too Many Requests\r\nconnection: close\r\nretry-after: 1\r\n\
    content-length: 17\r\n\r\nToo Many Requests";

pub(super) async fn run<L: Listener, S: Serve>(
    mut listener: L,
    server: Arc<Server<S>>,
    stop: CancellationToken,
    closed: DropGuard,
) {
    let closed = Arc::new(closed);
    let (mut trouble, mut crowd) = (Trouble::default(), Crowd::default());
    let mut stopped = pin!(stop.cancelled());
    loop {
        // Who comes as the server stops is left to the program that takes its place.
        let accepted = tokio::select! {
            biased;
            () = &mut stopped => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                let stream = Stream::new(stream);
                trouble.over();
                let admitted = server.admission.now();
                if server.is_full(&admitted) {
                    refuse(stream, FULL, &server).await;
                    continue;
                }
                match crowd.admit(peer, &admitted) {
                    Ok(place) => {
                        let arrival = Arrival {
                            stream,
                            peer,
                            place,
                        };
                        take(arrival, &server, &stop, &closed);
                    }
                    Err(TooMany) => refuse(stream, TOO_MANY, &server).await,
                }
            }
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                tokio::select! {
                    () = &mut stopped => return,
                    () = tokio::time::sleep(trouble.pause(&error)) => {}
                }
            }
        }
    }
}

fn take<S: Serve>(
    arrival: Arrival,
    server: &Arc<Server<S>>,
    stop: &CancellationToken,
    closed: &Arc<DropGuard>,
) {
    match &server.layer {
        Layer::Plain => {
            let Arrival {
                stream,
                peer,
                place,
            } = arrival;
            let client = Client {
                peer,
                secured: None,
            };
            start(
                server,
                connection::run(stream, client, place, server.clone()),
            );
        }
        #[cfg(feature = "rustls")]
        Layer::Tls(tls) => {
            let over = super::tls::connection::Over {
                stop: stop.clone(),
                _closed: closed.clone(),
            };
            let http = super::tls::connection::run(tls.clone(), arrival, server.clone(), over);
            start(server, http);
        }
    }
    #[cfg(not(feature = "rustls"))]
    let _ = (stop, closed);
}

/// Starts the task of a connection, which is counted as the server's until its HTTP is over.
fn start<S>(server: &Server<S>, http: impl Future<Output = Option<Taken>> + Send + 'static) {
    tokio::spawn(Task::new(server.tracker.track_future(http)));
}

/// Whether the client caused the error: it was gone before it was accepted. The listener works.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::*;
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | ConnectionRefused | Interrupted
    )
}

/// Refuses a connection beyond a limit. It writes only what the socket accepts at once, and does no
/// TLS handshake.
async fn refuse<S>(mut stream: Stream, said: &[u8], server: &Server<S>) {
    if !matches!(server.layer, Layer::Plain) {
        return;
    }
    let answer = async {
        stream.write_all(said).await?;
        stream.shutdown().await
    };
    let mut answer = pin!(answer);
    std::future::poll_fn(|cx| std::task::Poll::Ready(answer.as_mut().poll(cx).is_ready())).await;
}

/// The client has reached its limit of connections.
struct TooMany;

/// The number of connections of each client, if that is limited.
#[derive(Default)]
struct Crowd {
    places: Arc<Places>,
    log: OncePerSecond,
}

impl Crowd {
    /// Takes a place for a connection. Clients without an address are not limited, and neither are
    /// trusted proxies, which carry many clients.
    fn admit(
        &mut self,
        peer: Option<SocketAddr>,
        admitted: &Admitted,
    ) -> Result<Option<Place>, TooMany> {
        let (Some(most), Some(peer)) = (admitted.max_connections_per_ip, peer) else {
            return Ok(None);
        };
        let address = peer.ip();
        if admitted.proxies.trusts(Some(address)) {
            return Ok(None);
        }
        let place = self.places.take(address.into(), most);
        if place.is_none() && self.log.is_due() {
            tracing::warn!(client = %address, most, "refused a connection: the client has too many");
        }
        place.map(Some).ok_or(TooMany)
    }
}

/// Limits how often a line is logged, for lines that any client can cause.
#[derive(Default)]
struct OncePerSecond(Option<Instant>);

impl OncePerSecond {
    fn is_due(&mut self) -> bool {
        let due = self
            .0
            .is_none_or(|logged| logged.elapsed() >= Duration::from_secs(1));
        if due {
            self.0 = Some(Instant::now());
        }
        due
    }
}

/// The state while accepting fails, most likely because file descriptors are used up.
#[derive(Default)]
struct Trouble {
    pause: Duration,
    log: OncePerSecond,
}

impl Trouble {
    const FIRST: Duration = Duration::from_millis(5);
    const LONGEST: Duration = Duration::from_secs(1);

    fn over(&mut self) {
        self.pause = Duration::ZERO;
    }

    /// How long to wait before accepting again. Logs at most once a second.
    fn pause(&mut self, error: &io::Error) -> Duration {
        if self.log.is_due() {
            tracing::error!(%error, "cannot accept connections; trying again");
        }
        self.pause = (self.pause * 2).clamp(Self::FIRST, Self::LONGEST);
        self.pause
    }
}
