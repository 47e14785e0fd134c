//! How replicas keep each other informed: what to say to whom, and when. It does no I/O, and time
//! is told to it.
//!
//! - A replica speaks only of its own presences, so that nobody can pass on what has gone
//!   meanwhile. It counts its changes: each addition, and each removal, has a number.
//! - It tells all others what changes, and every 1.5 seconds how far it has counted. One who lacks
//!   a number asks it, with what it has seen, and gets what is missing in pieces: each is asked for
//!   when the one before has come. A newcomer has seen nothing, and so gets all.
//! - One who was not heard for 30 seconds is down, and what it tracks is not shown. When it is
//!   heard again, it is shown again as soon as nothing is missing. After 20 minutes it is
//!   forgotten. One who says that it has gone is forgotten at once.

// | file | what |
// | --- | --- |
// | `peer` | what is known of another replica |
// | `outbox` | what has changed here, and was not told yet |

mod outbox;
mod peer;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use self::{outbox::Outbox, peer::Peer};
use super::{
    diff::Diff,
    periods::Periods,
    seen::{Replica, Seen},
    state::{Delta, State},
    wire::{Message, Place},
};

/// How long an answer is awaited before it is asked for again.
const PATIENCE: Duration = Duration::from_secs(5);
/// The maximum number of replicas that are asked at the same time.
const ASKED: usize = 8;
/// The maximum number of other replicas.
const MOST: usize = 4096;
/// The maximum number of gaps in what is known of a replica: with more, changes are left to the
/// next transfer.
const GAPS: usize = 256;
/// Ranges in a question. What is known beyond them is sent again.
const RANGES: usize = 1024;
/// Bytes of a message, about.
pub(super) const PIECE: usize = 64 * 1024;

/// Whom a message is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum To {
    All,
    Node(Arc<str>),
}

/// What follows from an event.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// What it changed in the lists of this node.
    pub(super) diff: Diff,
    /// What is to be sent.
    pub(super) messages: Vec<(To, Message)>,
}

impl Outcome {
    fn say(&mut self, to: To, message: Message) {
        self.messages.push((to, message));
    }
}

/// What a replica knows of the others, and what it has to tell them.
#[derive(Debug)]
pub(super) struct Replication {
    peers: BTreeMap<Replica, Peer>,
    /// Replicas that have stopped, and when: what was on its way then is not for long.
    gone: Vec<(Replica, Duration)>,
    outbox: Outbox,
    /// When it says again that it is there.
    next_beat: Duration,
    /// Bytes of a message, about.
    piece: usize,
    periods: Periods,
}

impl Replication {
    /// Messages have about so many bytes.
    pub(super) fn new(piece: usize, periods: Periods) -> Self {
        Replication {
            peers: BTreeMap::new(),
            gone: Vec::new(),
            outbox: Outbox::default(),
            next_beat: Duration::ZERO,
            piece,
            periods: periods.in_order(),
        }
    }

    /// Something has changed here. It is told with the next [`tick`](Self::tick).
    pub(super) fn changed(&mut self, delta: Delta) {
        self.outbox.push(delta);
    }

    /// Time has passed, or something has changed. It is to be called once a second at least.
    pub(super) fn tick(&mut self, state: &mut State, now: Duration) -> Outcome {
        let mut outcome = Outcome::default();
        for delta in self.outbox.take(self.piece) {
            outcome.say(To::All, Message::Changes(delta));
        }
        if now >= self.next_beat {
            self.next_beat = now + self.periods.beat;
            outcome.say(To::All, beat(state));
        }
        let Periods {
            down: down_period,
            forgotten,
            ..
        } = self.periods;
        self.gone.retain(|(_, since)| now < *since + forgotten);
        self.peers.retain(|replica, peer| {
            let silence = now.saturating_sub(peer.heard);
            if silence >= forgotten {
                outcome.diff.absorb(state.forget(*replica));
                return false;
            }
            if silence > down_period {
                down(state, *replica, peer, &mut outcome);
            }
            if now >= peer.asked + PATIENCE {
                peer.waiting = false;
            }
            true
        });
        self.ask(state, now, &mut outcome);
        outcome
    }

    /// A replica on a node has said something.
    pub(super) fn hear(
        &mut self,
        state: &mut State,
        now: Duration,
        (node, from): (&Arc<str>, Replica),
        message: Message,
    ) -> Outcome {
        let mut outcome = Outcome::default();
        let has_gone = self.gone.iter().any(|(gone, _)| *gone == from);
        if from == state.replica() || has_gone {
            return outcome;
        }
        if message == Message::Gone {
            self.peers.remove(&from);
            if self.gone.len() < MOST {
                self.gone.push((from, now));
            }
            outcome.diff = state.forget(from);
            return outcome;
        }
        if !self.peers.contains_key(&from) {
            if self.peers.len() == MOST {
                return outcome;
            }
            // A node that was started again has another replica: the one before is no more.
            self.down_where(state, &mut outcome, |peer| peer.node == *node);
            self.peers.insert(from, Peer::new(node.clone(), now));
            outcome.say(To::Node(node.clone()), beat(state));
        }
        let Some(peer) = self.peers.get_mut(&from) else {
            return outcome;
        };
        peer.heard = now;
        peer.node.clone_from(node);
        let mut transferred = false;
        match message {
            Message::Beat { clock } => peer.clock = peer.clock.max(clock),
            Message::Changes(delta) => {
                peer.clock = peer.clock.max(delta.known.last(from));
                if state.seen().ranges_of(from).count() <= GAPS {
                    outcome.diff.absorb(state.merge(&delta));
                }
            }
            Message::Piece { place, next, delta } => {
                outcome.diff.absorb(state.merge(&delta));
                transferred = peer.answered(place, next);
            }
            Message::Ask { of, place, since } => {
                if of == state.replica() {
                    outcome.say(
                        To::Node(node.clone()),
                        answer(state, place, &since, self.piece),
                    );
                }
            }
            Message::Gone => {}
        }
        if state.seen().reaches(from, peer.clock) {
            peer.complete();
            transferred = true;
        }
        if transferred && !peer.up {
            peer.up = true;
            outcome.diff.absorb(state.up(from));
        }
        self.ask(state, now, &mut outcome);
        outcome
    }

    /// A node cannot be reached, or has stopped. If it was started again meanwhile, its new replica
    /// may have been heard by now, and stays.
    pub(super) fn node_down(&mut self, state: &mut State, now: Duration, node: &str) -> Outcome {
        let mut outcome = Outcome::default();
        let beat = self.periods.beat;
        let known = |peer: &Peer| now.saturating_sub(peer.since) >= beat;
        self.down_where(state, &mut outcome, |peer| {
            *peer.node == *node && known(peer)
        });
        outcome
    }

    /// Some replicas are down.
    fn down_where(
        &mut self,
        state: &mut State,
        outcome: &mut Outcome,
        which: impl Fn(&Peer) -> bool,
    ) {
        for (replica, peer) in &mut self.peers {
            if which(peer) {
                down(state, *replica, peer, outcome);
            }
        }
    }

    /// Asks for what is missing: those first who were not asked for the longest time.
    fn ask(&mut self, state: &State, now: Duration, outcome: &mut Outcome) {
        let asked = self.peers.values().filter(|peer| peer.waiting).count();
        let down = self.periods.down;
        let lacking = |replica: &Replica, peer: &Peer| {
            let heard = now.saturating_sub(peer.heard) <= down;
            heard && !peer.waiting && !state.seen().reaches(*replica, peer.clock)
        };
        let most = ASKED.saturating_sub(asked);
        let mut next: Vec<(&Replica, &mut Peer)> = Vec::new();
        for (replica, peer) in &mut self.peers {
            if !lacking(replica, peer) {
                continue;
            }
            let place = next.partition_point(|(_, other)| other.asked <= peer.asked);
            next.insert(place, (replica, peer));
            next.truncate(most);
        }
        for (replica, peer) in next {
            let place = peer.ask(now);
            let ask = Message::Ask {
                of: *replica,
                place,
                since: state.seen().part(*replica, place.from, RANGES),
            };
            outcome.say(To::Node(peer.node.clone()), ask);
        }
    }
}

fn beat(state: &State) -> Message {
    Message::Beat {
        clock: state.seen().last(state.replica()),
    }
}

fn answer(state: &State, place: Place, since: &Seen, bytes: usize) -> Message {
    let clock = state.seen().last(state.replica());
    let until = match place.until {
        0 => clock,
        until => until.min(clock),
    };
    let (delta, next) = state.piece(since, (place.from.max(1), until), bytes);
    let place = Place { until, ..place };
    Message::Piece { place, next, delta }
}

fn down(state: &mut State, replica: Replica, peer: &mut Peer, outcome: &mut Outcome) {
    if peer.up {
        (peer.up, peer.waiting) = (false, false);
        outcome.diff.absorb(state.down(replica));
    }
}
