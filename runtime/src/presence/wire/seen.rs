//! The numbers of one replica that were seen, as ranges.

use super::{
    super::{
        limits::MAX_RANGES,
        seen::{Dot, Replica, Seen},
    },
    reader::{MAX_COUNTER, Reader, Unreadable},
    writer,
};

/// What was seen of a replica: each range by its distance from the one before, and its length.
pub(super) fn write(out: &mut Vec<u8>, seen: &Seen, replica: Replica) {
    let ranges = || seen.ranges_of(replica).take(MAX_RANGES);
    writer::number(out, ranges().count() as u64);
    let mut end = 0;
    for (first, last) in ranges() {
        writer::number(out, first.counter - end - 1);
        writer::number(out, last - first.counter);
        end = last;
    }
}

pub(super) fn read(bytes: &mut Reader<'_>, replica: Replica) -> Result<Seen, Unreadable> {
    let mut seen = Seen::new();
    let mut end = 0;
    for nth in 0..bytes.count(MAX_RANGES)? {
        let distance = bytes.number()?;
        if distance == 0 && nth > 0 {
            return Err(Unreadable::Malformed); // It would touch the range before.
        }
        let first = counter(end, distance)?;
        let last = counter(first - 1, bytes.number()?)?;
        seen.insert_range(Dot::new(replica, first), last);
        end = last;
    }
    Ok(seen)
}

/// The number that stands so far behind the one after `end`.
pub(super) fn counter(end: u64, distance: u64) -> Result<u64, Unreadable> {
    let counter = end
        .checked_add(1)
        .and_then(|next| next.checked_add(distance));
    counter
        .filter(|counter| *counter <= MAX_COUNTER)
        .ok_or(Unreadable::Malformed)
}
