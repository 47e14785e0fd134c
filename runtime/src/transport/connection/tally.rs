//! How much waits for a client, and how much more may.
//!
//! A client that reads is never closed as slow because of what its own callbacks send. What they
//! send is not judged when they send it: the stream is tried first, and the next callback waits
//! until there is room again. Only a callback that goes on sending while more than the limit waits
//! has a bound, [`OVERDRAFT`] limits. Broadcasts are judged by themselves, against the limit, which
//! a large one of them raises.

/// So many limits a socket may send while more than one of them waits already.
const OVERDRAFT: usize = 16;

/// Nothing is counted: less than the limit waited when the turn began.
const FREE: u32 = u32::MAX;

/// How much waits for a client, as far as it bounds what may be sent.
#[derive(Debug)]
pub(in crate::transport) struct Tally {
    /// Bytes of broadcasts that wait.
    shared: usize,
    /// The largest broadcast since none waited.
    largest: u32,
    /// What the socket itself may still send in this turn.
    credit: u32,
}

impl Default for Tally {
    fn default() -> Self {
        Tally {
            shared: 0,
            largest: 0,
            credit: FREE,
        }
    }
}

impl Tally {
    /// A turn of the socket begins, and the stream has been tried: so much waits. What it sends
    /// before the next turn is not counted, unless more than the limit waits already.
    pub(in crate::transport) fn begin_turn(&mut self, waiting: usize, limit: usize) {
        self.credit = match waiting < limit {
            true => FREE,
            false => self.credit.min(clamp(limit.saturating_mul(OVERDRAFT))),
        };
    }

    /// Whether nothing that the socket sends in this turn is counted.
    pub(in crate::transport) fn is_free(&self) -> bool {
        self.credit == FREE
    }

    /// Whether the socket may send so many bytes. The last message may be larger than what is left.
    pub(in crate::transport) fn spend(&mut self, bytes: usize) -> bool {
        if self.credit == FREE {
            return true;
        }
        let any = self.credit > 0;
        self.credit = self.credit.saturating_sub(clamp(bytes));
        any
    }

    /// Whether a broadcast of so many bytes may wait too. One larger than half of the limit leaves
    /// the other half to the rest: a large message waits without ending what comes before or behind
    /// it.
    pub(in crate::transport) fn admits(&self, bytes: usize, limit: usize) -> bool {
        let largest = bytes.max(self.largest as usize);
        self.shared.saturating_add(bytes) <= limit.max((limit / 2).saturating_add(largest))
    }

    /// A broadcast waits.
    pub(in crate::transport) fn add(&mut self, bytes: usize) {
        self.shared += bytes;
        self.largest = self.largest.max(clamp(bytes));
    }

    /// So many bytes of broadcasts wait no more.
    pub(in crate::transport) fn remove(&mut self, bytes: usize) {
        self.shared -= bytes;
        if self.shared == 0 {
            self.largest = 0;
        }
    }
}

fn clamp(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(FREE).min(FREE - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_in_a_turn_that_began_with_room_is_free() {
        let mut tally = Tally::default();
        tally.begin_turn(999, 1_000);
        assert!((0..1_000).all(|_| tally.spend(1_000_000)));
    }

    #[test]
    fn what_is_sent_while_too_much_waits_is_bounded_over_all_turns() {
        let mut tally = Tally::default();
        let mut sent = 0;
        loop {
            tally.begin_turn(1_000, 1_000);
            if !tally.spend(100) {
                break;
            }
            sent += 100;
        }
        assert_eq!(sent, 1_000 * OVERDRAFT);
        tally.begin_turn(999, 1_000);
        assert!(tally.spend(1), "there is room again");
    }

    #[test]
    fn a_large_broadcast_leaves_half_of_the_limit_to_others() {
        let mut tally = Tally::default();
        (0..2).for_each(|_| tally.add(400));
        assert!(tally.admits(200, 1_000) && !tally.admits(201, 1_000));
        tally.remove(300);
        assert!(tally.admits(5_000, 1_000));
        tally.add(5_000);
        assert!(!tally.admits(1, 1_000) && !tally.admits(5_000, 1_000));
        // As it is written, what had room does not lose it.
        tally.remove(5_000);
        assert!(tally.admits(5_000, 1_000));
        tally.remove(500);
        (0..2).for_each(|_| tally.add(400));
        assert!(
            tally.admits(200, 1_000) && !tally.admits(201, 1_000),
            "the large one is long gone"
        );
        assert!(tally.admits(usize::MAX, usize::MAX));
    }

    #[test]
    fn what_does_not_fit_into_the_counters_is_bounded_all_the_same() {
        let mut tally = Tally::default();
        tally.begin_turn(usize::MAX, usize::MAX);
        assert!(tally.spend(usize::MAX) && !tally.spend(1));
    }
}
