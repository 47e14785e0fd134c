//! A connection: one small task that owns its socket.

use std::{
    cell::Cell,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, ReadBuf};

use super::{
    incoming::{Incoming, Limits},
    peer::Peer,
    wire::Wire,
    work::{End, OVERFLOW, Work, Worked, work},
};
use crate::{
    contain,
    socket::{Inbox, Outbox, Reason, Socket},
    transport::{ask::Ask, log},
};

/// Read at once.
const SCRATCH: usize = 64 * 1024;
/// Turns after which other tasks of the worker get theirs.
const TURNS: usize = 32;
/// A buffer that has grown beyond this is not kept by the worker.
const KEEP: usize = 1024 * 1024;

thread_local! {
    /// What this worker lends to the connection that it polls.
    static LENT: Cell<Option<Box<Lent>>> = const { Cell::new(None) };
}

struct Lent {
    read: Box<[u8]>,
    write: Vec<u8>,
}

/// Lends the worker's buffers. A connection that is polled inside another one's callback gets buffers of its own.
fn lent<T>(use_them: impl FnOnce(&mut Lent) -> T) -> T {
    let fresh = || Box::new(Lent { read: vec![0; SCRATCH].into(), write: Vec::new() });
    let mut buffers = LENT.take().unwrap_or_else(fresh);
    let result = use_them(&mut buffers);
    if buffers.write.capacity() > KEEP {
        buffers.write = Vec::new();
    }
    LENT.set(Some(buffers));
    result
}

type Working<S> = Pin<Box<dyn Future<Output = Worked<S>> + Send>>;

enum State<S> {
    Idle(S, Outbox),
    Working(Working<S>),
    /// The close frame waits to be written.
    Closing,
    /// It is written: the client ends the stream next.
    Lingering,
    Ended,
}

enum Turn {
    Again,
    Wait,
    Over,
}

/// The task of a connection.
pub(super) struct Connection<S: Socket, W: Wire> {
    state: State<S>,
    read: W::Read,
    peer: Arc<Peer<W>>,
    inbox: Arc<Inbox<S::Info>>,
    incoming: Incoming,
    /// The place in the mount's roster.
    place: usize,
    /// The mailbox had its turn: reading is next.
    read_next: bool,
}

impl<S: Socket, W: Wire> Unpin for Connection<S, W> {}

impl<S: Socket, W: Wire> Connection<S, W> {
    pub(super) fn new(
        socket: S,
        read: W::Read,
        peer: Arc<Peer<W>>,
        inbox: Arc<Inbox<S::Info>>,
        early: &[u8],
    ) -> Self {
        let waker: std::sync::Weak<dyn crate::socket::InboxWaker> = Arc::<Peer<W>>::downgrade(&peer);
        inbox.set_waker(waker);
        let place = peer.mounted.roster.enter(peer.clone());
        if peer.mounted.is_stopping() {
            // It came too late to be drained with the others.
            crate::transport::roster::Member::drain(&*peer);
        }
        let out = Outbox::new(peer.clone());
        let state = State::Working(Box::pin(work(socket, out, peer.clone(), Work::Init)));
        Connection { state, read, peer, inbox, incoming: Incoming::new(early), place, read_next: false }
    }

    fn turn(&mut self, cx: &mut Context<'_>) -> Turn {
        let Ok((ask, waiting)) = self.peer.attend(cx) else { return self.lost() };
        if ask == Ask::Cut {
            return Turn::Over;
        }
        match &mut self.state {
            State::Working(_) => self.go_on(cx),
            State::Idle(..) => self.look(cx, ask),
            State::Closing if waiting => Turn::Wait,
            State::Closing => match self.peer.wire.poll_shutdown(cx) {
                Poll::Pending => Turn::Wait,
                Poll::Ready(_) => {
                    self.state = State::Lingering;
                    Turn::Again
                }
            },
            State::Lingering => self.linger(cx),
            State::Ended => Turn::Over,
        }
    }

    /// Polls the callbacks; what they push is gathered, and written before anything else happens.
    fn go_on(&mut self, cx: &mut Context<'_>) -> Turn {
        let State::Working(working) = &mut self.state else { return Turn::Wait };
        let poll = lent(|lent| {
            self.peer.cork(std::mem::take(&mut lent.write));
            let poll = working.as_mut().poll(cx);
            lent.write = self.peer.uncork();
            poll
        });
        let Poll::Ready(Worked { socket, out, end }) = poll else {
            let crowded = self.peer.is_crowded();
            return match self.peer.flush(cx) {
                Err(_) => self.lost(),
                // The callbacks may have waited for the room that there is now.
                Ok(_) if crowded && !self.peer.is_crowded() => Turn::Again,
                Ok(_) => Turn::Wait,
            };
        };
        self.peer.set_busy(false);
        match end {
            None => self.state = State::Idle(socket, out),
            Some(end) => self.end(socket, end),
        }
        Turn::Again
    }

    /// Looks for work: what others ask, the mailbox, the client.
    fn look(&mut self, cx: &mut Context<'_>, ask: Ask) -> Turn {
        let end = match ask {
            Ask::Drain => Some(End::with_code(1012, Reason::Shutdown)),
            Ask::Timeout => Some(End::with_code(1002, Reason::Timeout)),
            Ask::Overflow => Some(End::with_code(OVERFLOW, Reason::Overflow)),
            Ask::Nothing | Ask::Gone | Ask::Cut => None,
        };
        if let Some(end) = end {
            return self.stop(end);
        }
        if !std::mem::take(&mut self.read_next) {
            let infos = self.inbox.take();
            if !infos.is_empty() {
                self.read_next = true;
                return self.start(Work::Info(infos));
            }
        }
        // A client that does not read is not read from.
        if self.peer.is_crowded() {
            return self.wait_or_look_again();
        }
        let limits = self.limits();
        let arrived = lent(|lent| self.incoming.poll_read(cx, &mut self.read, &mut lent.read, &limits));
        match arrived {
            Poll::Pending => self.wait_or_look_again(),
            Poll::Ready(Err(_)) => self.lost(),
            Poll::Ready(Ok(arrived)) => {
                self.peer.hear();
                if arrived.is_empty() { Turn::Again } else { self.start(Work::Arrived(arrived)) }
            }
        }
    }

    /// The mailbox may have filled while it was not its turn.
    fn wait_or_look_again(&self) -> Turn {
        if self.inbox.is_empty() { Turn::Wait } else { Turn::Again }
    }

    fn start(&mut self, task: Work<S::Info>) -> Turn {
        if let State::Idle(socket, out) = std::mem::replace(&mut self.state, State::Ended) {
            self.peer.set_busy(true);
            self.state = State::Working(Box::pin(work(socket, out, self.peer.clone(), task)));
        }
        Turn::Again
    }

    fn stop(&mut self, end: End) -> Turn {
        if let State::Idle(socket, _) = std::mem::replace(&mut self.state, State::Ended) {
            self.end(socket, end);
        }
        Turn::Again
    }

    /// The stream is broken. Callbacks that run come to their end first: reading then finds the same.
    fn lost(&mut self) -> Turn {
        self.peer.abandon();
        if let State::Working(_) = self.state {
            return Turn::Again;
        }
        self.stop(End { close: None, reason: Reason::Closed { code: 1006, text: String::new() } });
        Turn::Over
    }

    /// Tells the client, leaves all topics, and tells the socket.
    fn end(&mut self, socket: S, end: End) {
        self.state = match &end.close {
            Some((code, text)) => {
                if end.reason == Reason::Overflow {
                    self.peer.discard();
                }
                self.peer.close(*code, text);
                State::Closing
            }
            None => State::Ended,
        };
        self.inbox.close();
        self.peer.leave_topics();
        let name = self.peer.mounted.socket();
        log::closed(name, &end.reason);
        if let Err(panic) = contain::call(|| socket.terminate(end.reason)) {
            tracing::error!(socket = name, "terminate panicked: {panic}");
        }
    }

    /// Reads to the end of the stream, so that the client gets the close frame and not a reset.
    fn linger(&mut self, cx: &mut Context<'_>) -> Turn {
        let poll = lent(|lent| {
            let mut buf = ReadBuf::new(&mut lent.read);
            Pin::new(&mut self.read).poll_read(cx, &mut buf).map_ok(|()| buf.filled().len())
        });
        match poll {
            Poll::Pending => Turn::Wait,
            Poll::Ready(Ok(count)) if count > 0 => Turn::Again,
            Poll::Ready(_) => Turn::Over,
        }
    }

    fn limits(&self) -> Limits {
        Limits {
            max_frame: self.peer.options.max_frame_size,
            max_message: self.peer.options.max_message(),
            deflate: self.peer.deflate,
        }
    }
}

impl<S: Socket, W: Wire> Future for Connection<S, W> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        for _ in 0..TURNS {
            match self.turn(cx) {
                Turn::Again => {}
                Turn::Wait => return Poll::Pending,
                Turn::Over => return Poll::Ready(()),
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<S: Socket, W: Wire> Drop for Connection<S, W> {
    fn drop(&mut self) {
        self.inbox.close();
        self.peer.abandon();
        self.peer.mounted.roster.leave(self.place);
    }
}
