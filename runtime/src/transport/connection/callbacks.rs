//! A socket's callbacks, one at a time: what has to happen before each, and how it ends the
//! connection.

use std::{
    borrow::Cow,
    collections::VecDeque,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    task::Poll,
};

use super::{
    out::Out,
    shared::Shared,
    stop::{self, StopRequest},
};
use crate::{
    contain::Panic,
    socket::{Flow, Inbox, Outbox, Reason, Socket},
    telemetry::Timed,
    watchdog::{self, Callback},
};

/// How a connection ends.
#[derive(Debug)]
pub(in crate::transport) struct End {
    /// The close code and text for the client; `None` if there is no client left to tell.
    pub(in crate::transport) close: Option<(u16, Cow<'static, str>)>,
    /// The argument of `terminate`.
    pub(in crate::transport) reason: Reason,
}

impl End {
    pub(in crate::transport) fn with_code(code: u16, reason: Reason) -> Self {
        End {
            close: Some((code, Cow::Borrowed(""))),
            reason,
        }
    }

    /// How the connection ends by the flow of a callback, if it does. Boxed, so that a socket that
    /// goes on is told in a register.
    #[inline]
    pub(in crate::transport) fn of(flow: Flow) -> Option<Box<Self>> {
        match flow {
            Flow::Continue => None,
            Flow::Stop { code, text, reason } => Some(Box::new(End {
                close: Some((code, text)),
                reason,
            })),
        }
    }

    /// The client disconnected without closing.
    pub(in crate::transport) fn gone() -> Self {
        End {
            close: None,
            reason: stop::gone(),
        }
    }

    /// What a request to stop comes to.
    pub(in crate::transport) fn requested(request: StopRequest) -> Option<Self> {
        match request {
            StopRequest::Nothing => None,
            StopRequest::Gone | StopRequest::Over => Some(End::gone()),
            other => other
                .end()
                .map(|(code, reason)| End::with_code(code, reason)),
        }
    }
}

impl From<End> for Flow {
    fn from(End { close, reason }: End) -> Self {
        // Code 1006 is never sent: it stands for the absence of a code.
        let (code, text) = close.unwrap_or((1006, Cow::Borrowed("")));
        Flow::Stop { code, text, reason }
    }
}

/// Calls `handle_info` with what waits in the mailbox. Before each call it waits for room.
pub(in crate::transport) async fn infos<S: Socket, O: Out>(
    (socket, out): (&mut S, &mut Outbox),
    shared: &Shared<O>,
    infos: &mut VecDeque<S::Info>,
) -> Option<Box<End>> {
    while let Some(info) = infos.pop_front() {
        if shared.is_over_high_water()
            && let Some(end) = room(shared).await
        {
            return Some(end);
        }
        let end = call(shared, Callback::HandleInfo, pin!(None), || {
            Some(socket.handle_info(info, out))
        })
        .await;
        if end.is_some() {
            return end;
        }
    }
    None
}

/// Waits until the client has taken enough of what waits for it. Returns early with how the
/// connection ends if a stop is requested.
///
/// Both wake the polling task.
pub(in crate::transport) async fn room<O: Out>(shared: &Shared<O>) -> Option<Box<End>> {
    poll_fn(|_| {
        match (
            shared.is_over_high_water(),
            End::requested(shared.stop_request()),
        ) {
            (false, _) => Poll::Ready(None),
            (true, None) => Poll::Pending,
            (true, Some(end)) => Poll::Ready(Some(Box::new(end))),
        }
    })
    .await
}

/// Waits until `handle_in` may be called: until there is room, and the socket takes messages.
/// Returns early with how the connection ends if a stop is requested.
pub(in crate::transport) async fn ready<S: Socket, O: Out>(
    (socket, out): (&mut S, &mut Outbox),
    shared: &Shared<O>,
    inbox: &Inbox<S::Info>,
) -> Option<Box<End>> {
    loop {
        if shared.is_over_high_water()
            && let Some(end) = room(shared).await
        {
            return Some(end);
        }
        if socket.takes_messages() {
            return None;
        }
        let end = Box::pin(until_it_takes_messages(
            (&mut *socket, &mut *out),
            shared,
            inbox,
        ))
        .await;
        if end.is_some() {
            return end;
        }
    }
}

/// Waits until the socket takes messages again, and calls `handle_info` meanwhile. Returns how the
/// connection ends if a callback or a request to stop ends it.
///
/// The mailbox and requests to stop wake the polling task.
pub(in crate::transport) async fn until_it_takes_messages<S: Socket, O: Out>(
    (socket, out): (&mut S, &mut Outbox),
    shared: &Shared<O>,
    inbox: &Inbox<S::Info>,
) -> Option<Box<End>> {
    loop {
        poll_fn(|_| {
            let waits = !socket.takes_messages() && inbox.is_empty();
            if waits && shared.stop_request() == StopRequest::Nothing {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
        if let Some(end) = End::requested(shared.stop_request()) {
            return Some(Box::new(end));
        }
        if socket.takes_messages() {
            return None;
        }
        let end = infos((&mut *socket, &mut *out), shared, &mut inbox.take()).await;
        if end.is_some() {
            return end;
        }
    }
}

/// Runs a callback without moving its future, which may be large: `start` makes it in its place. A
/// panic ends this connection only.
pub(in crate::transport) fn call<O: Out, F: Future<Output = Flow>>(
    shared: &Shared<O>,
    callback: Callback,
    mut future: Pin<&mut Option<F>>,
    start: impl FnOnce() -> Option<F>,
) -> impl Future<Output = Option<Box<End>>> {
    let timed = Timed::begin();
    let mut start = Some(start);
    poll_fn(
        move |cx| match watchdog::poll(callback, start.take(), future.as_mut(), End::of, cx) {
            Poll::Pending => {
                shared.callback_waits();
                Poll::Pending
            }
            Poll::Ready(result) => {
                shared.callback_returns();
                shared.context.called(callback, timed);
                Poll::Ready(result.unwrap_or_else(|panic| crashed(&panic, shared)))
            }
        },
    )
}

#[cold]
fn crashed<O: Out>(panic: &Panic, shared: &Shared<O>) -> Option<Box<End>> {
    tracing::error!(
        socket = shared.context.socket,
        "a callback panicked: {panic}"
    );
    Some(Box::new(End::with_code(1011, Reason::Crash)))
}
