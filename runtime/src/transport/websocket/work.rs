//! Runs callbacks in a future that owns the socket, and exists only while they run.

use std::{borrow::Cow, collections::VecDeque, future::Future, pin::pin, sync::Arc};

use super::{frame::Violation, incoming::Ending, stream_out::Peer, wire::Wire};
use crate::{
    message::{Control, Message},
    socket::{Inbox, Reason, Socket},
    transport::connection::{
        callbacks::{self, End},
        guarded::Guarded,
    },
    watchdog::Callback,
};

/// A socket where it stays while its connection lasts: callbacks pass it on by its address.
pub(super) struct Seat<S: Socket, W: Wire> {
    pub(super) guarded: Guarded<S>,
    pub(super) peer: Arc<Peer<W>>,
}

/// Work for a socket.
pub(super) enum Work<I> {
    Init,
    /// Waits until it takes messages, and its client takes what waits.
    Wait(Inbox<I>),
    Info(VecDeque<I>),
}

/// A socket after its work, and how the connection continues.
pub(super) struct Worked<S: Socket, W: Wire> {
    pub(super) seat: Box<Seat<S, W>>,
    /// Boxed, so that a socket that goes on is told in two registers.
    pub(super) end: Option<Box<End>>,
}

/// Does the work in order, and stops at the first callback that ends the connection.
pub(super) async fn work<S: Socket, W: Wire>(
    mut seat: Box<Seat<S, W>>,
    mut work: Work<S::Info>,
) -> Worked<S, W> {
    let Seat { guarded, peer } = &mut *seat;
    let peer = &**peer;
    let parts = match work {
        Work::Init => guarded.begin(),
        Work::Wait(_) | Work::Info(_) => guarded.parts(),
    };
    let end = match (&mut work, parts) {
        (_, None) => Some(Box::new(End::gone())),
        (Work::Init, Some((socket, out))) => {
            callbacks::call(peer, Callback::Init, pin!(None), || Some(socket.init(out))).await
        }
        (Work::Wait(inbox), Some(parts)) => callbacks::ready(parts, peer, inbox).await,
        (Work::Info(infos), Some(parts)) => callbacks::infos(parts, peer, infos).await,
    };
    Worked { seat, end }
}

/// Handles a message. It is made for each, and polled at once: the message is optional so that it
/// moves but once, and nothing that is large does.
#[expect(
    clippy::manual_async_fn,
    reason = "an `async fn` has room for its arguments twice"
)]
pub(super) fn handle<S: Socket, W: Wire>(
    mut seat: Box<Seat<S, W>>,
    mut message: Option<Message>,
) -> impl Future<Output = Worked<S, W>> {
    async move {
        let Seat { guarded, peer } = &mut *seat;
        let end = match guarded.parts() {
            None => Some(Box::new(End::gone())),
            Some((socket, out)) => {
                callbacks::call(&**peer, Callback::HandleIn, pin!(None), || {
                    Some(socket.handle_in(message.take()?, out))
                })
                .await
            }
        };
        Worked { seat, end }
    }
}

/// Answers a ping, and tells the socket.
pub(super) async fn handle_control<S: Socket, W: Wire>(
    mut seat: Box<Seat<S, W>>,
    control: Control,
) -> Worked<S, W> {
    let Seat { guarded, peer } = &mut *seat;
    if let Control::Ping(payload) = &control {
        peer.pong(payload.clone());
    }
    let end = match guarded.parts() {
        None => Some(Box::new(End::gone())),
        Some((socket, out)) => {
            callbacks::call(&**peer, Callback::HandleControl, pin!(None), || {
                Some(socket.handle_control(control, out))
            })
            .await
        }
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
