//! What a client has received of what was sent to it, as a state machine.
//!
//! Phoenix forgets a message once it is written into an answer; if the answer is lost, so is the
//! message. Here, the token of each answer carries a [`Bookmark`], and the client's next request
//! brings it back: everything up to it is acknowledged, everything behind it is sent again.
//! Phoenix's clients send the token of the latest answer they got, so they need not know about
//! this.
//!
//! A client may also keep its first token forever, because Phoenix's tokens do not change. Then a
//! poll acknowledges everything that was written before it, and an answer that is known not to have
//! been written is sent again. Until that is known, the next answer has to wait.
//!
//! The first token that comes back shows which kind a client is. Until then, a client that polls
//! with its first token after messages were written may have lost them, or may keep its token. It
//! gets an empty answer with another token, to find out. A client that has ignored [`ENOUGH`]
//! tokens is taken to keep its first.
//!
//! No server can tell these cases apart, so these messages can be lost:
//!
//! - Messages in an answer that was written, but did not reach a client that keeps its token.
//! - Messages to a client that renews its token, if it still polls with the first one after
//!   [`ENOUGH`] answers were written, because none of them has reached it.
//!
//! Once a renewed token has come back, no message can be lost.

/// After this many written answers without effect on the client's token, it is taken to keep its
/// first.
const ENOUGH: u8 = 3;

/// How far a client has read: the last piece it was sent, and the answer that brought it. Answers
/// are numbered from 1; the token of a new session has number 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bookmark {
    pub(super) upto: u64,
    pub(super) answer: u64,
}

/// What the latest poll is to be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Everything after this piece, now or when there is something.
    After(u64),
    /// An empty answer at once.
    Nothing,
    /// Decided when it is known whether the answer that is on its way was written.
    Later,
}

/// What a client has.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Answers that carried a token.
    answers: u64,
    /// The last piece that the client has, or is assumed to have.
    acknowledged: u64,
    habit: Habit,
    /// The last piece that was sent to a client that has not renewed its token.
    sent: u64,
    /// The last answer with messages, until it is known whether it was written.
    flight: Option<Flight>,
}

/// What a client does with the tokens of answers.
#[derive(Debug, PartialEq, Eq)]
enum Habit {
    /// It has ignored this many tokens, and perhaps the one that was written since its last poll.
    Unknown {
        ignored: u8,
        written: bool,
    },
    Renews,
    Keeps,
}

impl Default for Habit {
    fn default() -> Self {
        Habit::Unknown {
            ignored: 0,
            written: false,
        }
    }
}

/// An answer with messages that may or may not have been written.
#[derive(Debug)]
struct Flight {
    answer: u64,
    after: u64,
}

impl Ledger {
    /// Handles a poll. Returns the last piece that the client has.
    pub(super) fn poll(&mut self, mark: Bookmark) -> u64 {
        self.learn(mark);
        if let Habit::Unknown { ignored, written } = &mut self.habit {
            *ignored += u8::from(std::mem::take(written));
            if *ignored == ENOUGH {
                self.habit = Habit::Keeps;
            }
        }
        if self.habit == Habit::Keeps {
            self.acknowledge(
                self.flight
                    .as_ref()
                    .map_or(self.sent, |flight| flight.after),
            );
        }
        self.acknowledged
    }

    /// Handles a request with messages, which acknowledges too. Returns the last piece that the
    /// client has.
    pub(super) fn post(&mut self, mark: Bookmark) -> u64 {
        self.learn(mark);
        self.acknowledged
    }

    /// Where the latest poll continues to read.
    pub(super) fn reading(&self) -> Reading {
        match self.habit {
            Habit::Renews => Reading::After(self.acknowledged),
            _ if self.flight.is_some() => Reading::Later,
            Habit::Unknown { .. } if self.sent > self.acknowledged => Reading::Nothing,
            Habit::Unknown { .. } | Habit::Keeps => Reading::After(self.sent),
        }
    }

    /// The bookmark of an answer that brings the client up to a piece.
    pub(super) fn answer(&mut self, upto: u64) -> Bookmark {
        let mark = self.mark(upto);
        if self.habit != Habit::Renews {
            self.flight = Some(Flight {
                answer: mark.answer,
                after: self.sent,
            });
            self.sent = upto;
        }
        mark
    }

    /// The bookmark of an answer without messages.
    pub(super) fn empty_answer(&mut self) -> Bookmark {
        self.mark(self.acknowledged)
    }

    /// Records that an answer was written in full, or never will be. True if the latest poll may
    /// have waited for that.
    pub(super) fn settle(&mut self, mark: Bookmark, as_written: bool) -> bool {
        if let Habit::Unknown { written, .. } = &mut self.habit {
            *written |= as_written;
        }
        let Some(flight) = self.flight.take_if(|flight| flight.answer == mark.answer) else {
            return false;
        };
        if !as_written {
            self.sent = flight.after;
        }
        true
    }

    fn learn(&mut self, mark: Bookmark) {
        if mark.answer > 0 {
            self.habit = Habit::Renews;
            self.flight = None;
        }
        if self.habit == Habit::Renews {
            self.acknowledge(mark.upto);
        }
    }

    fn acknowledge(&mut self, upto: u64) {
        self.acknowledged = self.acknowledged.max(upto);
    }

    fn mark(&mut self, upto: u64) -> Bookmark {
        self.answers += 1;
        Bookmark {
            upto,
            answer: self.answers,
        }
    }
}

#[cfg(test)]
mod tests;
