//! Runs callbacks in a future that owns the socket, and exists only while they run.

use std::{borrow::Cow, collections::VecDeque, pin::pin, sync::Arc};

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
pub(super) async fn work<S: Socket, W: Wire>(
    mut guarded: Guarded<S>,
    peer: Arc<Peer<W>>,
    work: Work<S::Info>,
) -> Worked<S> {
    let end = match work {
        Work::Init => match guarded.begin() {
            Some((socket, out)) => {
                let future = pin!(Some(async { socket.init(out).await }));
                callbacks::call(&*peer, Callback::Init, future).await
            }
            None => Some(End::gone()),
        },
        Work::Arrived(arrived, inbox) => match guarded.parts() {
            Some((socket, out)) => handle_arrived(socket, out, &peer, arrived, &inbox).await,
            None => Some(End::gone()),
        },
        Work::Info(infos) => match guarded.parts() {
            Some(parts) => callbacks::infos(parts, &*peer, infos).await,
            None => Some(End::gone()),
        },
    };
    Worked {
        socket: guarded,
        end,
    }
}

async fn handle_arrived<S: Socket, W: Wire>(
    socket: &mut S,
    out: &mut Outbox,
    peer: &Peer<W>,
    arrived: Arrived,
    inbox: &Inbox<S::Info>,
) -> Option<End> {
    let (events, ending) = arrived.into_parts();
    for event in events {
        if (peer.is_over_high_water() || !socket.takes_messages())
            && let Some(end) =
                Box::pin(callbacks::ready((&mut *socket, &mut *out), peer, inbox)).await
        {
            return Some(end);
        }
        let end = match event {
            Event::Message(message) => {
                let future = pin!(Some(async { socket.handle_in(message, out).await }));
                callbacks::call(peer, Callback::HandleIn, future).await
            }
            Event::Control(control) => {
                if let Control::Ping(payload) = &control {
                    peer.pong(payload.clone());
                }
                let future = pin!(Some(async { socket.handle_control(control, out).await }));
                callbacks::call(peer, Callback::HandleControl, future).await
            }
        };
        if end.is_some() {
            return end;
        }
    }
    if ending.is_none() && !socket.takes_messages() {
        // Nothing is read before this is done.
        return Box::pin(callbacks::until_it_takes_messages(
            (socket, out),
            peer,
            inbox,
        ))
        .await;
    }
    ending.map(how_it_ends)
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
