//! Between hyper and the service: one request, one response.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::{body::Incoming, upgrade::OnUpgrade};

use super::{
    super::{
        client::Client,
        guard,
        service::{Serve, State},
        shared::Server,
    },
    activity::{Activity, InFlight, Waiting},
    tunnel::{Offered, Tunnel},
    upload::{Late, Upload},
};
use crate::{body::Body, error::BoxError, error_page::Kept, plug::plain, stream::TakeoverSlot};

pub(super) struct StreamService<S> {
    pub(super) server: Arc<Server<S>>,
    pub(super) client: Client,
    pub(super) activity: Arc<Activity>,
}

impl<S: Serve> hyper::service::Service<Request<Incoming>> for StreamService<S> {
    type Response = Response<StreamBody>;
    type Error = Infallible;
    type Future = StreamFuture<S::Answer>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let in_flight = self.activity.begin_request();
        let (mut late, mut tunnel) = (None, None);
        let admitted = guard::admit_stream(&mut request, self.server.config.max_headers);
        let admitted = admitted.and_then(|()| self.make_room(&request));
        self.client.introduce(&mut request);
        let is_connect = request.method() == Method::CONNECT;
        // Other requests are refused now, or never.
        let kept = match admitted.is_err() || is_connect || !request.body().is_end_stream() {
            true => self.server.pages.keep(&request),
            false => Kept::default(),
        };
        let state = match admitted {
            Err(status) => State::Answered(plain(status)),
            Ok(()) => {
                let mut request = request.map(|body| match body.is_end_stream() {
                    true => Body::empty(),
                    false => {
                        let upload = Upload::new(body);
                        late = Some(upload.late());
                        Body::new(upload)
                    }
                });
                if is_connect {
                    tunnel = self.offer_tunnel(&mut request);
                }
                State::Called(self.server.service.clone().call(request))
            }
        };
        StreamFuture {
            state,
            in_flight: Some(in_flight),
            late,
            tunnel,
            kept,
        }
    }
}

impl<S> StreamService<S> {
    /// Refuses a socket if `max_connections` is reached: sockets count as connections.
    fn make_room<B>(&self, request: &Request<B>) -> Result<(), StatusCode> {
        if request.method() == Method::CONNECT && self.server.is_full(&self.server.admission.now())
        {
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        Ok(())
    }

    fn offer_tunnel(&self, request: &mut Request<Body>) -> Option<Tunnel> {
        let extensions = request.extensions_mut();
        let stream = extensions.get::<OnUpgrade>()?.clone();
        let offered = Arc::<Offered>::default();
        extensions.insert(TakeoverSlot::of(offered.clone()));
        Some(Tunnel {
            offered,
            stream,
            tasks: self.server.tasks.clone(),
        })
    }
}

/// The future of a response. If it is dropped early, the client has reset the stream or is gone.
pub(super) struct StreamFuture<F> {
    state: State<F>,
    in_flight: Option<InFlight>,
    late: Option<Late>,
    tunnel: Option<Tunnel>,
    kept: Kept,
}

impl<F: Future<Output = Result<Response<Body>, Infallible>> + Unpin> Future for StreamFuture<F> {
    type Output = Result<Response<StreamBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        if let State::Called(future) = &mut this.state {
            let response = match Pin::new(future).poll(cx) {
                Poll::Ready(Ok(response)) => response,
                Poll::Pending => {
                    let late = this.late.as_mut().map(|late| late.poll(cx).is_ready());
                    if late != Some(true) {
                        return Poll::Pending;
                    }
                    plain(StatusCode::REQUEST_TIMEOUT)
                }
            };
            this.state = State::Answered(response);
        }
        let State::Answered(response) = std::mem::replace(&mut this.state, State::Finished(None))
        else {
            return Poll::Pending;
        };
        let mut response = match this.tunnel.take() {
            Some(tunnel) => tunnel.open(response),
            None => response,
        };
        this.kept.finish(&mut response);
        let in_flight = this.in_flight.take();
        Poll::Ready(Ok(response.map(|body| StreamBody {
            body,
            in_flight,
            waiting: None,
        })))
    }
}

/// A response's body. When it is dropped, hyper has all of it.
pub(super) struct StreamBody {
    body: Body,
    in_flight: Option<InFlight>,
    /// Set while hyper holds a chunk and has not polled for the next.
    waiting: Option<Waiting>,
}

impl HttpBody for StreamBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        this.waiting = None;
        let frame = Pin::new(&mut this.body).poll_frame(cx);
        if let Poll::Ready(Some(Ok(_))) = frame {
            this.waiting = this
                .in_flight
                .as_ref()
                .map(|in_flight| in_flight.activity().wait());
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for StreamBody {
    fn drop(&mut self) {
        if self.body.is_end_stream()
            && let Some(in_flight) = &self.in_flight
        {
            in_flight.finish();
        }
    }
}
