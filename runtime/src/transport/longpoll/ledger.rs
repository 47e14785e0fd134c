//! What a client has of what was sent to it, as a state machine.
//!
//! Phoenix forgets a message once it is written into an answer; if the answer is lost, so is the message. Here, the
//! token of each answer carries a [`Bookmark`], and the client's next request brings it back: everything up to it is
//! acknowledged, everything behind it is sent again. Phoenix's clients send the token of the latest answer they got, so
//! they need not know about this.
//!
//! A client may as well keep its first token for ever, because Phoenix's tokens do not change. Then a poll acknowledges
//! all that was written before it, and an answer that is known not to have been written is sent again. While it is
//! not known, the next answer has to wait.
//!
//! Which kind a client is shows with the first token that comes back. Until then, a client that polls with its first
//! token after messages were written may have lost them, or may keep its token: it is asked, by an empty answer with
//! another token. One that has ignored [`ENOUGH`] tokens is taken to keep the first.
//!
//! So these messages can be lost, because no server could tell: those in an answer that was written but did not reach a
//! client that keeps its token; and those to a client that renews it, if it polls with the first one still when
//! [`ENOUGH`] answers have been written, because none of them has reached it. Once a renewed token has come back, none
//! can.

/// So many written answers without effect on the client's token show that it keeps the first.
const ENOUGH: u8 = 3;

/// How far a client has read: the last piece it was sent, by which answer. An answer's number is never 0; the token of
/// a new session has that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bookmark {
    pub(super) upto: u64,
    pub(super) answer: u64,
}

/// What the latest poll is to be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Everything behind this piece, now or when there is something.
    After(u64),
    /// An empty answer at once.
    Nothing,
    /// What is decided when the answer that is on its way has been settled.
    Later,
}

/// What a client has.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Answers that carried a token.
    answers: u64,
    /// The last piece that the client has, or is taken to have.
    acknowledged: u64,
    habit: Habit,
    /// The last piece that a client was sent that has not renewed its token.
    sent: u64,
    /// What it was sent last, until that is settled.
    flight: Option<Flight>,
}

/// What a client does with the tokens of answers.
#[derive(Debug, PartialEq, Eq)]
enum Habit {
    /// It has ignored so many, and perhaps the one that was written since its last poll.
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

/// An answer with messages of which it is not known yet whether it could be written.
#[derive(Debug)]
struct Flight {
    answer: u64,
    after: u64,
}

impl Ledger {
    /// A poll came. Returns the last piece that the client has.
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

    /// Messages came: they acknowledge too. Returns the last piece that the client has.
    pub(super) fn post(&mut self, mark: Bookmark) -> u64 {
        self.learn(mark);
        self.acknowledged
    }

    /// Where the latest poll reads on.
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

    /// An answer was written in full, or never will be. Returns true if the latest poll may have waited for that.
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
