//! Topics on which the node has published something that the server may not have taken yet.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The maximum number of topics that are kept one by one.
const MOST: usize = 10_000;

/// Topics on which the node has published something that the server may not have taken yet: it
/// answers nothing, and what stands in its connection is lost with it. Past 10,000 it is all
/// topics.
#[derive(Debug, Default)]
pub(super) struct Sent(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// How many connections were lost.
    losses: u64,
    /// Since the server was last asked.
    new: Topics,
    /// Before that.
    asked: Option<Topics>,
}

#[derive(Debug, Default)]
struct Topics {
    all: bool,
    some: HashSet<Arc<str>>,
}

impl Sent {
    /// How many connections were lost.
    pub(super) fn losses(&self) -> u64 {
        self.lock().losses
    }

    /// Notes what has been written to a connection. False if it is lost already: then more than
    /// `losses` were.
    pub(super) fn note<'a>(&self, losses: u64, topics: impl Iterator<Item = &'a Arc<str>>) -> bool {
        let mut state = self.lock();
        if state.losses != losses {
            return false;
        }
        for topic in topics {
            state.new.note(topic);
        }
        true
    }

    /// Whether the server has to be asked. Then what was noted waits for the answer.
    pub(super) fn ask(&self) -> bool {
        let mut state = self.lock();
        if state.asked.is_some() || state.new.is_empty() {
            return false;
        }
        state.asked = Some(std::mem::take(&mut state.new));
        true
    }

    /// The server has answered.
    pub(super) fn answered(&self) {
        self.lock().asked = None;
    }

    /// The connection is lost, and with it what was not answered: on these topics, or `None` for
    /// any.
    pub(super) fn lost(&self) -> Option<Vec<Arc<str>>> {
        let mut state = self.lock();
        state.losses += 1;
        let (new, asked) = (std::mem::take(&mut state.new), state.asked.take());
        let asked = asked.unwrap_or_default();
        if new.all || asked.all {
            return None;
        }
        let mut topics = new.some;
        topics.extend(asked.some);
        Some(topics.into_iter().collect())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Topics {
    fn note(&mut self, topic: &Arc<str>) {
        if self.all || self.some.contains(topic) {
            return;
        }
        if self.some.len() >= MOST {
            *self = Topics {
                all: true,
                some: HashSet::new(),
            };
        } else {
            self.some.insert(topic.clone());
        }
    }

    fn is_empty(&self) -> bool {
        !self.all && self.some.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn note(sent: &Sent, topic: &str) -> bool {
        sent.note(sent.losses(), [Arc::from(topic)].iter())
    }

    #[test]
    fn what_was_answered_is_not_lost() {
        let sent = Sent::default();
        assert!(!sent.ask(), "nothing was published");
        assert!(note(&sent, "a") && sent.ask());
        assert!(note(&sent, "b"));
        assert!(!sent.ask(), "one question at a time");
        sent.answered();
        assert_eq!(sent.lost(), Some(vec!["b".into()]));
        assert_eq!(sent.lost(), Some(vec![]));
        assert!(note(&sent, "c") && sent.ask());
        assert_eq!(sent.lost(), Some(vec!["c".into()]));
    }

    #[test]
    fn what_is_lost_before_it_is_noted_is_known() {
        let sent = Sent::default();
        let losses = sent.losses();
        sent.lost();
        assert!(!sent.note(losses, [Arc::from("a")].iter()));
        assert_eq!(sent.lost(), Some(vec![]));
    }

    #[test]
    fn many_topics_are_all_topics() {
        let sent = Sent::default();
        for n in 0..=MOST {
            note(&sent, &n.to_string());
        }
        assert!(sent.ask());
        assert_eq!(sent.lost(), None);
    }
}
