//! The result of one read.

use std::collections::VecDeque;

use crate::{
    message::{Control, Message},
    transport::websocket::frame::Violation,
};

/// Events that room is made for when a read brings more than one.
const SOME: usize = 16;

/// Events taken at once, and bytes of messages after which no more are taken: the rest of what was
/// read waits as it came. Small frames take more memory as events than they had on the wire, and so
/// do compressed messages.
const MANY: usize = 512;
const MUCH: usize = 64 * 1024;

/// The result of one read, in order. It yields the events.
#[derive(Default)]
pub(in crate::transport::websocket) struct Arrived {
    first: Option<Event>,
    more: VecDeque<Event>,
    bytes: usize,
    /// Nothing is read after this.
    pub(in crate::transport::websocket) ending: Option<Ending>,
}

/// Something for the socket.
pub(in crate::transport::websocket) enum Event {
    Message(Message),
    Control(Control),
}

/// Why nothing is read any more.
#[derive(Debug)]
pub(in crate::transport::websocket) enum Ending {
    /// The client's close frame.
    Close {
        code: u16,
        text: String,
    },
    Violation(Violation),
    /// The stream ended.
    Eof,
}

impl Arrived {
    pub(in crate::transport::websocket) fn has_events(&self) -> bool {
        self.first.is_some() || !self.more.is_empty()
    }

    pub(in crate::transport::websocket) fn is_empty(&self) -> bool {
        !self.has_events() && self.ending.is_none()
    }

    /// True if no more is to be taken in this read.
    pub(super) fn is_full(&self) -> bool {
        self.bytes >= MUCH || self.more.len() >= MANY
    }

    pub(super) fn push(&mut self, event: Event) {
        if let Event::Message(message) = &event {
            self.bytes += message.len();
        }
        match self.first {
            None => self.first = Some(event),
            Some(_) => {
                if self.more.capacity() == 0 {
                    self.more.reserve(SOME);
                }
                self.more.push_back(event);
            }
        }
    }
}

impl Iterator for Arrived {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        self.first.take().or_else(|| self.more.pop_front())
    }
}
