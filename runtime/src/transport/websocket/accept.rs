//! The decisions about a connection attempt, in order. The first one that refuses gives the
//! response.

use std::{future::Future, sync::Arc};

use bytes::Bytes;
use http::{Response, StatusCode, header::SEC_WEBSOCKET_PROTOCOL, request::Parts};
use hyper::upgrade::OnUpgrade;
use tokio_util::task::TaskTracker;

use super::{
    deflate::Deflate,
    handshake,
    stream_out::Peer,
    subprotocol::{self, Agreed, Disagreement},
    task::Connection,
    wire::{OtherWire, TcpWire},
};
use crate::{
    body::{Body, respond},
    escape::told,
    header, interop,
    places::Place,
    pubsub::SocketEncoder,
    socket::{Socket, TransportKind, WebSocket},
    stream::{Stream, Taken, Takeover, TakeoverSlot},
    task::boxed,
    transport::{
        attempt::Attempt,
        connection::connected::Connected,
        context::MountContext,
        denied::Denied,
        erased::{ErasedTransport, erase_answers},
        log,
    },
    watchdog::Callback,
};

/// The WebSocket transport of a mount of this socket.
pub(in crate::transport) fn erased<S: Socket>(
    options: &'static WebSocket,
) -> Arc<dyn ErasedTransport> {
    erase_answers(options.into(), TransportKind::WebSocket, move |attempt| {
        answer::<S>(options, attempt)
    })
}

/// Decides about an attempt, where it is: it is large.
#[expect(
    clippy::manual_async_fn,
    reason = "an `async fn` has room for its arguments twice"
)]
fn answer<S: Socket>(
    options: &'static WebSocket,
    mut attempt: Attempt,
) -> impl Future<Output = Result<Response<Body>, Denied>> + Send {
    async move {
        if attempt.context.is_stopping() {
            return Err(Denied::Stopping);
        }
        let opening =
            handshake::check(&attempt.parts).map_err(handshake::NoUpgrade::into_response)?;
        let upgrade = Upgrade::of(&mut attempt.parts).ok_or_else(|| {
            respond(
                StatusCode::BAD_REQUEST,
                "this connection cannot be upgraded",
            )
        })?;
        let params = attempt.params()?;
        attempt.check_origin()?;
        let Agreed {
            subprotocol,
            auth_token,
        } = agree(options, &attempt)?;
        let connected = attempt.ask::<S>(params, auth_token).await;
        let connected = connected.map_err(|denied| refuse(options, &attempt, denied))?;

        let deflate = if options.compress {
            Deflate::negotiate(&attempt.parts.headers, &options.deflate_options)
        } else {
            None
        };
        let Attempt { context, parts, .. } = attempt;
        let response = handshake::opened(opening, parts.headers, subprotocol, deflate.as_ref());
        upgrade.then(Box::new(move |stream, early, place| {
            open(connected, stream, early, place, context, options, deflate)
        }));
        Ok(response)
    }
}

fn agree(options: &WebSocket, attempt: &Attempt) -> Result<Agreed, Denied> {
    let headers = &attempt.parts.headers;
    subprotocol::agree(headers, options.subprotocols, options.auth_token).map_err(|disagreement| {
        match disagreement {
            Disagreement::BadToken => respond(StatusCode::BAD_REQUEST, "").into(),
            Disagreement::NothingInCommon => {
                let offered = header::texts(headers, &SEC_WEBSOCKET_PROTOCOL).unwrap_or_default();
                log::no_subprotocol(
                    &attempt.context,
                    &offered,
                    options.subprotocols.unwrap_or_default(),
                );
                Denied::Subprotocol
            }
        }
    })
}

/// Lets the mount's `error_handler` answer a client that was refused with a reason. Clients are not
/// told why `connect` failed.
fn refuse(options: &WebSocket, attempt: &Attempt, denied: Denied) -> Response<Body> {
    match (denied, options.error_handler) {
        (Denied::Refused(refused), Some(handler))
            if refused.reason().is_some() && !refused.is_failure() =>
        {
            let watched = &attempt.context.watched;
            watched
                .call(Callback::ErrorHandler, || {
                    handler(&attempt.parts, refused, &attempt.context.handle)
                })
                .unwrap_or_else(|panic| {
                    tracing::error!(
                        socket = attempt.context.socket,
                        "error_handler panicked: {panic}"
                    );
                    Denied::Crashed.into()
                })
        }
        (denied, _) => denied.into(),
    }
}

/// How the server in front of us gives up its stream after the response.
enum Upgrade {
    Takeover(TakeoverSlot),
    Hyper(OnUpgrade),
}

impl Upgrade {
    /// `None` if it does not.
    fn of(parts: &mut Parts) -> Option<Upgrade> {
        if let Some(slot) = parts.extensions.get::<TakeoverSlot>() {
            return Some(Upgrade::Takeover(slot.clone()));
        }
        parts.extensions.remove::<OnUpgrade>().map(Upgrade::Hyper)
    }

    /// Leaves the stream to `open`.
    fn then(self, open: Takeover) {
        let upgrade = match self {
            Upgrade::Takeover(slot) => return slot.put(open),
            Upgrade::Hyper(upgrade) => upgrade,
        };
        tokio::spawn(boxed(async move {
            match upgrade.await {
                Ok(upgraded) => {
                    let (stream, early) = interop::stream(upgraded);
                    tokio::spawn(open(stream, early, None));
                }
                Err(error) => {
                    tracing::debug!(error = %told(&error), "the connection was lost during the upgrade")
                }
            }
        }));
    }
}

/// The connection over this stream.
fn open<S: Socket>(
    connected: Connected<S>,
    stream: Stream,
    early: Bytes,
    place: Option<Place>,
    context: Arc<MountContext>,
    options: &'static WebSocket,
    deflate: Option<Deflate>,
) -> Taken {
    let Connected {
        socket,
        id,
        peer: address,
        inbox,
    } = connected;
    let from = (id, address);
    let encoder = const { &SocketEncoder::<S>::new(S::encode) };
    let tasks = context.handle.0.connections.clone();
    match stream {
        Stream::Tcp(tcp) => {
            let (read, wire) = TcpWire::split(tcp);
            let peer = Peer::over_stream(from, wire, context, options, deflate, encoder);
            let connection = Connection::new(socket, read, peer, inbox, &early);
            counted(&tasks, connection, place)
        }
        #[cfg(feature = "rustls")]
        Stream::Tls(tls) => {
            let peer = Peer::over_stream(from, tls.clone(), context, options, deflate, encoder);
            let connection = Connection::new(socket, tls, peer, inbox, &early);
            counted(&tasks, connection, place)
        }
        Stream::Other(io) => {
            let (read, wire) = OtherWire::split(io);
            let peer = Peer::over_stream(from, wire, context, options, deflate, encoder);
            let connection = Connection::new(socket, read, peer, inbox, &early);
            counted(&tasks, connection, place)
        }
    }
}

/// A connection that the endpoint waits for when it stops. Where nobody counts those of a client,
/// none is larger for it.
fn counted(
    tasks: &TaskTracker,
    connection: impl Future<Output = ()> + Unpin + Send + 'static,
    place: Option<Place>,
) -> Taken {
    match place {
        None => Box::pin(tasks.track_future(connection)),
        Some(place) => Box::pin(tasks.track_future(place.held(connection))),
    }
}
