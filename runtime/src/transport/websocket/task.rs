//! The task of a connection: one small future that owns its socket.

use std::{
    cell::Cell,
    collections::VecDeque,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use tokio::io::{AsyncRead, ReadBuf};

use super::{
    incoming::{Ahead, Incoming, Limits},
    stream_out::Peer,
    wire::Wire,
    work::{Work, Worked, work},
    write::Cork,
};
use crate::{
    socket::{Inbox, Outbox, Reason, Socket},
    transport::connection::{callbacks::End, guarded::Guarded, stop::StopRequest},
};

/// Bytes read at once.
const SCRATCH: usize = 64 * 1024;
/// After this many turns, other tasks of the worker get theirs.
const TURNS: usize = 32;
/// The worker does not keep a buffer that has grown beyond this.
const KEEP: usize = 1024 * 1024;

thread_local! {
    /// The buffers that this worker lends to the connection that it polls.
    static LENT: Cell<Option<Box<Lent>>> = const { Cell::new(None) };
}

struct Lent {
    read: Box<[u8]>,
    write: Option<Box<Cork>>,
}

/// Lends the worker's buffers. A connection that is polled inside another one's callback gets
/// buffers of its own.
fn lent<T>(use_them: impl FnOnce(&mut Lent) -> T) -> T {
    let fresh = || {
        Box::new(Lent {
            read: vec![0; SCRATCH].into(),
            write: None,
        })
    };
    let mut buffers = LENT.take().unwrap_or_else(fresh);
    let result = use_them(&mut buffers);
    if buffers
        .write
        .as_ref()
        .is_some_and(|write| write.0.capacity() > KEEP)
    {
        buffers.write = None;
    }
    LENT.set(Some(buffers));
    result
}

type Working<S> = Pin<Box<dyn Future<Output = Worked<S>> + Send>>;

enum State<S: Socket> {
    Idle(Guarded<S>),
    Working(Working<S>),
    /// The close frame has not been written yet.
    Closing,
    /// The close frame is written, and the client has to end the stream.
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
    /// `None` once the stream is given up.
    read: Option<W::Read>,
    peer: Arc<Peer<W>>,
    inbox: Arc<Inbox<S::Info>>,
    incoming: Incoming,
    /// The connection's slot in the registry.
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
        let place = peer.enter(&inbox);
        let guarded = Guarded::new(socket, Outbox::new(peer.clone()));
        let state = State::Working(Box::pin(work(guarded, peer.clone(), Work::Init)));
        Connection {
            state,
            read: Some(read),
            peer,
            inbox,
            incoming: Incoming::new(early),
            place,
            read_next: false,
        }
    }

    fn turn(&mut self, cx: &mut Context<'_>) -> Turn {
        let Ok((request, waiting)) = self.peer.attend(cx) else {
            return self.unwritable();
        };
        if request >= StopRequest::Gone
            && let Some(turn) = self.break_off(cx, request, waiting)
        {
            return turn;
        }
        match &mut self.state {
            State::Working(_) => self.go_on(cx),
            State::Idle(..) => self.look(cx, request),
            State::Closing if waiting => Turn::Wait,
            State::Closing => match self.peer.poll_shutdown(cx) {
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

    /// Polls the callbacks. What they push is gathered, and written before anything else happens.
    fn go_on(&mut self, cx: &mut Context<'_>) -> Turn {
        let State::Working(working) = &mut self.state else {
            return Turn::Wait;
        };
        let poll = lent(|lent| {
            self.peer.cork(lent.write.take().unwrap_or_default());
            let poll = self.peer.context.watched.turn(|| working.as_mut().poll(cx));
            lent.write = self.peer.uncork();
            poll
        });
        let Poll::Ready(Worked { socket, end }) = poll else {
            return self.wait_for_callback(cx);
        };
        self.peer.resume_reading();
        match end {
            None => self.state = State::Idle(socket),
            Some(end) => self.end(socket, end),
        }
        Turn::Again
    }

    /// Writes what callbacks have pushed so far, and watches their client.
    fn wait_for_callback(&mut self, cx: &mut Context<'_>) -> Turn {
        self.peer.pause_reading();
        let was_over = self.peer.is_over_high_water();
        if self.peer.flush(cx).is_err() {
            return self.unwritable();
        }
        if self.peer.is_client_watched() && self.read_ahead(cx) == Ahead::Full {
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
    fn read_ahead(&mut self, cx: &mut Context<'_>) -> Ahead {
        let Connection {
            read: Some(read),
            incoming,
            peer,
            ..
        } = self
        else {
            return Ahead::End;
        };
        let ahead = lent(|lent| incoming.read_ahead(cx, read, &mut lent.read));
        if ahead == Ahead::End {
            peer.client_leaves();
        }
        ahead
    }

    /// Handles what cannot wait until a callback returns. `None` if nothing changes.
    fn break_off(
        &mut self,
        cx: &mut Context<'_>,
        request: StopRequest,
        waiting: bool,
    ) -> Option<Turn> {
        match (&self.state, request) {
            (State::Idle(_) | State::Working(_), StopRequest::Gone) => self.hang_up(cx),
            (State::Working(_), StopRequest::Late) => {
                self.give_up(request);
                return Some(Turn::Again);
            }
            (State::Idle(_) | State::Working(_), StopRequest::Cut) => return Some(self.cut(cx)),
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
    fn cut(&mut self, cx: &mut Context<'_>) -> Turn {
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
            self.read_ahead(cx);
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
    fn hang_up(&mut self, cx: &mut Context<'_>) {
        if self.read.is_some() {
            self.read_ahead(cx);
            self.read = None;
            self.peer.hang_up();
        }
    }

    /// Looks for work: requests to stop, the mailbox, the client.
    fn look(&mut self, cx: &mut Context<'_>, request: StopRequest) -> Turn {
        // Messages that a client sent before it left are still handled: reading finds the end of
        // the stream.
        if !matches!(request, StopRequest::Nothing | StopRequest::Gone)
            && let Some(end) = End::requested(request)
        {
            return self.stop(end);
        }
        if !std::mem::take(&mut self.read_next) {
            let infos = self.inbox.take();
            if !infos.is_empty() {
                self.read_next = true;
                return self.start(Work::Info(infos));
            }
        }
        // Does not read from a client that does not read.
        if self.peer.is_over_high_water() {
            return self.wait_or_look_again();
        }
        let limits = self.limits();
        let Connection { incoming, read, .. } = self;
        let arrived = lent(|lent| match read {
            Some(read) => incoming.poll_read(cx, read, &mut lent.read, &limits),
            None => incoming.poll_read(cx, &mut tokio::io::empty(), &mut lent.read, &limits),
        });
        match arrived {
            Poll::Pending => self.wait_or_look_again(),
            Poll::Ready(Err(_)) => self.stop(End::gone()),
            Poll::Ready(Ok(arrived)) => {
                self.peer.touch();
                if arrived.is_empty() {
                    Turn::Again
                } else {
                    self.start(Work::Arrived(arrived, self.inbox.clone()))
                }
            }
        }
    }

    /// The mailbox may have filled since its last turn.
    fn wait_or_look_again(&self) -> Turn {
        if self.inbox.is_empty() {
            Turn::Wait
        } else {
            Turn::Again
        }
    }

    fn start(&mut self, task: Work<S::Info>) -> Turn {
        if let State::Idle(socket) = std::mem::replace(&mut self.state, State::Ended) {
            self.state = State::Working(Box::pin(work(socket, self.peer.clone(), task)));
        }
        Turn::Again
    }

    fn stop(&mut self, end: End) -> Turn {
        if let State::Idle(socket) = std::mem::replace(&mut self.state, State::Ended) {
            self.end(socket, end);
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
    fn end(&mut self, mut socket: Guarded<S>, end: End) {
        let waiting = self.conclude(&end);
        socket.terminate(end.reason);
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
    fn linger(&mut self, cx: &mut Context<'_>) -> Turn {
        let Some(read) = &mut self.read else {
            return Turn::Over;
        };
        let poll = lent(|lent| {
            let mut buf = ReadBuf::new(&mut lent.read);
            Pin::new(read)
                .poll_read(cx, &mut buf)
                .map_ok(|()| buf.filled().len())
        });
        match poll {
            Poll::Pending => Turn::Wait,
            Poll::Ready(Ok(count)) if count > 0 => Turn::Again,
            Poll::Ready(_) => Turn::Over,
        }
    }

    fn limits(&self) -> Limits {
        Limits {
            max_frame: self.peer.side.options.max_frame_size,
            max_message: self.peer.side.options.max_message(),
            deflate: self.peer.side.deflate,
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
        let waiting = self.inbox.close();
        self.peer.abandon();
        let state = std::mem::replace(&mut self.state, State::Ended);
        self.peer.discard_callback((state, waiting));
        self.peer.leave(self.place);
    }
}
