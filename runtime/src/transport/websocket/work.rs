//! Callbacks, run in a future that owns the socket while it runs, and is gone when they are done.

use std::{
    borrow::Cow,
    collections::VecDeque,
    future::{Future, poll_fn},
    pin::{Pin, pin},
    sync::Arc,
    task::Poll,
};

use super::{
    frame::Violation,
    incoming::{Arrived, Ending, Event},
    peer::Peer,
    wire::Wire,
};
use crate::{
    message::Control,
    socket::{Flow, Inbox, Outbox, Reason, Socket},
    transport::{
        ask::{self, Ask},
        guarded::Guarded,
    },
    watchdog::{self, Callback},
};

/// What is to be done by a socket.
pub(super) enum Work<I> {
    Init,
    /// With the mailbox: it is emptied while the socket takes no messages.
    Arrived(Arrived, Arc<Inbox<I>>),
    Info(VecDeque<I>),
}

/// A socket that has done its work, and how it goes on.
pub(super) struct Worked<S: Socket> {
    pub(super) socket: Guarded<S>,
    pub(super) end: Option<End>,
}

/// How a connection is closed: what the client is told, and what `terminate` is.
#[derive(Debug)]
pub(super) struct End {
    /// `None` closes without a close frame: there is nobody to read it.
    pub(super) close: Option<(u16, Cow<'static, str>)>,
    pub(super) reason: Reason,
}

impl End {
    pub(super) fn with_code(code: u16, reason: Reason) -> Self {
        End { close: Some((code, Cow::Borrowed(""))), reason }
    }

    /// There is nobody to be told.
    pub(super) fn gone() -> Self {
        End { close: None, reason: ask::gone() }
    }

    /// What was asked for; to a client that is gone nothing is said.
    pub(super) fn asked(ask: Ask) -> Option<Self> {
        let (code, reason) = ask.end().filter(|_| ask != Ask::Gone)?;
        Some(End::with_code(code, reason))
    }

    /// Why nothing more comes. A client that broke the protocol is told how, without what it sent.
    fn of(ending: Ending) -> Self {
        match ending {
            // The code is echoed (RFC 6455 §5.5.1); none is answered by 1000.
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
}

/// Does the work in order, and stops at the first callback that ends the connection.
pub(super) async fn work<S: Socket, W: Wire>(
    mut guarded: Guarded<S>,
    peer: Arc<Peer<W>>,
    work: Work<S::Info>,
) -> Worked<S> {
    let parts = if matches!(work, Work::Init) { guarded.begin() } else { guarded.parts() };
    let end = match (parts, work) {
        (Some((socket, out)), Work::Init) => {
            contained(&peer, Callback::Init, pin!(Some(async { socket.init(out).await }))).await
        }
        (Some((socket, out)), Work::Arrived(arrived, inbox)) => {
            handle_arrived(socket, out, &peer, arrived, &inbox).await
        }
        (Some((socket, out)), Work::Info(infos)) => handle_infos(socket, out, &peer, infos).await,
        (None, _) => Some(End::gone()),
    };
    Worked { socket: guarded, end }
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
        if peer.is_crowded()
            && let Some(end) = room(peer).await
        {
            return Some(end);
        }
        if !socket.takes_messages()
            && let Some(end) = Box::pin(taken(socket, out, peer, inbox)).await
        {
            return Some(end);
        }
        let end = match event {
            Event::Message(message) => {
                contained(
                    peer,
                    Callback::HandleIn,
                    pin!(Some(async { socket.handle_in(message, out).await })),
                )
                .await
            }
            Event::Control(control) => {
                if let Control::Ping(payload) = &control {
                    peer.pong(payload.clone());
                }
                contained(
                    peer,
                    Callback::HandleControl,
                    pin!(Some(async { socket.handle_control(control, out).await })),
                )
                .await
            }
        };
        if end.is_some() {
            return end;
        }
    }
    if ending.is_none() && !socket.takes_messages() {
        // Nothing is read before this is done.
        return Box::pin(taken(socket, out, peer, inbox)).await;
    }
    ending.map(End::of)
}

/// Waits until the socket takes messages again, and calls `handle_info` meanwhile; returns how the connection ends if
/// something asks for it.
async fn taken<S: Socket, W: Wire>(
    socket: &mut S,
    out: &mut Outbox,
    peer: &Peer<W>,
    inbox: &Inbox<S::Info>,
) -> Option<End> {
    loop {
        poll_fn(|_| match socket.takes_messages() || !inbox.is_empty() || peer.asked() != Ask::Nothing {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
        let ask = peer.asked();
        if ask != Ask::Nothing {
            return Some(End::asked(ask).unwrap_or_else(End::gone));
        }
        if socket.takes_messages() {
            return None;
        }
        let end = handle_infos(socket, out, peer, inbox.take()).await;
        if end.is_some() {
            return end;
        }
    }
}

async fn handle_infos<S: Socket, W: Wire>(
    socket: &mut S,
    out: &mut Outbox,
    peer: &Peer<W>,
    infos: VecDeque<S::Info>,
) -> Option<End> {
    for info in infos {
        if peer.is_crowded()
            && let Some(end) = room(peer).await
        {
            return Some(end);
        }
        let end =
            contained(peer, Callback::HandleInfo, pin!(Some(async { socket.handle_info(info, out).await })))
                .await;
        if end.is_some() {
            return end;
        }
    }
    None
}

/// Waits while too much waits for the client; ends the connection if it never takes it. The connection's task polls
/// again whenever it has written something, or is asked for something.
async fn room<W: Wire>(peer: &Peer<W>) -> Option<End> {
    poll_fn(|_| match peer.is_crowded() {
        true if peer.asked() == Ask::Overflow => Poll::Ready(End::asked(Ask::Overflow)),
        true => Poll::Pending,
        false => Poll::Ready(None),
    })
    .await
}

/// Runs a callback; a panic in it ends the connection, and nothing else.
async fn contained<W: Wire>(
    peer: &Peer<W>,
    callback: Callback,
    future: Pin<&mut Option<impl Future<Output = Flow>>>,
) -> Option<End> {
    match watchdog::run(callback, future).await {
        Ok(Flow::Continue) => None,
        Ok(Flow::Stop { code, text, reason }) => Some(End { close: Some((code, text)), reason }),
        Err(panic) => {
            tracing::error!(socket = peer.mounted.socket(), "a callback panicked: {panic}");
            Some(End::with_code(1011, Reason::Crash))
        }
    }
}
