//! One connection: HTTP until it ends, or until another protocol takes it over.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

#[cfg(feature = "http2")]
use hyper::server::conn::http1::Parts;
use hyper::server::conn::http1::UpgradeableConnection;
use hyper_util::rt::TokioIo;

#[cfg(feature = "http2")]
use super::http2;
use super::{
    client::Client,
    farewell::{Ended, hang_up},
    io::Watched,
    service::{HttpService, Serve},
    shared::Server,
    watch::{Phase, Upgrade, Watch},
};
use crate::{places::Place, stream::Stream};

type Http<S> = UpgradeableConnection<TokioIo<Watched>, HttpService<S>>;

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

/// Serves a connection, with time limits.
pub(super) fn run<S: Serve>(
    stream: Stream,
    client: Client,
    place: Option<Place>,
    server: Arc<Server<S>>,
) -> impl Future<Output = ()> + Send {
    let watch = server.deadlines.watch();
    let ended = Ended(watch.clone());
    let service = HttpService {
        server: server.clone(),
        client,
        watch: watch.clone(),
    };
    let stream = TokioIo::new(Watched::new(stream, watch.clone(), server.trailers));
    let http = Box::new(
        server
            .http
            .serve_connection(stream, service)
            .with_upgrades(),
    );
    async move {
        let serving = ServeHttp {
            http: Some(http),
            watch: &watch,
            started: false,
            stopping: false,
        };
        // By now HTTP has returned its stream, and the rest of its memory is free.
        match serving.await {
            (End::Done, None) => take_over(&watch, place).await,
            (End::Done, Some(stream)) if watch.unread() => hang_up(stream, false, &watch).await,
            #[cfg(feature = "http2")]
            (End::Http2(begin), _) => begin(place).await,
            (End::Malformed, Some(stream)) => hang_up(stream, false, &watch).await,
            (End::Unasked, Some(stream)) if watch.has_answered() => {
                hang_up(stream, false, &watch).await
            }
            (End::Late, Some(stream)) => hang_up(stream, true, &watch).await,
            _ => {}
        }
        drop(ended);
    }
}

/// Restarts a connection that turns out to be HTTP/2 by prior knowledge.
#[cfg(feature = "http2")]
type Again = Box<dyn FnOnce(Option<Place>) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send>;

#[cfg(feature = "http2")]
fn again<S: Serve>(parts: Parts<TokioIo<Watched>, HttpService<S>>) -> Again {
    let HttpService {
        server,
        client,
        watch,
    } = parts.service;
    Box::new(move |place| {
        let arrived = http2::connection::Arrived {
            stream: parts.io.into_inner().stream,
            early: parts.read_buf,
            client,
            place,
            watch,
        };
        Box::pin(http2::connection::run(arrived, server))
    })
}

struct ServeHttp<'a, S: Serve> {
    http: Option<Box<Http<S>>>,
    watch: &'a Watch,
    started: bool,
    stopping: bool,
}

impl<S: Serve> Future for ServeHttp<'_, S> {
    type Output = (End, Option<Stream>);

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let end = ready!(self.poll_end(cx));
        let parts = self.http.take().and_then(|http| http.into_parts());
        #[cfg(feature = "http2")]
        let parts = match parts {
            Some(parts)
                if parts.service.server.config.http2
                    && parts.read_buf.starts_with(http2::PREFACE) =>
            {
                return Poll::Ready((End::Http2(again(parts)), None));
            }
            parts => parts,
        };
        Poll::Ready((end, parts.map(|parts| parts.io.into_inner().stream)))
    }
}

impl<S: Serve> ServeHttp<'_, S> {
    fn poll_end(&mut self, cx: &mut Context<'_>) -> Poll<End> {
        let Some(http) = &mut self.http else {
            return Poll::Pending;
        };
        if !self.started {
            self.started = true;
            self.watch.register(cx);
        }
        loop {
            if let Poll::Ready(result) = Pin::new(&mut **http).poll(cx) {
                return Poll::Ready(match result {
                    Err(error) if error.is_parse() => End::Malformed,
                    Ok(()) | Err(_) => End::Done,
                });
            }
            if !self.stopping && self.watch.stopping() {
                // A request that came before the stop is served.
                self.stopping = true;
                Pin::new(&mut **http).graceful_shutdown();
            } else if !gives_up(self.watch) {
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

/// Hands the bare stream over to the protocol that took the request. All of hyper's memory is free
/// by now.
async fn take_over(watch: &Watch, place: Option<Place>) {
    let Some(Upgrade { slot, stream }) = watch.take_upgrade() else {
        return;
    };
    let Some(takeover) = slot.take() else { return };
    let Ok(upgraded) = stream.await else { return };
    if let Ok(parts) = upgraded.downcast::<TokioIo<Watched>>() {
        takeover(parts.io.into_inner().stream, parts.read_buf, place);
    }
}
