//! Between hyper and the service: requests are checked and get their client's address, and
//! responses are watched.

use std::{
    cell::Cell,
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use http::{Request, Response, StatusCode, header};
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::{body::Incoming, upgrade::OnUpgrade};
use tower_service::Service;

use super::{
    client::Client,
    guard,
    shared::Server,
    upload::Upload,
    watch::{Phase, Watch},
};
use crate::{body::Body, error::BoxError, error_page::Kept, stream::TakeoverSlot};

/// A service for the server: it always answers, and its clones are cheap.
pub(crate) trait Serve:
    Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future = Self::Answer>
    + Clone
    + Send
    + Sync
    + Unpin
    + 'static
{
    type Answer: Future<Output = Result<Response<Body>, Infallible>> + Send + Unpin + 'static;
}

impl<S, F> Serve for S
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible, Future = F>,
    S: Clone + Send + Sync + Unpin + 'static,
    F: Future<Output = Result<Response<Body>, Infallible>> + Send + Unpin + 'static,
{
    type Answer = F;
}

pub(super) struct HttpService<S: Serve> {
    pub(super) server: Arc<Server<S>>,
    pub(super) client: Client,
    pub(super) watch: Arc<Watch>,
    /// The answer to the first request, if the service was given it before hyper.
    pub(super) first: Cell<Option<Box<HttpFuture<S::Answer>>>>,
}

impl<S: Serve> hyper::service::Service<Request<Incoming>> for HttpService<S> {
    type Response = Response<WatchedBody>;
    type Error = Infallible;
    type Future = HttpFuture<S::Answer>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        if let Some(first) = self.first.take() {
            return *first;
        }
        if request.extensions().get::<OnUpgrade>().is_some() {
            self.offer_upgrade(&mut request);
        }
        self.answer(request, |request| self.usher(request))
    }
}

impl<S: Serve> HttpService<S> {
    pub(super) fn new(server: Arc<Server<S>>, client: Client, watch: Arc<Watch>) -> Self {
        HttpService {
            server,
            client,
            watch,
            first: Cell::default(),
        }
    }

    /// Answers a request that asks for an upgrade, and has not come through hyper.
    pub(super) fn open(&self, mut request: Request<Body>) -> HttpFuture<S::Answer> {
        self.offer(&mut request);
        self.answer(request, |request| request)
    }

    fn answer<B: HttpBody>(
        &self,
        mut request: Request<B>,
        usher: impl FnOnce(Request<B>) -> Request<Body>,
    ) -> HttpFuture<S::Answer> {
        let malformed = self.watch.begin_request();
        let admitted = guard::admit(&mut request);
        let admitted = match malformed {
            true => admitted.and(Err(StatusCode::BAD_REQUEST)),
            false => admitted,
        };
        self.client.introduce(&mut request);
        // What comes without a body is refused now, or never.
        let kept = match admitted.is_err() || !request.body().is_end_stream() {
            true => self.server.pages.keep(&request),
            false => Kept::default(),
        };
        let state = match admitted {
            Ok(()) => State::Called(self.server.service.clone().call(usher(request))),
            Err(status) => State::Answered(refuse(status, &self.watch)),
        };
        HttpFuture {
            state,
            watch: self.watch.clone(),
            kept,
        }
    }

    fn usher(&self, request: Request<Incoming>) -> Request<Body> {
        request.map(|body| match body.is_end_stream() {
            true => Body::empty(),
            false => Body::new(Upload::new(body, self.watch.clone())),
        })
    }

    /// Lets the service take the stream over. A request with a body cannot be upgraded: its body
    /// would be read as the first bytes of the new protocol.
    fn offer_upgrade(&self, request: &mut Request<Incoming>) {
        if !request.headers().contains_key(header::UPGRADE) {
            return;
        }
        if request.body().is_end_stream() {
            self.offer(request);
        } else {
            request.extensions_mut().remove::<OnUpgrade>();
        }
    }

    fn offer<B>(&self, request: &mut Request<B>) {
        self.watch.offer();
        let slot = TakeoverSlot::of(self.watch.clone());
        request.extensions_mut().insert(slot);
    }
}

/// The response to a request that ends its connection. The bytes after the request are not read.
fn refuse(status: StatusCode, watch: &Watch) -> Response<Body> {
    watch.leave_unread();
    guard::refusal(status)
}

/// The future of a response.
pub(super) struct HttpFuture<F> {
    state: State<F>,
    watch: Arc<Watch>,
    kept: Kept,
}

/// How far a response is.
pub(super) enum State<F> {
    Called(F),
    Answered(Response<Body>),
    /// The response has been returned, or is all ready to be.
    Finished(Option<Response<WatchedBody>>),
}

impl<F> HttpFuture<F> {
    /// A response that another future has returned.
    pub(super) fn finished(response: Response<WatchedBody>, watch: Arc<Watch>) -> Self {
        HttpFuture {
            state: State::Finished(Some(response)),
            watch,
            kept: Kept::default(),
        }
    }
}

impl<F: Future<Output = Result<Response<Body>, Infallible>> + Unpin> Future for HttpFuture<F> {
    type Output = Result<Response<WatchedBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let mut response = match &mut this.state {
            State::Called(_) if this.watch.is_late() => {
                refuse(StatusCode::REQUEST_TIMEOUT, &this.watch)
            }
            State::Called(future) => {
                let Ok(response) = ready!(Pin::new(future).poll(cx));
                match this.watch.is_malformed() {
                    true => refuse(StatusCode::BAD_REQUEST, &this.watch),
                    false => response,
                }
            }
            State::Answered(response) => std::mem::take(response),
            State::Finished(response) => {
                return response
                    .take()
                    .map_or(Poll::Pending, |it| Poll::Ready(Ok(it)));
            }
        };
        if response.status() != StatusCode::SWITCHING_PROTOCOLS {
            this.watch.withdraw();
        } else if this.watch.leave_to_hyper() {
            // The connection's task has to prepare for it first, and polls again.
            this.state = State::Answered(response);
            return Poll::Pending;
        }
        this.state = State::Finished(None);
        this.kept.finish(&mut response);
        this.watch.enter(Phase::Answering);
        let watch = this.watch.clone();
        Poll::Ready(Ok(response.map(|body| WatchedBody { body, watch })))
    }
}

/// A response's body. When it is dropped, hyper has all of it.
pub(super) struct WatchedBody {
    body: Body,
    watch: Arc<Watch>,
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for WatchedBody {
    fn drop(&mut self) {
        self.watch.end_request();
    }
}
