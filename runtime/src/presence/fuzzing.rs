//! What our own fuzzing reaches of what nodes tell each other.

use std::time::Duration;

use super::{
    periods::Periods,
    replication::{PIECE, Replication},
    seen::Replica,
    state::State,
    wire,
};

/// The bytes of what these bytes mean to a presence; `None` if they are refused.
pub fn rewrite(bytes: &[u8]) -> Option<Vec<u8>> {
    let (name, from, message) = wire::read(bytes).ok()?;
    Some(wire::write(name, from, &message))
}

/// A presence that hears anything.
#[derive(Debug)]
pub struct Listener {
    state: State,
    replication: Replication,
    now: Duration,
}

impl Listener {
    /// One that has heard nothing.
    #[allow(clippy::new_without_default, reason = "nobody else should use it")]
    pub fn new() -> Self {
        Listener {
            state: State::new(Replica::new()),
            replication: Replication::new(PIECE, Periods::default()),
            now: Duration::ZERO,
        }
    }

    /// Hears a message, some time after the last. The bytes of each answer.
    pub fn hear(&mut self, bytes: &[u8], after: Duration) -> Vec<Vec<u8>> {
        self.now += after;
        let Listener {
            state,
            replication,
            now,
        } = self;
        let mut outcome = replication.tick(state, *now);
        if let Ok((_, from, message)) = wire::read(bytes) {
            let node = "node".into();
            let heard = replication.hear(state, *now, (&node, from), message);
            outcome.messages.extend(heard.messages);
        }
        let replica = state.replica();
        let messages = outcome.messages.iter();
        messages
            .map(|(_, message)| wire::write("presence", replica, message))
            .collect()
    }
}
