//! The first request of a connection, where it opens a WebSocket: what hyper needs for a connection
//! costs more than all the rest of the handshake.
//!
//! A request is answered here if all of it is in the first read, it is as clients of WebSockets
//! send it, and the service opens a socket at once. Everything else is left to hyper, which reads
//! it as if nothing had been read here, and is given the answer that the service has begun.

mod head;

use std::{
    io,
    mem::MaybeUninit,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use http::StatusCode;
use hyper::server::conn::http1::Connection;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::{
    client::Client,
    io::Watched,
    service::{HttpFuture, HttpService, Serve},
    shared::Server,
    watch::Watch,
};
use crate::stream::Stream;

/// The number of bytes that are read at first. A longer head is left to hyper.
const MOST: usize = 4 * 1024;

/// A connection whose client has sent nothing, or is being told that its socket is open.
pub(super) struct Opening<S: Serve> {
    io: Watched,
    service: HttpService<S>,
    opened: Option<Opened>,
}

/// How this part of a connection ends.
pub(super) enum Turn {
    /// The client has been told that its socket is open.
    Opened,
    /// The client is gone.
    Gone,
    /// The connection is HTTP.
    Http,
}

/// A response that opens a socket.
struct Opened {
    /// What is left to write.
    response: Bytes,
    /// What came after the request.
    early: Bytes,
}

impl<S: Serve> Opening<S> {
    pub(super) fn new(
        stream: Stream,
        client: Client,
        server: Arc<Server<S>>,
        watch: Arc<Watch>,
    ) -> Self {
        Opening {
            io: Watched::new(stream, watch.clone(), server.limits),
            service: HttpService::new(server, client, watch),
            opened: None,
        }
    }

    pub(super) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Turn> {
        if self.opened.is_none() {
            let Ok(read) = ready!(self.poll_read(cx)) else {
                return Poll::Ready(Turn::Gone);
            };
            if read.is_empty() {
                return Poll::Ready(Turn::Gone);
            }
            self.opened = self.open(&read, cx);
            if self.opened.is_none() {
                self.io.early = read;
                return Poll::Ready(Turn::Http);
            }
        }
        match ready!(self.poll_write(cx)) {
            Ok(()) => Poll::Ready(Turn::Opened),
            Err(_) => Poll::Ready(Turn::Gone),
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        let mut buffer = [MaybeUninit::uninit(); MOST];
        let mut read = ReadBuf::uninit(&mut buffer);
        ready!(Pin::new(&mut self.io.stream).poll_read(cx, &mut read))?;
        Poll::Ready(Ok(Bytes::copy_from_slice(read.filled())))
    }

    /// Answers a request, if that opens a socket.
    fn open(&self, read: &Bytes, cx: &mut Context<'_>) -> Option<Opened> {
        let HttpService {
            server,
            watch,
            first,
            ..
        } = &self.service;
        let opens = |path: &str| (server.opens)(&server.service, path);
        let (request, length) = head::read(read, server.limits, opens)?;
        let mut answer = self.service.open(request);
        match Pin::new(&mut answer).poll(cx) {
            Poll::Ready(Ok(response)) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
                return Some(Opened {
                    response: head::written(&response),
                    early: read.slice(length..),
                });
            }
            Poll::Ready(Ok(response)) => answer = HttpFuture::finished(response, watch.clone()),
            Poll::Ready(Err(never)) => match never {},
            Poll::Pending => {}
        }
        first.set(Some(Box::new(answer)));
        None
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(Opened { response, .. }) = &mut self.opened else {
            return Poll::Ready(Ok(()));
        };
        while response.has_remaining() {
            match ready!(Pin::new(&mut self.io).poll_write(cx, response))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => response.advance(written),
            }
        }
        Pin::new(&mut self.io).poll_flush(cx)
    }

    /// Leaves the connection to hyper.
    pub(super) fn into_http(self) -> Connection<TokioIo<Watched>, HttpService<S>> {
        let server = self.service.server.clone();
        server
            .http
            .serve_connection(TokioIo::new(self.io), self.service)
    }

    /// The stream, and what came after the request.
    pub(super) fn into_parts(self) -> (Stream, Bytes, HttpService<S>) {
        let early = self.opened.map_or(self.io.early, |opened| opened.early);
        (self.io.stream, early, self.service)
    }
}
