//! Figures of an endpoint for its dashboard: what is counted between two looks.

use std::{
    cell::Cell,
    sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed},
    time::Duration,
};

use super::Timed;

/// Threads that count in different places. More of them share one.
const STRIPES: usize = 8;

/// Durations up to these many halvings of a microsecond's double are told apart by a quarter.
const OCTAVES: usize = 26;

/// Buckets of an octave.
const PARTS: usize = 4;

const BUCKETS: usize = OCTAVES * PARTS;

/// What is counted while an endpoint has a dashboard. All else pays for a load.
#[derive(Default)]
pub(crate) struct Figures {
    is_on: AtomicBool,
    stripes: [Stripe; STRIPES],
}

/// What one thread counts, in cache lines of its own.
#[repr(align(128))]
struct Stripe {
    came: Messages,
    sent: Messages,
    callbacks: [AtomicU64; BUCKETS],
}

#[derive(Default)]
struct Messages {
    number: AtomicU64,
    bytes: AtomicU64,
}

impl Default for Stripe {
    fn default() -> Self {
        Stripe {
            came: Messages::default(),
            sent: Messages::default(),
            callbacks: std::array::from_fn(|_| AtomicU64::new(0)),
        }
    }
}

/// What was counted since the last look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) messages_in: u64,
    pub(crate) bytes_in: u64,
    pub(crate) messages_out: u64,
    pub(crate) bytes_out: u64,
    /// Callbacks that returned.
    pub(crate) callbacks: u64,
    /// Half of them took no longer, to a quarter.
    pub(crate) half: Duration,
    /// 99 of 100 took no longer.
    pub(crate) most: Duration,
}

impl Figures {
    /// Counts from now on.
    pub(crate) fn turn_on(&self) {
        Timed::want();
        self.is_on.store(true, Relaxed);
    }

    pub(crate) fn is_on(&self) -> bool {
        self.is_on.load(Relaxed)
    }

    pub(crate) fn came(&self, bytes: usize) {
        if self.is_on() {
            self.stripe().came.add(bytes);
        }
    }

    pub(crate) fn sent(&self, bytes: usize) {
        if self.is_on() {
            self.stripe().sent.add(bytes);
        }
    }

    pub(crate) fn called(&self, timed: Timed) {
        if self.is_on() {
            let bucket = bucket(timed.elapsed());
            if let Some(bucket) = self.stripe().callbacks.get(bucket) {
                bucket.fetch_add(1, Relaxed);
            }
        }
    }

    /// Takes what was counted since the last look.
    pub(crate) fn take(&self) -> Counted {
        let (mut counted, mut callbacks) = (Counted::default(), [0; BUCKETS]);
        for stripe in &self.stripes {
            let (came, sent) = (stripe.came.take(), stripe.sent.take());
            counted.messages_in += came.0;
            counted.bytes_in += came.1;
            counted.messages_out += sent.0;
            counted.bytes_out += sent.1;
            for (sum, bucket) in callbacks.iter_mut().zip(&stripe.callbacks) {
                *sum += bucket.swap(0, Relaxed);
            }
        }
        counted.callbacks = callbacks.iter().sum();
        counted.half = quantile(&callbacks, counted.callbacks.div_ceil(2));
        counted.most = quantile(&callbacks, (counted.callbacks * 99).div_ceil(100));
        counted
    }

    fn stripe(&self) -> &Stripe {
        &self.stripes[stripe_of_thread()]
    }
}

impl Messages {
    fn add(&self, bytes: usize) {
        self.number.fetch_add(1, Relaxed);
        self.bytes.fetch_add(bytes as u64, Relaxed);
    }

    fn take(&self) -> (u64, u64) {
        (self.number.swap(0, Relaxed), self.bytes.swap(0, Relaxed))
    }
}

/// Always less than [`STRIPES`].
fn stripe_of_thread() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static OWN: Cell<usize> = Cell::new(NEXT.fetch_add(1, Relaxed) % STRIPES);
    }
    OWN.try_with(Cell::get).unwrap_or(0)
}

/// The bucket of a duration: its octave of microseconds, and the quarter in it.
fn bucket(took: Duration) -> usize {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    if micros < PARTS as u64 {
        return micros as usize;
    }
    let octave = micros.ilog2() as usize;
    let part = (micros >> (octave - 2)) as usize % PARTS;
    ((octave - 1) * PARTS + part).min(BUCKETS - 1)
}

/// What a bucket's durations are less than.
fn bound(bucket: usize) -> Duration {
    let (octave, part) = (bucket / PARTS, bucket % PARTS);
    let micros = match octave {
        0 => part as u64 + 1,
        octave => (PARTS as u64 + part as u64 + 1) << (octave - 1),
    };
    Duration::from_micros(micros)
}

/// The bound of the bucket that the callback of this rank is in.
fn quantile(callbacks: &[u64; BUCKETS], rank: u64) -> Duration {
    let mut seen = 0;
    let found = callbacks.iter().position(|count| {
        seen += count;
        rank > 0 && seen >= rank
    });
    found.map_or(Duration::ZERO, bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_duration_is_below_the_bound_of_its_bucket_and_not_far() {
        for micros in (0..5_000).chain([10_000, 123_456, 9_999_999]) {
            let took = Duration::from_micros(micros);
            let bound = bound(bucket(took));
            assert!(took < bound, "{took:?} {bound:?}");
            assert!(
                bound <= took.mul_f64(1.25) + Duration::from_micros(1),
                "{took:?} {bound:?}"
            );
        }
        assert_eq!(bucket(Duration::MAX), BUCKETS - 1);
    }

    #[test]
    fn what_was_counted_is_taken_once() {
        let figures = Figures::default();
        figures.came(1);
        assert_eq!(
            figures.take(),
            Counted::default(),
            "nothing is counted before it is on"
        );
        figures.turn_on();
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    (0..100).for_each(|_| figures.came(3));
                    figures.sent(5);
                    figures.called(Timed::begin());
                });
            }
        });
        let counted = figures.take();
        assert_eq!((counted.messages_in, counted.bytes_in), (400, 1200));
        assert_eq!(
            (counted.messages_out, counted.bytes_out, counted.callbacks),
            (4, 20, 4)
        );
        assert!(counted.half > Duration::ZERO && counted.half <= counted.most);
        assert_eq!(figures.take(), Counted::default());
    }
}
