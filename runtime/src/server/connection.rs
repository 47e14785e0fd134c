//! One connection: HTTP until it ends, or until another protocol takes it over.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use hyper::server::conn::http1::{Connection, UpgradeableConnection};
use hyper_util::rt::TokioIo;

#[cfg(feature = "http2")]
use super::http2;
use super::{
    client::Client,
    farewell::hang_up,
    io::Watched,
    opening::{Opening, Turn},
    service::{HttpService, Serve},
    shared::Server,
    watch::{Phase, Watch},
};
use crate::{
    places::Place,
    stream::{Stream, Taken},
};

/// HTTP on a connection. hyper's part is large, and moves straight to where it stays.
enum Http<S: Serve> {
    /// Nothing has been read that is hyper's.
    Opening(Box<Opening<S>>),
    /// It returns the stream when a request takes the connection over.
    Bare(Box<Connection<TokioIo<Watched>, HttpService<S>>>),
    /// It hands the stream to a service that upgrades the connection by hyper's means.
    Upgradeable(Box<UpgradeableConnection<TokioIo<Watched>, HttpService<S>>>),
}

impl<S: Serve> Http<S> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Ran> {
        let ended = match self {
            Http::Opening(opening) => {
                return opening.poll(cx).map(|turn| match turn {
                    Turn::Opened => Ran::Done,
                    Turn::Gone => Ran::Lost,
                    Turn::Http => Ran::ToHyper,
                });
            }
            Http::Bare(http) => Pin::new(http).poll(cx),
            Http::Upgradeable(http) => Pin::new(http).poll(cx),
        };
        ended.map(|result| match result {
            Ok(()) => Ran::Done,
            Err(error) if error.is_parse() => Ran::Malformed,
            Err(_) => Ran::Lost,
        })
    }

    fn graceful_shutdown(&mut self) {
        match self {
            Http::Opening(_) => {}
            Http::Bare(http) => Pin::new(&mut **http).graceful_shutdown(),
            Http::Upgradeable(http) => Pin::new(&mut **http).graceful_shutdown(),
        }
    }

    fn with_hyper(self) -> Self {
        match self {
            Http::Opening(opening) => Http::Bare(Box::new(opening.into_http())),
            http => http,
        }
    }

    fn with_upgrades(self) -> Self {
        match self {
            Http::Bare(http) => Http::Upgradeable(Box::new(http.with_upgrades())),
            other => other,
        }
    }

    /// The stream and the service, unless a service has the stream.
    fn into_parts(self) -> Option<(Returned, HttpService<S>)> {
        let parts = match self {
            Http::Opening(opening) => {
                let (stream, early, service) = opening.into_parts();
                return Some((Returned { stream, early }, service));
            }
            Http::Bare(http) => http.into_parts(),
            Http::Upgradeable(http) => http.into_parts()?,
        };
        let returned = Returned {
            stream: parts.io.into_inner().stream,
            early: parts.read_buf,
        };
        Some((returned, parts.service))
    }
}

/// What has become of HTTP on a connection.
enum Ran {
    Done,
    Malformed,
    /// The connection is broken.
    Lost,
    /// It goes on in hyper.
    ToHyper,
}

/// A stream that HTTP has returned, and the bytes that were read ahead.
struct Returned {
    stream: Stream,
    early: Bytes,
}

/// How a connection's HTTP ended.
enum End {
    /// It is closed, or it is another protocol's.
    Done,
    /// The client sent something that is not HTTP, and has been answered.
    Malformed,
    /// The client took too long to send the head of its request.
    Late,
    /// The server stops, and no request is in flight.
    Unasked,
    /// It ends at once, without a response.
    Cut,
    /// It goes on as HTTP/2.
    #[cfg(feature = "http2")]
    Http2(Again),
}

/// Serves a connection, with time limits. Returns what has taken it over, if anything has.
pub(super) fn run<S: Serve>(
    stream: Stream,
    client: Client,
    place: Option<Place>,
    server: Arc<Server<S>>,
) -> impl Future<Output = Option<Taken>> + Send {
    let deadline = server.deadlines.watch();
    let watch = deadline.watch.clone();
    let http = Http::Opening(Box::new(Opening::new(stream, client, server, watch)));
    async move {
        let watch = &*deadline.watch;
        let serving = ServeHttp {
            http: Some(http),
            watch,
            started: false,
            stopping: false,
        };
        // By now HTTP has returned its stream, and the rest of its memory is free.
        let (end, returned) = serving.await;
        #[cfg(feature = "http2")]
        let end = match end {
            End::Http2(begin) => {
                begin(place).await;
                return None;
            }
            end => end,
        };
        let Returned { stream, early } = returned?;
        let late = match end {
            End::Done => match watch.take_over() {
                Some(takeover) => return Some(takeover(stream, early, place)),
                None if watch.unread() => false,
                None => return None,
            },
            End::Malformed => false,
            End::Unasked if watch.has_answered() => false,
            End::Late => true,
            _ => return None,
        };
        drop(early);
        // Boxed, so that a connection has no room for it meanwhile.
        Box::pin(hang_up(stream, late, watch)).await;
        None
    }
}

/// Restarts a connection that turns out to be HTTP/2 by prior knowledge.
#[cfg(feature = "http2")]
type Again = Box<dyn FnOnce(Option<Place>) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

#[cfg(feature = "http2")]
fn again<S: Serve>(returned: Returned, service: HttpService<S>) -> Again {
    let HttpService {
        server,
        client,
        watch,
        ..
    } = service;
    Box::new(move |place| {
        let arrived = http2::connection::Arrived {
            stream: returned.stream,
            early: returned.early,
            client,
            place,
            watch,
        };
        Box::pin(http2::connection::run(arrived, server))
    })
}

struct ServeHttp<'a, S: Serve> {
    http: Option<Http<S>>,
    watch: &'a Watch,
    started: bool,
    stopping: bool,
}

impl<S: Serve> Future for ServeHttp<'_, S> {
    type Output = (End, Option<Returned>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let end = ready!(self.poll_end(cx));
        let parts = self.http.take().and_then(|http| http.into_parts());
        #[cfg(feature = "http2")]
        let parts = match parts {
            Some((returned, service))
                if service.server.config.http2 && returned.early.starts_with(http2::PREFACE) =>
            {
                return Poll::Ready((End::Http2(again(returned, service)), None));
            }
            parts => parts,
        };
        Poll::Ready((end, parts.map(|(returned, _)| returned)))
    }
}

impl<S: Serve> ServeHttp<'_, S> {
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        if !self.started {
            self.started = true;
            self.watch.register(cx);
        }
        loop {
            let Some(http) = &mut self.http else {
                return Poll::Pending;
            };
            match http.poll(cx) {
                Poll::Pending => {}
                Poll::Ready(Ran::Done) => return Poll::Ready(End::Done),
                Poll::Ready(Ran::Malformed) => return Poll::Ready(End::Malformed),
                Poll::Ready(Ran::Lost) => {
                    // The client may not have its 101.
                    self.watch.withdraw();
                    return Poll::Ready(End::Done);
                }
                Poll::Ready(Ran::ToHyper) => {
                    self.leave_to_hyper();
                    continue;
                }
            }
            if !self.stopping && self.watch.stopping() {
                // A request that came before the stop is served.
                self.stopping = true;
                http.graceful_shutdown();
            } else if !self.leaves_to_hyper() && !gives_up(self.watch) {
                break;
            }
        }
        if self.watch.cut() {
            self.watch.lose();
            return Poll::Ready(End::Cut);
        }
        if self.stopping && self.watch.asks_nothing() {
            return Poll::Ready(End::Unasked);
        }
        match self.watch.is_due() {
            true => Poll::Ready(self.overdue()),
            false => Poll::Pending,
        }
    }

    fn leave_to_hyper(&mut self) {
        self.http = self.http.take().map(Http::with_hyper);
        self.leaves_to_hyper();
        // hyper is told to stop once it has the request.
        self.stopping = false;
    }

    /// Prepares for a service that upgrades the connection by hyper's means. Returns whether that
    /// was to be done.
    fn leaves_to_hyper(&mut self) -> bool {
        let due = self.watch.is_left_to_hyper() && matches!(self.http, Some(Http::Bare(_)));
        if due && let Some(bare) = self.http.take() {
            self.http = Some(bare.with_upgrades());
        }
        due
    }

    fn overdue(&self) -> End {
        match self.watch.phase() {
            _ if self.watch.stalled() => End::Cut,
            Phase::Head => End::Late,
            Phase::Silent | Phase::Busy | Phase::Answering | Phase::Idle => End::Cut,
        }
    }
}

/// Gives up a request whose body has not come in time, so that it is answered 408. One that lacks
/// its body at the deadline of the stop has not been accepted: its client can send it again.
fn gives_up(watch: &Watch) -> bool {
    let over = watch.is_due() || watch.cut();
    over && watch.lacks_body() && !watch.stalled() && watch.give_up()
}
