//! What a client has of what was sent to it, as a state machine.
//!
//! Phoenix forgets a message once it is written into an answer; if the answer is lost, so is the message. Here, the
//! token of each answer carries a [`Bookmark`], and the client's next request brings it back: everything up to it is
//! acknowledged, everything behind it is sent again. Phoenix's clients send the token of the latest answer they got, so
//! they need not know about this.
//!
//! A client may as well keep its first token for ever (Phoenix's tokens do not change). Which kind it is shows with the
//! first renewed token. Until then, a client that polls again with its first token after messages were sent may have lost
//! them, or may be one that keeps its token: it is asked, by an empty answer with another token. To one that keeps its
//! token nothing is sent twice, except what is known not to have been written.

/// How far a client has read: the last piece it was sent, by which answer. An answer's number is never 0; the token of
/// a new session has that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bookmark {
    pub(super) upto: u64,
    pub(super) answer: u64,
}

/// What a poll is to be given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// Everything behind this piece, now or when there is something.
    After(u64),
    /// An empty answer at once.
    Nothing,
}

/// What a client has.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// Answers that carried a token.
    answers: u64,
    /// The last piece that was in an answer.
    sent: u64,
    /// The last piece that the client is known to have.
    acknowledged: u64,
    habit: Habit,
    /// Where the first answer began that is known not to have been written in full.
    torn: Option<u64>,
}

/// What a client does with the tokens of answers.
#[derive(Debug, Default, PartialEq, Eq)]
enum Habit {
    #[default]
    Unknown,
    /// It was given this answer to find out.
    Asked(u64),
    Renews,
    Keeps,
}

impl Ledger {
    /// A poll came.
    pub(super) fn poll(&mut self, mark: Bookmark) -> Reading {
        self.learn(mark);
        match self.habit {
            Habit::Renews => self.acknowledge(mark.upto),
            _ if self.torn.is_some() || self.sent == self.acknowledged => {
                let upto = self.torn.take().unwrap_or(self.sent);
                self.acknowledge(upto);
            }
            Habit::Keeps => self.acknowledge(self.sent),
            Habit::Asked(_) => {
                self.habit = Habit::Keeps;
                self.acknowledge(self.sent);
            }
            Habit::Unknown => {
                self.habit = Habit::Asked(self.answers + 1);
                return Reading::Nothing;
            }
        }
        Reading::After(self.acknowledged)
    }

    /// Messages came: they acknowledge too. Returns the last piece that the client has.
    pub(super) fn post(&mut self, mark: Bookmark) -> u64 {
        self.learn(mark);
        if self.habit == Habit::Renews {
            self.acknowledge(mark.upto);
        }
        self.acknowledged
    }

    /// The bookmark of an answer that brings the client up to a piece.
    pub(super) fn answer(&mut self, upto: u64) -> Bookmark {
        self.answers += 1;
        self.sent = self.sent.max(upto);
        Bookmark { upto, answer: self.answers }
    }

    /// The bookmark of an answer without messages to a poll that asked for what is behind a piece. What the client has
    /// acknowledged by another request since then stays acknowledged.
    pub(super) fn empty_answer(&mut self, after: u64) -> Bookmark {
        let upto = if self.habit == Habit::Renews { after.max(self.acknowledged) } else { after };
        self.answer(upto)
    }

    /// An answer was not written in full; what it brought began behind a piece.
    pub(super) fn tear(&mut self, after: u64, mark: Bookmark) {
        if mark.upto > after {
            self.torn = Some(self.torn.map_or(after, |torn| torn.min(after)));
        }
        if self.habit == Habit::Asked(mark.answer) {
            self.habit = Habit::Unknown;
        }
    }

    fn learn(&mut self, mark: Bookmark) {
        if mark.answer > 0 {
            self.habit = Habit::Renews;
        }
    }

    fn acknowledge(&mut self, upto: u64) {
        self.acknowledged = self.acknowledged.max(upto.min(self.sent));
    }
}
