//! The task of a connection: one small future that owns its socket.

use std::{
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, ReadBuf};

use super::{
    incoming::{Ahead, Incoming},
    lent::{Lent, lent},
    stream_out::Peer,
    wire::Wire,
    work::{Seat, Work, Worked, Working, work},
};
use crate::{
    socket::{Inbox, Outbox, Reason, Socket},
    transport::connection::{end::End, guarded::Guarded, shared::Registered, stop::StopRequest},
};

/// After this many turns, other tasks of the worker get theirs.
const TURNS: usize = 32;

pub(super) enum State<S: Socket> {
    Idle(Box<Seat<S>>),
    Working(Working<S>),
    /// The close frame has not been written yet.
    Closing,
    /// The close frame is written, and the client has to end the stream.
    Lingering,
    Ended,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    Again,
    /// Again, and nothing waits for the client.
    Next,
    Wait,
    Over,
}

/// The task of a connection.
pub(super) struct Connection<S: Socket, W: Wire> {
    pub(super) state: State<S>,
    /// `None` once the stream is given up.
    pub(super) read: Option<W::Read>,
    pub(super) peer: Arc<Peer<W>>,
    pub(super) inbox: Inbox<S::Info>,
    pub(super) incoming: Incoming,
    /// The connection's slot in the registry.
    place: usize,
    /// The mailbox had its turn: reading is next.
    pub(super) read_next: bool,
    registered: Registered,
}

impl<S: Socket, W: Wire> Unpin for Connection<S, W> {}

impl<S: Socket, W: Wire> Connection<S, W> {
    pub(super) fn new(
        socket: S,
        read: W::Read,
        peer: Arc<Peer<W>>,
        inbox: Inbox<S::Info>,
        early: &[u8],
    ) -> Self {
        let place = peer.enter(&inbox);
        let seat = Box::new(Seat {
            guarded: Guarded::new(socket, Outbox::new(peer.clone())),
            host: peer.clone(),
        });
        Connection {
            state: State::Working(Box::pin(work(seat, Work::Init))),
            read: Some(read),
            peer,
            inbox,
            incoming: Incoming::new(early),
            place,
            read_next: false,
            registered: Registered::default(),
        }
    }

    fn turn(&mut self, cx: &mut Context<'_>, lent: &mut Lent, last: Turn) -> Turn {
        let (request, waiting) = match last {
            Turn::Next => (self.peer.stop_request(), false),
            _ => match self.peer.attend(cx, &mut self.registered) {
                Ok(attended) => attended,
                Err(_) => return self.unwritable(),
            },
        };
        if request >= StopRequest::Gone
            && let Some(turn) = self.break_off(cx, lent, request, waiting)
        {
            return turn;
        }
        match &mut self.state {
            State::Working(_) => self.go_on(cx, lent),
            State::Idle(..) => self.look(cx, lent, request),
            State::Closing if waiting => Turn::Wait,
            State::Closing => match self.peer.poll_shutdown(cx) {
                Poll::Pending => Turn::Wait,
                Poll::Ready(_) => {
                    self.state = State::Lingering;
                    Turn::Again
                }
            },
            State::Lingering => self.linger(cx, lent),
            State::Ended => Turn::Over,
        }
    }

    /// Polls the callbacks. What they push is gathered, and written before anything else happens.
    fn go_on(&mut self, cx: &mut Context<'_>, lent: &mut Lent) -> Turn {
        let State::Working(working) = &mut self.state else {
            return Turn::Wait;
        };
        self.peer.cork(lent.write.take().unwrap_or_default());
        let poll = self.peer.context.watched.turn(|| working.as_mut().poll(cx));
        let (cork, _) = self.peer.uncork();
        lent.write = cork;
        let Poll::Ready(Worked { mut seat, end }) = poll else {
            return self.wait_for_callback(cx, lent);
        };
        self.peer.resume_reading();
        // What came together with the message is handled before the mailbox has its turn.
        self.read_next |= self.incoming.is_fresh();
        match end {
            None => self.state = State::Idle(seat),
            Some(end) => self.end(&mut seat, *end),
        }
        Turn::Again
    }

    /// Writes what callbacks have pushed so far, and watches their client.
    pub(super) fn wait_for_callback(&mut self, cx: &mut Context<'_>, lent: &mut Lent) -> Turn {
        self.peer.pause_reading();
        let was_over = self.peer.is_over_high_water();
        if self.peer.flush(cx).is_err() {
            return self.unwritable();
        }
        if self.peer.is_client_watched() && self.read_ahead(cx, lent) == Ahead::Full {
            self.peer.probe();
        }
        // The callbacks may have waited for the room that there is now.
        if was_over && !self.peer.is_over_high_water() {
            Turn::Again
        } else {
            Turn::Wait
        }
    }

    /// Finds out whether the client has left, as far as reading shows it.
    fn read_ahead(&mut self, cx: &mut Context<'_>, lent: &mut Lent) -> Ahead {
        let Connection {
            read: Some(read),
            incoming,
            peer,
            ..
        } = self
        else {
            return Ahead::End;
        };
        let ahead = incoming.read_ahead(cx, read, &mut lent.read);
        if ahead == Ahead::End {
            peer.client_leaves();
        }
        ahead
    }

    /// Handles what cannot wait until a callback returns. `None` if nothing changes.
    fn break_off(
        &mut self,
        cx: &mut Context<'_>,
        lent: &mut Lent,
        request: StopRequest,
        waiting: bool,
    ) -> Option<Turn> {
        match (&self.state, request) {
            (State::Idle(_) | State::Working(_), StopRequest::Gone) => self.hang_up(cx, lent),
            (State::Working(_), StopRequest::Late) => {
                self.give_up(request);
                return Some(Turn::Again);
            }
            (State::Idle(_) | State::Working(_), StopRequest::Cut) => {
                return Some(self.cut(cx, lent));
            }
            (_, StopRequest::Cut) => {
                if waiting {
                    self.peer.count_cut_off();
                }
                return Some(Turn::Over);
            }
            (_, StopRequest::Over) => return Some(Turn::Over),
            _ => {}
        }
        None
    }

    /// Ends the connection now. The client is told if its stream takes the close frame at once.
    fn cut(&mut self, cx: &mut Context<'_>, lent: &mut Lent) -> Turn {
        let runs = matches!(self.state, State::Working(_));
        if runs {
            self.give_up(StopRequest::Cut);
        } else if let Some(end) = End::requested(StopRequest::Cut) {
            self.stop(end);
        }
        let told = matches!(self.peer.flush(cx), Ok(false));
        if told {
            let _ = self.peer.poll_shutdown(cx);
            // Unread data would reset the stream, and the close frame would be lost.
            self.read_ahead(cx, lent);
        } else if !runs {
            self.peer.count_cut_off();
        }
        Turn::Over
    }

    /// Drops the running callback, and with it the socket, which calls `terminate`.
    fn give_up(&mut self, request: StopRequest) {
        let callback = std::mem::replace(&mut self.state, State::Ended);
        let waiting = End::requested(request).map(|end| self.conclude(&end));
        self.peer.give_up((callback, waiting), request);
    }

    /// Gives up the stream of a client that is gone. What it sent before is kept.
    fn hang_up(&mut self, cx: &mut Context<'_>, lent: &mut Lent) {
        if self.read.is_some() {
            self.read_ahead(cx, lent);
            self.read = None;
            self.peer.hang_up();
        }
    }

    /// Looks for work: requests to stop, the mailbox, the client.
    fn look(&mut self, cx: &mut Context<'_>, lent: &mut Lent, request: StopRequest) -> Turn {
        // Messages that a client sent before it left are still handled: reading finds the end of
        // the stream.
        if !matches!(request, StopRequest::Nothing | StopRequest::Gone)
            && let Some(end) = End::requested(request)
        {
            return self.stop(end);
        }
        if !std::mem::take(&mut self.read_next) && !self.inbox.is_empty() {
            self.read_next = true;
            return self.start(Work::Info(self.inbox.take()));
        }
        // Does not read from a client that does not read.
        if self.peer.is_over_high_water() {
            return self.wait_or_look_again();
        }
        self.read(cx, lent)
    }

    /// The mailbox may have filled since its last turn.
    pub(super) fn wait_or_look_again(&self) -> Turn {
        if self.inbox.is_empty() {
            Turn::Wait
        } else {
            Turn::Again
        }
    }

    pub(super) fn start(&mut self, task: Work<S::Info>) -> Turn {
        if let State::Idle(seat) = std::mem::replace(&mut self.state, State::Ended) {
            self.state = State::Working(Box::pin(work(seat, task)));
        }
        Turn::Next
    }

    pub(super) fn stop(&mut self, end: End) -> Turn {
        if let State::Idle(mut seat) = std::mem::replace(&mut self.state, State::Ended) {
            self.end(&mut seat, end);
        }
        Turn::Again
    }

    /// Handles a stream that can no longer be written. Messages that the client sent before are
    /// still handled: reading finds the end of the stream.
    fn unwritable(&mut self) -> Turn {
        self.peer.abandon();
        self.peer.client_leaves();
        match self.state {
            State::Idle(_) | State::Working(_) => Turn::Again,
            State::Closing | State::Lingering | State::Ended => Turn::Over,
        }
    }

    /// Tells the client, leaves all topics, and tells the socket.
    pub(super) fn end(&mut self, seat: &mut Seat<S>, end: End) {
        let waiting = self.conclude(&end);
        seat.guarded.terminate(end.reason);
        drop(waiting);
    }

    /// Tells the client, and leaves all topics. Returns what waited in the mailbox.
    fn conclude(&mut self, end: &End) -> VecDeque<S::Info> {
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
        self.peer.leave_topics();
        self.inbox.close()
    }

    /// Reads to the end of the stream, so that the client gets the close frame instead of a reset.
    fn linger(&mut self, cx: &mut Context<'_>, lent: &mut Lent) -> Turn {
        let Some(read) = &mut self.read else {
            return Turn::Over;
        };
        let mut buf = ReadBuf::new(&mut lent.read);
        let poll = Pin::new(read).poll_read(cx, &mut buf);
        match poll.map_ok(|()| buf.filled().len()) {
            Poll::Pending => Turn::Wait,
            Poll::Ready(Ok(count)) if count > 0 => Turn::Again,
            Poll::Ready(_) => Turn::Over,
        }
    }
}

impl<S: Socket, W: Wire> Future for Connection<S, W> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        lent(|lent| {
            let mut last = Turn::Again;
            for _ in 0..TURNS {
                last = self.turn(cx, lent, last);
                match last {
                    Turn::Again | Turn::Next => {}
                    Turn::Wait => return Poll::Pending,
                    Turn::Over => return Poll::Ready(()),
                }
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
    }
}

impl<S: Socket, W: Wire> Drop for Connection<S, W> {
    fn drop(&mut self) {
        let waiting = self.inbox.close();
        self.peer.abandon();
        let state = std::mem::replace(&mut self.state, State::Ended);
        self.peer.discard_callback((state, waiting));
        self.peer.leave(self.place);
    }
}
