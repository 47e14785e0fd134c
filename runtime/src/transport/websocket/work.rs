//! Runs callbacks in a future that owns the socket, and exists only while they run.

use std::{
    borrow::Cow,
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use pin_project_lite::pin_project;

use super::{frame::Violation, incoming::Ending};
use crate::{
    message::{Control, Message},
    socket::{Inbox, Reason, Socket},
    transport::connection::{
        callbacks::{self, Host},
        end::End,
        guarded::Guarded,
    },
};

/// A socket where it stays while its connection lasts: callbacks pass it on by its address.
pub(super) struct Seat<S: Socket> {
    pub(super) guarded: Guarded<S>,
    pub(super) host: Arc<dyn Host>,
}

/// Work for a socket.
pub(super) enum Work<I> {
    Init,
    /// Waits until it takes messages, and its client takes what waits.
    Wait(Inbox<I>),
    Info(VecDeque<I>),
}

/// A socket after its work, and how the connection continues.
pub(super) struct Worked<S: Socket> {
    pub(super) seat: Box<Seat<S>>,
    /// Boxed, so that a socket that goes on is told in two registers.
    pub(super) end: Option<Box<End>>,
}

/// Does the work in order, and stops at the first callback that ends the connection.
pub(super) async fn work<S: Socket>(mut seat: Box<Seat<S>>, mut work: Work<S::Info>) -> Worked<S> {
    let Seat { guarded, host } = &mut *seat;
    let host = &**host;
    let parts = match work {
        Work::Init => guarded.begin(),
        Work::Wait(_) | Work::Info(_) => guarded.parts(),
    };
    let end = match (&mut work, parts) {
        (_, None) => Some(Box::new(End::gone())),
        (Work::Init, Some(parts)) => callbacks::init(parts, host).await,
        (Work::Wait(inbox), Some(parts)) => callbacks::ready(parts, host, inbox).await,
        (Work::Info(infos), Some(parts)) => callbacks::infos(parts, host, infos).await,
    };
    Worked { seat, end }
}

/// Callbacks that run.
pub(super) type Working<S> = Pin<Box<dyn Future<Output = Worked<S>> + Send>>;

/// Handles messages, one after the other, always in the same memory.
pub(super) trait Handler<S: Socket>: Future<Output = Worked<S>> + Send {
    /// Begins with a message.
    fn handle(
        self: Pin<&mut Self>,
        seat: Box<Seat<S>>,
        message: Message,
        cx: &mut Context<'_>,
    ) -> Poll<Worked<S>>;

    /// What has not ended.
    fn working(self: Pin<Box<Self>>) -> Working<S>;
}

/// What handles the messages of a socket. Its type is told only in an optimized build: as in
/// `connection::place`.
#[cfg(debug_assertions)]
pub(super) fn handler<S: Socket>() -> Pin<Box<dyn Handler<S>>> {
    slot()
}

#[cfg(not(debug_assertions))]
pub(super) fn handler<S: Socket>() -> Pin<Box<impl Handler<S>>> {
    slot()
}

fn slot<S: Socket>() -> Pin<Box<impl Handler<S>>> {
    Box::pin(Slot {
        make: handle::<S>,
        handling: Handling::Over,
    })
}

pin_project! {
    /// A place for futures that `make` makes.
    struct Slot<M, F> {
        make: M,
        #[pin]
        handling: Handling<F>,
    }
}

pin_project! {
    #[project = Handled]
    enum Handling<F> {
        Running { #[pin] future: F },
        Over,
    }
}

impl<S, M, F> Handler<S> for Slot<M, F>
where
    S: Socket,
    M: Fn(Box<Seat<S>>, Option<Message>) -> F + Send + 'static,
    F: Future<Output = Worked<S>> + Send + 'static,
{
    #[inline]
    fn handle(
        self: Pin<&mut Self>,
        seat: Box<Seat<S>>,
        message: Message,
        cx: &mut Context<'_>,
    ) -> Poll<Worked<S>> {
        let mut this = self.project();
        let future = (this.make)(seat, Some(message));
        this.handling.set(Handling::Running { future });
        this.handling.poll(cx)
    }

    fn working(self: Pin<Box<Self>>) -> Working<S> {
        self
    }
}

impl<M, F: Future> Future for Slot<M, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.project().handling.poll(cx)
    }
}

/// Without a future, it is never ready.
impl<F: Future> Future for Handling<F> {
    type Output = F::Output;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        match self.project() {
            Handled::Running { future } => future.poll(cx),
            Handled::Over => Poll::Pending,
        }
    }
}

/// Handles a message. It is made for each, and polled at once: the message is optional so that it
/// moves but once, and nothing that is large does.
#[expect(
    clippy::manual_async_fn,
    reason = "an `async fn` has room for its arguments twice"
)]
fn handle<S: Socket>(
    mut seat: Box<Seat<S>>,
    mut message: Option<Message>,
) -> impl Future<Output = Worked<S>> {
    async move {
        let Seat { guarded, host } = &mut *seat;
        let end = match guarded.parts() {
            None => Some(Box::new(End::gone())),
            Some(parts) => callbacks::handle_in(parts, &**host, &mut message).await,
        };
        Worked { seat, end }
    }
}

/// Tells the socket of a ping or pong.
pub(super) async fn handle_control<S: Socket>(
    mut seat: Box<Seat<S>>,
    control: Control,
) -> Worked<S> {
    let Seat { guarded, host } = &mut *seat;
    let end = match guarded.parts() {
        None => Some(Box::new(End::gone())),
        Some(parts) => callbacks::handle_control(parts, &**host, control).await,
    };
    Worked { seat, end }
}

/// How the connection ends after this end of the input. A client that broke the protocol is told
/// how, without quoting it.
pub(super) fn how_it_ends(ending: Ending) -> End {
    match ending {
        // The code is echoed (RFC 6455 §5.5.1). A close frame without a code is answered with 1000.
        Ending::Close { code, text } => {
            let echo = if code == 1005 { 1000 } else { code };
            End::with_code(echo, Reason::Closed { code, text })
        }
        Ending::Violation(Violation { code, text }) => End {
            close: Some((code, Cow::Borrowed(text))),
            reason: Reason::Protocol(Cow::Borrowed(text)),
        },
    }
}
