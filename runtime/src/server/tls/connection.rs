//! A connection with TLS: its handshake, and then HTTP.

use std::sync::Arc;

use bytes::Bytes;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Tls;
#[cfg(feature = "http2")]
use crate::server::http2;
use crate::{
    escape::told,
    server::{
        admission::Arrival,
        client::{Client, Secured},
        connection,
        service::Serve,
        shared::Server,
    },
    stream::{Stream, Taken},
};

/// The end of connections that are still in their handshake.
pub(in crate::server) struct Over {
    /// The server stops.
    pub(in crate::server) stop: CancellationToken,
    /// Keeps the server's clock running while it is held.
    pub(in crate::server) _closed: Arc<DropGuard>,
}

/// Does the handshake, and then serves the connection. Returns what has taken it over, if anything
/// has.
pub(in crate::server) async fn run<S: Serve>(
    tls: Arc<Tls>,
    arrival: Arrival,
    server: Arc<Server<S>>,
    over: Over,
) -> Option<Taken> {
    let Arrival {
        stream: Stream::Tcp(tcp),
        peer,
        place,
    } = arrival
    else {
        return None;
    };
    let here = tcp.local_addr().ok()?;
    // Boxed, so that its memory is free once it is done.
    let handshake = Box::pin(tls.accept(tcp));
    let accepted = tokio::select! {
        biased;
        () = over.stop.cancelled() => return None,
        accepted = handshake => accepted,
    };
    let stream = match accepted {
        Ok(stream) => stream,
        Err(error) => {
            tracing::debug!(?peer, error = %told(&error), "a TLS handshake failed");
            return None;
        }
    };
    let here = here.to_string().parse().ok()?;
    let certificate = stream
        .peer_certificate()
        .map(|certificate| Bytes::copy_from_slice(&certificate));
    let client = Client {
        peer,
        secured: Some(Box::new(Secured { certificate, here })),
    };
    #[cfg(feature = "http2")]
    if stream.speaks_http2() {
        let deadline = server.deadlines.watch();
        let arrived = http2::connection::Arrived {
            stream: Stream::Tls(stream),
            early: Bytes::new(),
            client,
            place,
            watch: deadline.watch.clone(),
        };
        let connection = Box::pin(http2::connection::run(arrived, server));
        drop((over, tls));
        connection.await;
        return None;
    }
    let connection = connection::run(Stream::Tls(stream), client, place, server);
    drop((over, tls));
    connection.await
}
