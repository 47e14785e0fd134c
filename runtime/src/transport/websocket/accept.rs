//! The decisions about a connection attempt, in order: the first that refuses answers.

use std::{sync::Arc, time::Instant};

use bytes::Bytes;
use http::{
    Method, Request, Response, StatusCode,
    header::{ORIGIN, SEC_WEBSOCKET_PROTOCOL},
    request::Parts,
};

use super::{
    connection::Connection,
    deflate::Deflate,
    handshake,
    peer::Peer,
    subprotocol::{self, Agreed, Disagreement},
    wire::{OtherWire, TcpWire},
};
use crate::{
    body::Body,
    contain, interop,
    pubsub::{SocketEncoder, SubscriberId},
    socket::{Connect, Inbox, Params, QueryError, Refused, Socket, TransportKind, WebSocket},
    stream::{Stream, TakeoverSlot},
    transport::{
        log,
        mounted::Mounted,
        mounts::{Answer, Attempt},
        request,
    },
};

/// Answers a request to a mount's WebSocket path.
pub(in crate::transport) fn accept<S: Socket>(attempt: Attempt) -> Answer {
    Box::pin(async move {
        let level = attempt.mounted.websocket.transport_log;
        let request = level.map(|level| (level, log::request(&attempt.request), Instant::now()));
        let answer = decide::<S>(attempt).await.unwrap_or_else(|refusal| refusal);
        if let Some((level, request, started)) = request {
            log::answer(level, &request, answer.status(), started.elapsed());
        }
        Ok(answer)
    })
}

async fn decide<S: Socket>(attempt: Attempt) -> Result<Response<Body>, Response<Body>> {
    let Attempt { mounted, variables, request } = attempt;
    let (mut parts, _body) = request.into_parts();
    if mounted.is_stopping() {
        return Err(answer(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"));
    }
    if parts.method != Method::GET {
        return Err(answer(StatusCode::BAD_REQUEST, ""));
    }
    let params = params(&parts, variables)?;
    check_origin(&mounted, &parts)?;
    let Agreed { subprotocol, auth_token } = agree(&mounted, &parts)?;

    let id = SubscriberId::new();
    let inbox = Inbox::new(id);
    let WebSocket { connect_info, check_csrf, .. } = &mounted.websocket;
    let mut info = request::info(connect_info, &parts);
    info.auth_token = auth_token;
    if let Some(options) = connect_info.session
        && let Some(keys) = mounted.handle.keys()
    {
        info.session = request::session(options, *check_csrf, &keys, &parts.headers, &params);
    }
    let connect = Connect {
        params,
        info,
        handle: mounted.handle.clone(),
        mailbox: inbox.mailbox(),
        transport: TransportKind::WebSocket,
    };
    let socket = connect_socket::<S>(&mounted, &parts, connect).await?;

    let accept = handshake::check(&parts).map_err(handshake::NoUpgrade::into_response)?;
    let deflate = if mounted.websocket.compress { Deflate::negotiate(&parts.headers) } else { None };
    let response = handshake::switching_protocols(accept, subprotocol, deflate.as_ref());
    let open = move |stream, early| open(socket, stream, early, id, inbox, mounted, deflate);
    hand_over(&mut parts, open)?;
    Ok(response)
}

fn params(
    parts: &Parts,
    variables: Result<Params, crate::transport::pattern::NotUtf8>,
) -> Result<Params, Response<Body>> {
    let bad = || answer(StatusCode::BAD_REQUEST, "Bad Request");
    let mut params =
        Params::from_query(parts.uri.query().unwrap_or_default()).map_err(|error| match error {
            QueryError::NotUtf8 => bad(),
            QueryError::TooLong => answer(StatusCode::URI_TOO_LONG, "URI Too Long"),
        })?;
    for (name, value) in variables.map_err(|_| bad())?.iter() {
        params.insert(name, value.clone());
    }
    Ok(params)
}

fn check_origin(mounted: &Mounted, parts: &Parts) -> Result<(), Response<Body>> {
    let origins = parts.headers.get_all(ORIGIN);
    let request = request::authority(parts);
    // The check may be a function of the application.
    let allowed = contain::call(|| mounted.origin.allows(origins.iter(), &request));
    match allowed {
        Ok(true) => Ok(()),
        Ok(false) => {
            log::origin_refused(mounted, origins.iter());
            Err(answer(StatusCode::FORBIDDEN, ""))
        }
        Err(panic) => {
            tracing::error!(socket = mounted.socket(), "check_origin panicked: {panic}");
            Err(server_error())
        }
    }
}

fn agree(mounted: &Mounted, parts: &Parts) -> Result<Agreed, Response<Body>> {
    let options = &mounted.websocket;
    subprotocol::agree(&parts.headers, options.subprotocols, options.auth_token).map_err(|disagreement| {
        match disagreement {
            Disagreement::BadToken => answer(StatusCode::BAD_REQUEST, ""),
            Disagreement::NothingInCommon => {
                // With a token in it, the header is nothing for a log.
                let offered = parts.headers.get(SEC_WEBSOCKET_PROTOCOL).filter(|_| !options.auth_token);
                tracing::error!(
                    socket = mounted.socket(),
                    ?offered,
                    supported = ?options.subprotocols,
                    "no subprotocol in common with the client"
                );
                answer(StatusCode::FORBIDDEN, "")
            }
        }
    })
}

/// Runs the application's `connect`; a panic in it is answered by 500.
async fn connect_socket<S: Socket>(
    mounted: &Mounted,
    parts: &Parts,
    connect: Connect<S::Info>,
) -> Result<S, Response<Body>> {
    let started = Instant::now();
    let params = log::params(mounted, &connect.params);
    let connected = contain::run(async { S::connect(connect).await }).await;
    let took = started.elapsed();
    match connected {
        Ok(Ok(socket)) => {
            log::connected(mounted, params, took);
            Ok(socket)
        }
        Ok(Err(refused)) => {
            log::refused(mounted, params, took);
            Err(refuse(mounted, parts, refused))
        }
        Err(panic) => {
            tracing::error!(socket = mounted.socket(), "connect panicked: {panic}");
            Err(server_error())
        }
    }
}

fn refuse(mounted: &Mounted, parts: &Parts, refused: Refused) -> Response<Body> {
    match mounted.websocket.error_handler {
        Some(handler) if refused.reason().is_some() => {
            let answered = contain::call(|| handler(parts, refused));
            answered.unwrap_or_else(|panic| {
                tracing::error!(socket = mounted.socket(), "error_handler panicked: {panic}");
                server_error()
            })
        }
        _ => {
            let status = refused.status_code();
            let mut response = Response::new(Body::from(refused.into_text()));
            *response.status_mut() = status;
            response
        }
    }
}

/// Leaves the stream to `open`, by the way that the server in front of us offers.
fn hand_over(
    parts: &mut Parts,
    open: impl FnOnce(Stream, Bytes) + Send + 'static,
) -> Result<(), Response<Body>> {
    if let Some(slot) = parts.extensions.get::<TakeoverSlot>() {
        slot.put(Box::new(open));
        return Ok(());
    }
    let mut request = Request::new(());
    std::mem::swap(request.extensions_mut(), &mut parts.extensions);
    if request.extensions().get::<hyper::upgrade::OnUpgrade>().is_none() {
        return Err(answer(StatusCode::BAD_REQUEST, "this connection cannot be upgraded"));
    }
    let upgrade = hyper::upgrade::on(request);
    tokio::spawn(async move {
        match upgrade.await {
            Ok(upgraded) => {
                let (stream, early) = interop::stream(upgraded);
                open(stream, early);
            }
            Err(error) => tracing::debug!(%error, "the connection was lost during the upgrade"),
        }
    });
    Ok(())
}

/// Starts the connection's task.
fn open<S: Socket>(
    socket: S,
    stream: Stream,
    early: Bytes,
    id: SubscriberId,
    inbox: Arc<Inbox<S::Info>>,
    mounted: Arc<Mounted>,
    deflate: Option<Deflate>,
) {
    let encoder = const { &SocketEncoder::<S>::new(S::encode) };
    let tasks = mounted.tasks.clone();
    match stream {
        Stream::Tcp(tcp) => {
            let (read, wire) = TcpWire::split(tcp);
            let peer = Peer::new(id, wire, mounted, deflate, encoder);
            tasks.spawn(Connection::new(socket, read, peer, inbox, &early));
        }
        Stream::Other(io) => {
            let (read, wire) = OtherWire::split(io);
            let peer = Peer::new(id, wire, mounted, deflate, encoder);
            tasks.spawn(Connection::new(socket, read, peer, inbox, &early));
        }
    }
}

fn answer(status: StatusCode, text: &'static str) -> Response<Body> {
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response
}

fn server_error() -> Response<Body> {
    answer(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}
