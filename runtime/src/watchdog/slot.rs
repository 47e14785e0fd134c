//! What one thread runs of the application's code: written by that thread, read by watchdogs,
//! without a lock.

use std::sync::atomic::{
    AtomicU64, AtomicUsize,
    Ordering::{self, Relaxed},
};

use super::callback::Callback;

/// Bytes of a topic that are kept for the log.
const TOPIC: usize = 256;
const WORD: usize = size_of::<u64>();

/// What a thread does. Nothing else is published by it, so that any order of the stores will do: a
/// watchdog believes what has not changed for a period.
#[derive(Default)]
pub(super) struct Slot {
    /// Odd while a task of ours is polled that may run callbacks.
    pub(super) turn: AtomicU64,
    /// The id of the watchdog whose task it is, and below it the number of the socket.
    pub(super) whose: AtomicU64,
    /// A number that changes with each callback, and below it which callback.
    step: AtomicU64,
    length: AtomicUsize,
    topic: [AtomicU64; TOPIC / WORD],
}

/// What a watchdog sees of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    turn: u64,
    pub(super) whose: u64,
    step: u64,
}

impl Sample {
    /// True while a task is being polled.
    pub(super) fn is_inside(self) -> bool {
        self.turn & 1 == 1
    }

    /// Whose the task is, or the last one was.
    pub(super) fn dog(self) -> u32 {
        (self.whose >> 32) as u32
    }

    /// The number of its socket.
    pub(super) fn socket(self) -> usize {
        self.whose as u32 as usize
    }

    pub(super) fn is_same_turn(self, other: Sample) -> bool {
        self.turn == other.turn
    }

    /// 0 if none has run.
    pub(super) fn callback_number(self) -> u64 {
        self.step & BELOW
    }

    pub(super) fn callback(self) -> Option<Callback> {
        Callback::ALL
            .get(self.callback_number() as usize)
            .copied()
            .flatten()
    }
}

/// The part of `step` that says which callback.
const BELOW: u64 = 0xff;

impl Slot {
    pub(super) fn sample(&self) -> Sample {
        let load = |of: &AtomicU64| of.load(Ordering::Acquire);
        Sample {
            turn: load(&self.turn),
            whose: load(&self.whose),
            step: load(&self.step),
        }
    }

    /// The topic of the channel whose callback runs.
    pub(super) fn topic(&self) -> Vec<u8> {
        let length = self.length.load(Relaxed).min(TOPIC);
        let words = self
            .topic
            .iter()
            .flat_map(|word| word.load(Relaxed).to_ne_bytes());
        words.take(length).collect()
    }

    pub(super) fn set_topic(&self, topic: &[u8]) {
        let topic = &topic[..topic.len().min(TOPIC)];
        for (word, bytes) in self.topic.iter().zip(topic.chunks(WORD)) {
            let mut whole = [0; WORD];
            whole[..bytes.len()].copy_from_slice(bytes);
            word.store(u64::from_ne_bytes(whole), Relaxed);
        }
        self.length.store(topic.len(), Relaxed);
    }

    pub(super) fn set_step(&self, callback: u64) {
        let last = self.step.load(Relaxed);
        self.step
            .store((last | BELOW).wrapping_add(1) | callback, Relaxed);
    }
}
