//! The transport trait, and its type-erased form.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use http::Response;
use pin_project_lite::pin_project;

use super::{
    attempt::Attempt,
    context::MountContext,
    denied::Denied,
    log::{self, LoggedRequest},
};
use crate::{
    body::Body,
    error::BoxError,
    failure::ShownPath,
    socket::{IntoSocket, Socket, TransportKind, TransportOptions},
};

/// A way for clients to reach sockets. WebSocket and longpoll are two; an application can bring its
/// own.
///
/// A transport answers requests. It takes what it needs of an [`Attempt`]: the origin check,
/// parameters, the application's decision about the client ([`Attempt::connect`]). What it gets is
/// a [`Driver`](super::Driver), by which it calls the socket's callbacks while the connection
/// lasts, and an [`Outgoing`](super::Outgoing) with what the socket sends.
///
/// This one lets clients listen, a line for each message. `curl -N
/// http://localhost:4000/news/lines` is a client.
///
/// ```
/// use bytes::Bytes;
/// use http::{Method, Response, StatusCode};
/// use landfall::{
///     message::Unsupported,
///     prelude::*,
///     transport::{Attempt, Denied, Format, Transport, TransportOptions},
/// };
///
/// struct Lines;
///
/// impl Transport for Lines {
///     const NAME: &'static str = "lines";
///
///     fn options(&self) -> TransportOptions {
///         TransportOptions { path: "/lines", ..TransportOptions::DEFAULT }
///     }
///
///     async fn answer<S: Socket>(&self, attempt: Attempt) -> Result<Response<Body>, Denied> {
///         if attempt.parts().method != Method::GET {
///             let refusal = Response::builder().status(StatusCode::METHOD_NOT_ALLOWED);
///             return Err(refusal.body(Body::empty()).expect("a status").into());
///         }
///         let params = attempt.params()?;
///         attempt.check_origin()?;
///         let (driver, outgoing) = attempt.connect::<S, Line>(params, None).await?;
///         driver.spawn(|mut driver| async move {
///             let mut flow = driver.init().await;
///             while flow == Flow::Continue {
///                 driver.ready().await;
///                 flow = driver.info().await;
///             }
///             if let Flow::Stop { reason, .. } = flow {
///                 driver.terminate(reason);
///             }
///         });
///         Ok(Response::new(outgoing.into_body()))
///     }
/// }
///
/// struct Line;
///
/// impl Format for Line {
///     fn format(message: Message) -> Result<Bytes, Unsupported> {
///         match message.as_text() {
///             Some(text) if !text.contains('\n') => Ok(format!("{text}\n").into()),
///             _ => Err(Unsupported::new("a line holds text, and no line end")),
///         }
///     }
/// }
///
/// endpoint! {
///     struct Web;
///     http(port = 4000);
///     socket("/news", News, websocket = false, transport = Lines);
/// }
/// # struct News;
/// # #[socket]
/// # impl News {
/// #     async fn connect() -> Result<Self, Refused> { Ok(News) }
/// #     async fn handle_in(&mut self, _: Message, _: &mut Outbox) {}
/// # }
/// ```
///
/// `examples/custom_transport.rs` carries messages both ways, over Server-Sent Events and `POST`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a transport",
    label = "not a transport",
    note = "implement `landfall::transport::Transport`; WebSocket and longpoll are written `websocket` and `longpoll`"
)]
pub trait Transport: Send + Sync + 'static {
    /// The transport's name, in [`Connect::transport`](crate::socket::Connect::transport) and in logs.
    const NAME: &'static str;

    /// The transport's path after the mount's, and its options. Called once for each mount, when
    /// the endpoint starts.
    fn options(&self) -> TransportOptions;

    /// Answers a request, whatever its method. Check the method first, because the functions of an
    /// attempt run the application's code. `?` returns a refusal by one of these functions, or a
    /// response of the transport's own: each [`Denied`] is answered by a response.
    ///
    /// The future is dropped when the client disconnects before the response.
    fn answer<S: Socket>(
        &self,
        attempt: Attempt,
    ) -> impl Future<Output = Result<Response<Body>, Denied>> + Send;
}

/// The response to an attempt. It is never an error, but shares its type with the responses of
/// other services.
pub(crate) type ResponseFuture =
    Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

/// A type-erased transport in front of a socket type.
pub(crate) trait ErasedTransport: Send + Sync {
    fn kind(&self) -> TransportKind;
    fn options(&self) -> TransportOptions;
    fn answer(&self, attempt: Attempt) -> ResponseFuture;
}

/// The answers of a transport in front of a socket type.
struct Erased<A> {
    options: TransportOptions,
    kind: TransportKind,
    answer: A,
}

/// Puts a transport in front of a socket type.
pub(crate) fn erase<S: Socket, T: Transport>(
    transport: T,
    kind: TransportKind,
) -> Arc<dyn ErasedTransport> {
    let (options, transport) = (transport.options(), Arc::new(transport));
    erase_answers(options, kind, move |attempt| {
        let transport = transport.clone();
        async move { transport.answer::<S>(attempt).await }
    })
}

/// Makes a transport of how it answers. The futures keep what they need of it.
pub(super) fn erase_answers<A, F>(
    options: TransportOptions,
    kind: TransportKind,
    answer: A,
) -> Arc<dyn ErasedTransport>
where
    A: Fn(Attempt) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Response<Body>, Denied>> + Send + 'static,
{
    Arc::new(Erased {
        options,
        kind,
        answer,
    })
}

impl<A, F> ErasedTransport for Erased<A>
where
    A: Fn(Attempt) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Response<Body>, Denied>> + Send + 'static,
{
    fn kind(&self) -> TransportKind {
        self.kind
    }

    fn options(&self) -> TransportOptions {
        self.options
    }

    fn answer(&self, attempt: Attempt) -> ResponseFuture {
        Box::pin(Answer {
            context: attempt.context.clone(),
            request: attempt.log_line().map(Box::new),
            future: (self.answer)(attempt),
        })
    }
}

pin_project! {
    /// The answer of a transport, or to who was denied.
    struct Answer<F> {
        context: Arc<MountContext>,
        request: Option<Box<LoggedRequest>>,
        #[pin]
        future: F,
    }
}

impl<F: Future<Output = Result<Response<Body>, Denied>>> Future for Answer<F> {
    type Output = Result<Response<Body>, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let answer = match ready!(this.future.poll(cx)) {
            Ok(answer) => answer,
            Err(denied) => deny(denied, this.context),
        };
        if let Some(request) = this.request.take() {
            request.answered(answer.status());
        }
        Poll::Ready(Ok(answer))
    }
}

fn deny(denied: Denied, context: &MountContext) -> Response<Body> {
    if let Some(reason) = denied.label() {
        context.meters.refused(reason);
    }
    let mut response = Response::from(denied);
    if let Some(path) = log::shown_path(context) {
        response.extensions_mut().insert(ShownPath(path));
    }
    response
}

/// An application's own transport in front of a socket type. `transport = expression` at a mount
/// makes one when the endpoint starts.
pub struct CustomTransport(pub(crate) Arc<dyn ErasedTransport>);

impl CustomTransport {
    /// Puts a transport in front of a socket type.
    pub fn new<S: IntoSocket, T: Transport>(transport: T) -> Self
    where
        S::Socket: Socket,
    {
        CustomTransport(erase::<S::Socket, T>(
            transport,
            TransportKind::Custom(T::NAME),
        ))
    }
}

impl fmt::Debug for CustomTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CustomTransport")
            .field(&self.0.kind())
            .finish()
    }
}
