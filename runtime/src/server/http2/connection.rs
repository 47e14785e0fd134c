//! One connection, from its preface to its end.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::server::conn::http2;
use hyper_util::rt::TokioIo;

use super::{
    super::{client::Client, farewell::hang_up, service::Serve, shared::Server, watch::Watch},
    activity::{Activity, Check},
    builder::{Streams, builder},
    io::Followed,
    service::StreamService,
};
use crate::{places::Place, stream::Stream};

/// A connection that is known to be HTTP/2.
pub(in crate::server) struct Arrived {
    pub(in crate::server) stream: Stream,
    /// The bytes that have been read from it.
    pub(in crate::server) early: Bytes,
    pub(in crate::server) client: Client,
    pub(in crate::server) place: Option<Place>,
    pub(in crate::server) watch: Arc<Watch>,
}

type Http<S> = http2::Connection<TokioIo<Followed>, StreamService<S>, Streams>;

/// Serves a connection. Its sockets are streams of it, so it holds its place until the last one has
/// ended.
pub(in crate::server) async fn run<S: Serve>(arrived: Arrived, server: Arc<Server<S>>) {
    let Arrived {
        stream,
        early,
        client,
        place,
        watch,
    } = arrived;
    let activity = Activity::new(server.deadlines.clock.clone());
    let service = StreamService {
        server: server.clone(),
        client,
        activity: activity.clone(),
    };
    let streams = Streams {
        tasks: server.tasks.clone(),
        activity: activity.clone(),
    };
    let stream = TokioIo::new(Followed::new(stream, early, activity.clone()));
    let http = Box::pin(builder(&server.config, streams).serve_connection(stream, service));
    drop(server);
    let end = ServeHttp {
        http,
        watch: &watch,
        activity: &activity,
        closing: None,
        started: false,
    };
    let end = end.await;
    if let (End::Done, Some(stream)) = (end, activity.take_leftover()) {
        hang_up(stream, false, &watch).await;
    }
    drop(place);
}

/// How a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// Both sides have finished.
    Done,
    /// The connection is closed without a farewell to the client.
    Cut,
}

struct ServeHttp<'a, S: Serve> {
    http: Pin<Box<Http<S>>>,
    watch: &'a Watch,
    activity: &'a Activity,
    /// When the client was told that the connection ends.
    closing: Option<u64>,
    started: bool,
}

impl<S: Serve> Future for ServeHttp<'_, S> {
    type Output = End;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<End> {
        if !self.started {
            self.started = true;
            self.watch.register(cx);
        }
        loop {
            if let Poll::Ready(result) = self.http.as_mut().poll(cx) {
                return Poll::Ready(match result {
                    Ok(()) => End::Done,
                    Err(_) => End::Cut,
                });
            }
            if self.watch.stopping() && self.close() {
                continue;
            }
            match self.activity.check(self.closing, self.watch.cut()) {
                Check::At(tick) => {
                    self.watch.set_due(tick);
                    return Poll::Pending;
                }
                Check::Idle => self.close(),
                Check::Cut => {
                    self.activity.lose();
                    return Poll::Ready(End::Cut);
                }
            };
        }
    }
}

impl<S: Serve> ServeHttp<'_, S> {
    /// Sends GOAWAY: no more streams are accepted. Returns `false` if it was sent before.
    fn close(&mut self) -> bool {
        let is_first = self.closing.is_none();
        if is_first {
            self.closing = Some(self.watch.now());
            self.http.as_mut().graceful_shutdown();
        }
        is_first
    }
}
