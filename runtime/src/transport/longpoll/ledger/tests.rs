//! The state machine against a network that loses, delays and reorders, and clients of both kinds.

use std::collections::VecDeque;

use proptest::{prelude::*, sample::Index};

use super::*;

/// What happens next.
#[derive(Clone, Debug)]
enum Event {
    /// The socket sends something.
    Piece,
    /// The client polls, whether or not another of its polls waits.
    Poll,
    /// A poll that the client sent earlier comes only now.
    Straggler(Index),
    /// Messages of the client come, with one of its tokens.
    Post(Index),
    /// A poll's window ends: the latest, or one of those before.
    Window(Index),
    /// An answer is written.
    Write(Index),
    /// An answer turns out not to be written.
    Tear(Index),
    /// An answer reaches the client.
    Arrive(Index),
    /// An answer is lost on its way.
    Lose(Index),
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let index = any::<Index>;
    let event = prop_oneof![
        4 => Just(Event::Piece),
        4 => Just(Event::Poll),
        1 => index().prop_map(Event::Straggler),
        1 => index().prop_map(Event::Post),
        1 => index().prop_map(Event::Window),
        6 => index().prop_map(Event::Write),
        2 => index().prop_map(Event::Tear),
        5 => index().prop_map(Event::Arrive),
        2 => index().prop_map(Event::Lose),
    ];
    proptest::collection::vec(event, 0..200)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Takes an answer to a poll that it sent with the token that it still has, and the answer's
    /// token with it.
    Renews,
    /// Takes every answer, and keeps its token.
    Keeps,
}

/// An answer to a poll that bore a token.
#[derive(Clone, Debug)]
struct Answer {
    to: Bookmark,
    pieces: std::ops::RangeInclusive<u64>,
    mark: Bookmark,
}

/// A session, its client, and what is between them.
struct World {
    kind: Kind,
    ledger: Ledger,
    newest: u64,
    forgotten: u64,
    /// The latest poll, and those before that wait in vain.
    waiting: Option<Bookmark>,
    superseded: VecDeque<Bookmark>,
    /// Answers that are neither written nor torn.
    unsettled: Vec<Answer>,
    /// Answers that were written, in this order.
    on_their_way: Vec<Answer>,
    /// Answers that were written before the first token came that an answer had renewed.
    early: u8,
    shown: bool,
    token: Bookmark,
    tokens: Vec<Bookmark>,
    received: u64,
}

fn pick(index: Index, from: usize) -> Option<usize> {
    (from > 0).then(|| index.index(from))
}

impl World {
    fn new(kind: Kind) -> Self {
        World {
            kind,
            ledger: Ledger::default(),
            newest: 0,
            forgotten: 0,
            waiting: None,
            superseded: VecDeque::new(),
            unsettled: Vec::new(),
            on_their_way: Vec::new(),
            early: 0,
            shown: false,
            token: Bookmark::default(),
            tokens: vec![Bookmark::default()],
            received: 0,
        }
    }

    fn play(&mut self, event: Event) {
        match event {
            Event::Piece => self.newest += 1,
            Event::Poll => self.poll(self.token),
            Event::Straggler(index) => {
                let token = self.tokens[index.index(self.tokens.len())];
                // Nobody could tell such a client from one that keeps its token.
                if self.kind == Kind::Keeps || token.answer > 0 || self.shown || self.early < ENOUGH
                {
                    self.poll(token);
                }
            }
            Event::Post(index) => {
                let token = self.tokens[index.index(self.tokens.len())];
                self.shown |= token.answer > 0;
                self.forgotten = self.ledger.post(token);
            }
            Event::Window(index) => {
                let ended = match pick(index, self.superseded.len() + 1) {
                    Some(at) if at < self.superseded.len() => self.superseded.remove(at),
                    _ => self.waiting.take(),
                };
                ended.into_iter().for_each(|to| self.answer_empty(to));
            }
            Event::Write(index) => {
                pick(index, self.unsettled.len())
                    .into_iter()
                    .for_each(|at| self.write(at));
            }
            Event::Tear(index) => {
                if let Some(at) = pick(index, self.unsettled.len()) {
                    let mark = self.unsettled.remove(at).mark;
                    self.ledger.settle(mark, false);
                }
            }
            Event::Arrive(index) => {
                if let Some(at) = pick(index, self.on_their_way.len()) {
                    self.arrive(at);
                }
            }
            Event::Lose(index) => {
                if let Some(at) = pick(index, self.on_their_way.len()) {
                    self.lose(at);
                }
            }
        }
        self.serve();
    }

    fn poll(&mut self, token: Bookmark) {
        self.shown |= token.answer > 0;
        self.forgotten = self.ledger.poll(token);
        self.superseded.extend(self.waiting.replace(token));
    }

    /// What the session does for the latest poll.
    fn serve(&mut self) {
        let Some(to) = self.waiting else { return };
        match self.ledger.reading() {
            Reading::After(after) => {
                assert!(after >= self.forgotten, "what is read is there");
                if self.newest > after {
                    let mark = self.ledger.answer(self.newest);
                    self.unsettled.push(Answer {
                        to,
                        pieces: after + 1..=self.newest,
                        mark,
                    });
                    self.waiting = None;
                }
            }
            Reading::Nothing => {
                self.answer_empty(to);
                self.waiting = None;
            }
            Reading::Later => assert!(!self.unsettled.is_empty(), "there is something to wait for"),
        }
    }

    #[expect(clippy::reversed_empty_ranges, reason = "it is empty")]
    fn answer_empty(&mut self, to: Bookmark) {
        let mark = self.ledger.empty_answer();
        self.unsettled.push(Answer {
            to,
            pieces: 1..=0,
            mark,
        });
    }

    fn write(&mut self, at: usize) {
        let answer = self.unsettled.remove(at);
        self.ledger.settle(answer.mark, true);
        self.on_their_way.push(answer);
        self.early = self.early.saturating_add(u8::from(!self.shown));
        // Nobody could tell a client that still has its first token then from one that keeps it.
        if self.kind == Kind::Renews && self.early == ENOUGH {
            self.arrive(self.on_their_way.len() - 1);
        }
    }

    fn arrive(&mut self, at: usize) {
        // One that keeps its token has no way to put answers in order.
        let at = if self.kind == Kind::Keeps { 0 } else { at };
        let Answer { to, pieces, mark } = self.on_their_way.remove(at);
        if self.kind == Kind::Renews {
            if to != self.token {
                return;
            }
            self.token = mark;
            self.tokens.push(mark);
        }
        for piece in pieces {
            assert_eq!(piece, self.received + 1, "in order, and once");
            self.received = piece;
        }
    }

    fn lose(&mut self, at: usize) {
        match self.kind {
            Kind::Renews => drop(self.on_their_way.remove(at)),
            // Nobody could know.
            Kind::Keeps => self.arrive(at),
        }
    }

    /// From now on, nothing goes wrong.
    fn finish(&mut self) {
        while !self.unsettled.is_empty() {
            self.write(0);
            self.serve();
        }
        while !self.on_their_way.is_empty() {
            self.arrive(0);
        }
        for _ in 0..=ENOUGH + 1 {
            if self.received < self.newest {
                self.play(Event::Poll);
            }
            while !self.unsettled.is_empty() {
                self.write(0);
                self.serve();
            }
            while !self.on_their_way.is_empty() {
                self.arrive(0);
            }
        }
        assert_eq!(self.received, self.newest, "nothing is lost");
    }
}

fn live(kind: Kind, events: Vec<Event>) {
    let mut world = World::new(kind);
    events.into_iter().for_each(|event| world.play(event));
    world.finish();
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn one_that_renews_its_token_gets_everything_once_and_in_order(events in events()) {
        live(Kind::Renews, events);
    }

    #[test]
    fn one_that_keeps_its_token_gets_everything_that_arrives_once_and_in_order(events in events()) {
        live(Kind::Keeps, events);
    }
}

const FIRST: Bookmark = Bookmark { upto: 0, answer: 0 };

fn written(ledger: &mut Ledger, upto: u64) -> Bookmark {
    let mark = ledger.answer(upto);
    ledger.settle(mark, true);
    mark
}

#[test]
fn a_first_token_that_comes_back_is_asked_twice_and_then_believed() {
    let mut ledger = Ledger::default();
    ledger.poll(FIRST);
    written(&mut ledger, 3);
    for _ in 1..ENOUGH {
        assert_eq!(
            (ledger.poll(FIRST), ledger.reading()),
            (0, Reading::Nothing)
        );
        let asked = ledger.empty_answer();
        assert_eq!(asked.upto, 0, "one that renews its token has nothing yet");
        ledger.settle(asked, true);
    }
    assert_eq!(
        (ledger.poll(FIRST), ledger.reading()),
        (3, Reading::After(3))
    );
}

#[test]
fn one_that_renews_its_token_after_a_lost_answer_gets_it_again() {
    let mut ledger = Ledger::default();
    ledger.poll(FIRST);
    written(&mut ledger, 3);
    ledger.poll(FIRST);
    let asked = ledger.empty_answer();
    assert_eq!(
        (ledger.poll(asked), ledger.reading()),
        (0, Reading::After(0))
    );
    let again = written(&mut ledger, 4);
    assert_eq!(
        (ledger.poll(again), ledger.reading()),
        (4, Reading::After(4))
    );
    assert_eq!(
        (ledger.poll(FIRST), ledger.reading()),
        (4, Reading::After(4)),
        "a straggler changes nothing"
    );
}

#[test]
fn what_was_torn_is_read_again_and_nothing_overtakes_it() {
    let mut ledger = Ledger::default();
    ledger.poll(FIRST);
    let torn = ledger.answer(2);
    ledger.poll(FIRST);
    assert_eq!(ledger.reading(), Reading::Later);
    ledger.settle(torn, false);
    assert_eq!(ledger.reading(), Reading::After(0));
}

#[test]
fn messages_acknowledge_too() {
    let mut ledger = Ledger::default();
    ledger.poll(FIRST);
    let mark = written(&mut ledger, 5);
    assert_eq!(ledger.post(FIRST), 0);
    assert_eq!(ledger.post(mark), 5);
}
