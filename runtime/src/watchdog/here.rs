//! This thread's slot, as its tasks write it.

use std::{
    cell::{Cell, OnceCell, RefCell},
    sync::{Arc, Weak, atomic::Ordering::Relaxed},
};

use super::{callback::Callback, dog::Dog, slot::Slot};

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

impl Here {
    fn new() -> Self {
        Here {
            slot: Arc::default(),
            known: Cell::new(0),
            all: RefCell::default(),
        }
    }

    #[cold]
    fn make_known(&self, dog: &Arc<Dog>) {
        let mut all = self.all.borrow_mut();
        all.retain(|dog| dog.strong_count() > 0);
        if !all.iter().any(|known| known.as_ptr() == Arc::as_ptr(dog)) {
            all.push(Arc::downgrade(dog));
            dog.add(self.slot.clone());
        }
        self.known.set(dog.id);
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
        let sample = slot.sample();
        let has_topic = sample.callback().is_some_and(Callback::has_topic);
        Outer {
            slot,
            whose: sample.whose,
            callback: sample.callback_number(),
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

/// Polls a task that may run callbacks of a socket: `whose` is as in [`Slot`]. This may be called
/// inside another task's callback.
pub(super) fn turn<T>(dog: &Arc<Dog>, whose: u64, poll: impl FnOnce() -> T) -> T {
    HERE.with(|here| {
        let here = here.get_or_init(Here::new);
        let slot = &*here.slot;
        if here.known.get() != dog.id {
            here.make_known(dog);
        }
        let turn = slot.turn.load(Relaxed);
        if turn & 1 == 1 {
            let _outer = Outer::of(slot);
            slot.whose.store(whose, Relaxed);
            slot.set_step(0);
            return poll();
        }
        slot.whose.store(whose, Relaxed);
        slot.set_step(0);
        slot.turn.store(turn.wrapping_add(1), Relaxed);
        let _leave = Leave(slot);
        if dog.is_asleep() {
            dog.rouse();
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
