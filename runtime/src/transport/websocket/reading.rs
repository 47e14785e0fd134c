//! What a client sends, handled as it is read.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use bytes::BytesMut;

use super::{
    incoming::{Event, Incoming, Limits, Unread},
    lent::Lent,
    spare::Spare,
    stream_out::Peer,
    task::{Connection, State, Turn},
    wire::{Readable, Wire},
    work::{Handler, Seat, Work, Worked, Working, handle_control, handler, how_it_ends},
};
use crate::{message::Control, socket::Socket, transport::connection::end::End};

/// Messages that are handled in one turn, and bytes of them after which no more are: the mailbox
/// and what waits for the client have theirs in between.
const MANY: usize = 512;
const MUCH: usize = 64 * 1024;

/// Where handling stops.
enum Stopped<S: Socket> {
    /// The turn is over.
    Turn(Box<Seat<S>>),
    /// Nothing whole is left.
    Idle(Box<Seat<S>>),
    /// The socket takes no messages, or its client does not take what waits.
    Full(Box<Seat<S>>),
    /// A callback has not returned.
    Waits(Working<S>),
    End(Box<Seat<S>>, Box<End>),
}

impl<S: Socket, W: Wire> Connection<S, W> {
    /// Reads once, and handles what came.
    pub(super) fn read(&mut self, cx: &mut Context<'_>, lent: &mut Lent) -> Turn {
        let Lent {
            read,
            block,
            write,
            spares,
        } = lent;
        let mut unread = match (self.incoming.left(), &mut self.read) {
            (Some(left), _) => left,
            (None, None) => return self.stop(End::gone()),
            (None, Some(stream)) => match self.incoming.poll_read(cx, stream, read) {
                Poll::Pending => return self.wait_or_look_again(),
                Poll::Ready(Err(_) | Ok(0)) => return self.stop(End::gone()),
                Poll::Ready(Ok(filled)) => Unread::lent(&mut read[..filled]),
            },
        };
        self.peer.touch();
        let State::Idle(seat) = std::mem::replace(&mut self.state, State::Ended) else {
            return Turn::Again;
        };
        let Connection { peer, incoming, .. } = self;
        peer.cork(write.take().unwrap_or_default());
        let stopped = peer.context.watched.turn(|| {
            spares.with(|spare| {
                handle_all(
                    (&**peer, incoming),
                    cx,
                    seat,
                    (unread.parts(), block),
                    spare,
                    handler,
                )
            })
        });
        let (cork, waits) = peer.uncork();
        *write = cork;
        let next = if waits { Turn::Again } else { Turn::Next };
        match stopped {
            Stopped::Idle(seat) => {
                self.incoming.keep(unread, false);
                self.state = State::Idle(seat);
                match (next, &self.read) {
                    (Turn::Next, Some(stream)) if stream.poll_more(cx).is_pending() => {
                        self.wait_or_look_again()
                    }
                    _ => next,
                }
            }
            Stopped::Turn(seat) => {
                self.incoming.keep(unread, true);
                self.state = State::Idle(seat);
                next
            }
            Stopped::Full(seat) => {
                self.incoming.keep(unread, true);
                self.read_next = true;
                self.state = State::Idle(seat);
                self.start(Work::Wait(self.inbox.clone()));
                Turn::Again
            }
            Stopped::Waits(working) => {
                self.incoming.keep(unread, true);
                self.state = State::Working(working);
                self.wait_for_callback(cx, lent)
            }
            Stopped::End(mut seat, end) => {
                self.end(&mut seat, *end);
                Turn::Again
            }
        }
    }
}

/// Handles messages until something stops it, by what `handler` makes.
fn handle_all<S: Socket, W: Wire, H: Handler<S> + ?Sized>(
    (peer, incoming): (&Peer<W>, &mut Incoming),
    cx: &mut Context<'_>,
    mut seat: Box<Seat<S>>,
    ((bytes, at), block): ((&mut [u8], &mut usize), &mut BytesMut),
    spare: &mut Spare<H>,
    handler: impl FnOnce() -> Pin<Box<H>>,
) -> Stopped<S> {
    let limits = Limits {
        max_frame: peer.side.options.max_frame_size,
        max_message: peer.side.options.max_message(),
        deflate: peer.side.deflate,
    };
    let place = spare.get_or_insert_with(handler);
    let (mut messages, mut much) = (0, 0);
    while messages < MANY && much < MUCH {
        let takes_messages = seat.takes_messages();
        if takes_messages && *at == bytes.len() {
            return Stopped::Idle(seat);
        }
        if (peer.is_over_high_water() || !takes_messages)
            && !incoming.ends_here(&bytes[*at..], &limits)
        {
            return Stopped::Full(seat);
        }
        messages += 1;
        let message = match incoming.next_plain((bytes, at), block, &limits) {
            Some(message) => Ok(message),
            None => match incoming.next((bytes, at), &limits) {
                Ok(Some(Event::Message(message))) => Ok(message),
                Ok(Some(Event::Control(control))) => Err(control),
                Ok(None) => return Stopped::Idle(seat),
                Err(ending) => return Stopped::End(seat, Box::new(how_it_ends(ending))),
            },
        };
        let worked = match message {
            Ok(message) => {
                peer.came(message.len());
                much += message.len();
                match place.as_mut().handle(seat, message, cx) {
                    Poll::Ready(worked) => worked,
                    Poll::Pending => {
                        return match spare.take() {
                            Some(place) => Stopped::Waits(place.working()),
                            None => unreachable!("it has been polled"),
                        };
                    }
                }
            }
            Err(control) => {
                if let Control::Ping(payload) = &control {
                    peer.pong(payload.clone());
                }
                let mut future = Box::pin(handle_control(seat, control));
                match future.as_mut().poll(cx) {
                    Poll::Ready(worked) => worked,
                    Poll::Pending => return Stopped::Waits(future),
                }
            }
        };
        match worked {
            Worked {
                seat: back,
                end: None,
            } => seat = back,
            Worked {
                seat,
                end: Some(end),
            } => return Stopped::End(seat, end),
        }
    }
    Stopped::Turn(seat)
}

impl<S: Socket> Seat<S> {
    fn takes_messages(&mut self) -> bool {
        self.guarded
            .parts()
            .is_none_or(|(socket, _)| socket.takes_messages())
    }
}
