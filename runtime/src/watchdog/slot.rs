//! What one thread runs of the application's code: written by that thread, read by watchdogs,
//! without a lock.

use std::{
    cell::{Cell, OnceCell, RefCell},
    sync::{
        Arc, Weak,
        atomic::{
            AtomicU64, AtomicUsize,
            Ordering::{self, Relaxed},
        },
    },
};

use super::{Callback, Dog, Watched};

/// Bytes of a topic that are kept for the log.
const TOPIC: usize = 256;
const WORD: usize = size_of::<u64>();

thread_local! {
    static HERE: OnceCell<Here> = const { OnceCell::new() };
}

/// A thread, as itself knows it.
struct Here {
    slot: Arc<Slot>,
    /// The watchdog that knew the slot last.
    known: Cell<u32>,
    /// All that know it.
    all: RefCell<Vec<Weak<Dog>>>,
}

/// What a thread does. Nothing else is published by it, so that any order of the stores will do: a
/// watchdog believes what has not changed for a period.
#[derive(Default)]
pub(super) struct Slot {
    /// Odd while a task of ours is polled that may run callbacks.
    turn: AtomicU64,
    /// The id of the watchdog whose task it is, and below it the number of the socket.
    whose: AtomicU64,
    /// A number that changes with each callback, and below it which callback.
    step: AtomicU64,
    length: AtomicUsize,
    topic: [AtomicU64; TOPIC / WORD],
}

/// What a watchdog sees of a thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sample {
    turn: u64,
    whose: u64,
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

    pub(super) fn callback(self) -> Option<Callback> {
        Callback::ALL
            .get((self.step & BELOW) as usize)
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

    fn set_topic(&self, topic: &[u8]) {
        let topic = &topic[..topic.len().min(TOPIC)];
        for (word, bytes) in self.topic.iter().zip(topic.chunks(WORD)) {
            let mut whole = [0; WORD];
            whole[..bytes.len()].copy_from_slice(bytes);
            word.store(u64::from_ne_bytes(whole), Relaxed);
        }
        self.length.store(topic.len(), Relaxed);
    }

    fn set_step(&self, callback: u64) {
        let last = self.step.load(Relaxed);
        self.step
            .store((last | BELOW).wrapping_add(1) | callback, Relaxed);
    }
}

impl Here {
    fn new() -> Self {
        Here {
            slot: Arc::default(),
            known: Cell::new(0),
            all: RefCell::default(),
        }
    }

    #[cold]
    fn make_known(&self, watched: &Watched) {
        let mut all = self.all.borrow_mut();
        all.retain(|dog| dog.strong_count() > 0);
        if !all
            .iter()
            .any(|dog| dog.as_ptr() == Arc::as_ptr(&watched.dog))
        {
            all.push(Arc::downgrade(&watched.dog));
            watched.dog.add(self.slot.clone());
        }
        self.known.set(watched.dog.id);
    }
}

/// Records that the poll has ended, by return or panic.
struct Leave<'a>(&'a Slot);

impl Drop for Leave<'_> {
    fn drop(&mut self) {
        let turn = self.0.turn.load(Relaxed);
        self.0.turn.store(turn.wrapping_add(1), Relaxed);
    }
}

/// What went on when a task was polled inside a callback, to be gone on with.
struct Outer<'a> {
    slot: &'a Slot,
    whose: u64,
    callback: u64,
    topic: Option<Vec<u8>>,
}

impl<'a> Outer<'a> {
    fn of(slot: &'a Slot) -> Self {
        let Sample { whose, step, .. } = slot.sample();
        let has_topic = slot.sample().callback().is_some_and(Callback::has_topic);
        Outer {
            slot,
            whose,
            callback: step & BELOW,
            topic: has_topic.then(|| slot.topic()),
        }
    }
}

impl Drop for Outer<'_> {
    fn drop(&mut self) {
        if let Some(topic) = &self.topic {
            self.slot.set_topic(topic);
        }
        self.slot.whose.store(self.whose, Relaxed);
        self.slot.set_step(self.callback);
    }
}

/// Polls a task that may run callbacks. This may be called inside another task's callback.
pub(super) fn turn<T>(watched: &Watched, poll: impl FnOnce() -> T) -> T {
    HERE.with(|here| {
        let here = here.get_or_init(Here::new);
        let slot = &*here.slot;
        if here.known.get() != watched.dog.id {
            here.make_known(watched);
        }
        let turn = slot.turn.load(Relaxed);
        if turn & 1 == 1 {
            let _outer = Outer::of(slot);
            slot.whose.store(watched.whose, Relaxed);
            slot.set_step(0);
            return poll();
        }
        slot.whose.store(watched.whose, Relaxed);
        slot.set_step(0);
        slot.turn.store(turn.wrapping_add(1), Relaxed);
        let _leave = Leave(slot);
        if watched.dog.is_asleep() {
            watched.dog.rouse();
        }
        poll()
    })
}

/// Records that a callback runs from now on.
pub(super) fn step(callback: Callback) {
    HERE.with(|here| {
        if let Some(here) = here.get() {
            here.slot.set_step(callback as u64);
        }
    });
}

/// Records that the callbacks that run from now on belong to the channel of this topic.
pub(super) fn topic(topic: &str) {
    HERE.with(|here| {
        if let Some(here) = here.get() {
            here.slot.set_topic(topic.as_bytes());
        }
    });
}

/// This thread's.
#[cfg(test)]
pub(super) fn here() -> Arc<Slot> {
    HERE.with(|here| here.get_or_init(Here::new).slot.clone())
}
