//! Runs callbacks in a future that owns the socket, and exists only while they run.

use std::{borrow::Cow, collections::VecDeque, future::Future, pin::pin, sync::Arc};

use super::{
    frame::Violation,
    incoming::{Arrived, Ending, Event},
    stream_out::Peer,
    wire::Wire,
};
use crate::{
    message::Control,
    socket::{Inbox, Outbox, Reason, Socket},
    transport::connection::{
        callbacks::{self, End},
        guarded::Guarded,
    },
    watchdog::Callback,
};

/// Work for a socket.
pub(super) enum Work<I> {
    Init,
    /// With the mailbox: it is emptied while the socket takes no messages.
    Arrived(Arrived, Arc<Inbox<I>>),
    Info(VecDeque<I>),
}

/// A socket after its work, and how the connection continues.
pub(super) struct Worked<S: Socket> {
    pub(super) socket: Guarded<S>,
    pub(super) end: Option<End>,
}

/// Does the work in order, and stops at the first callback that ends the connection.
#[expect(
    clippy::manual_async_fn,
    reason = "it is made for each read, and an `async fn` has room for its arguments twice"
)]
pub(super) fn work<S: Socket, W: Wire>(
    mut guarded: Guarded<S>,
    peer: Arc<Peer<W>>,
    mut work: Work<S::Info>,
) -> impl Future<Output = Worked<S>> {
    async move {
        let parts = match work {
            Work::Init => guarded.begin(),
            Work::Arrived(..) | Work::Info(_) => guarded.parts(),
        };
        let end = match (&mut work, parts) {
            (_, None) => Some(End::gone()),
            (Work::Init, Some((socket, out))) => {
                let future = pin!(Some(async { socket.init(out).await }));
                callbacks::call(&*peer, Callback::Init, future).await
            }
            (Work::Arrived(arrived, inbox), Some(parts)) => {
                handle_arrived(parts, &peer, arrived, inbox).await
            }
            (Work::Info(infos), Some(parts)) => callbacks::infos(parts, &*peer, infos).await,
        };
        Worked {
            socket: guarded,
            end,
        }
    }
}

#[expect(clippy::manual_async_fn, reason = "as for `work`")]
fn handle_arrived<S: Socket, W: Wire>(
    (socket, out): (&mut S, &mut Outbox),
    peer: &Peer<W>,
    arrived: &mut Arrived,
    inbox: &Inbox<S::Info>,
) -> impl Future<Output = Option<End>> {
    async move {
        while arrived.has_events() {
            if (peer.is_over_high_water() || !socket.takes_messages())
                && let Some(end) =
                    Box::pin(callbacks::ready((&mut *socket, &mut *out), peer, inbox)).await
            {
                return Some(end);
            }
            let message = match arrived.next() {
                Some(Event::Message(message)) => message,
                Some(Event::Control(control)) => {
                    if let Some(end) = handle_control((socket, out), peer, control).await {
                        return Some(end);
                    }
                    continue;
                }
                None => break,
            };
            peer.came(message.len());
            let future = pin!(Some(async { socket.handle_in(message, out).await }));
            let end = callbacks::call(peer, Callback::HandleIn, future).await;
            if end.is_some() {
                return end;
            }
        }
        if arrived.ending.is_none() && !socket.takes_messages() {
            // Nothing is read before this is done.
            return Box::pin(callbacks::until_it_takes_messages(
                (socket, out),
                peer,
                inbox,
            ))
            .await;
        }
        arrived.ending.take().map(how_it_ends)
    }
}

/// Answers a ping, and tells the socket.
async fn handle_control<S: Socket, W: Wire>(
    (socket, out): (&mut S, &mut Outbox),
    peer: &Peer<W>,
    control: Control,
) -> Option<End> {
    if let Control::Ping(payload) = &control {
        peer.pong(payload.clone());
    }
    let future = pin!(Some(async { socket.handle_control(control, out).await }));
    callbacks::call(peer, Callback::HandleControl, future).await
}

/// How the connection ends after this end of the input. A client that broke the protocol is told
/// how, without quoting it.
fn how_it_ends(ending: Ending) -> End {
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
        Ending::Eof => End::gone(),
    }
}
