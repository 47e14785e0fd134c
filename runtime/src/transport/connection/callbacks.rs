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
) -> Option<End> {
    while let Some(info) = infos.pop_front() {
        if shared.is_over_high_water()
            && let Some(end) = room(shared).await
        {
            return Some(end);
        }
        let future = async { socket.handle_info(info, out).await };
        let end = call(shared, Callback::HandleInfo, pin!(Some(future))).await;
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
pub(in crate::transport) async fn room<O: Out>(shared: &Shared<O>) -> Option<End> {
    poll_fn(|_| {
        match (
            shared.is_over_high_water(),
            End::requested(shared.stop_request()),
        ) {
            (false, _) => Poll::Ready(None),
            (true, None) => Poll::Pending,
            (true, end) => Poll::Ready(end),
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
) -> Option<End> {
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
) -> Option<End> {
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
        let end = End::requested(shared.stop_request());
        if end.is_some() {
            return end;
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

/// Runs a callback without moving its future, which may be large. A panic ends this connection
/// only.
pub(in crate::transport) async fn call<O: Out>(
    shared: &Shared<O>,
    callback: Callback,
    mut future: Pin<&mut Option<impl Future<Output = Flow>>>,
) -> Option<End> {
    let timed = Timed::begin();
    poll_fn(|cx| match watchdog::poll(callback, future.as_mut(), cx) {
        Poll::Pending => {
            shared.callback_waits();
            Poll::Pending
        }
        Poll::Ready(result) => {
            shared.callback_returns();
            shared.context.called(callback, timed);
            Poll::Ready(end_of(result, shared))
        }
    })
    .await
}

/// How the connection ends by what a callback came to.
#[inline]
fn end_of<O: Out>(result: Result<Flow, Panic>, shared: &Shared<O>) -> Option<End> {
    match result {
        Ok(Flow::Continue) => None,
        Ok(Flow::Stop { code, text, reason }) => Some(End {
            close: Some((code, text)),
            reason,
        }),
        Err(panic) => Some(crashed(&panic, shared)),
    }
}

#[cold]
fn crashed<O: Out>(panic: &Panic, shared: &Shared<O>) -> End {
    tracing::error!(
        socket = shared.context.socket,
        "a callback panicked: {panic}"
    );
    End::with_code(1011, Reason::Crash)
}
