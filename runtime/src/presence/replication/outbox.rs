//! What has changed here, and was not told yet.

use super::super::{
    limits::{MAX_ENTRIES, MAX_RANGES},
    state::Delta,
};

/// The maximum number of changes that wait. Others see from the clock that they lack some.
const MOST: usize = 64 * 1024;

/// Changes of this replica, in order.
#[derive(Debug, Default)]
pub(super) struct Outbox(Vec<Delta>);

impl Outbox {
    pub(super) fn push(&mut self, delta: Delta) {
        if self.0.len() == MOST {
            self.0.clear();
        }
        self.0.push(delta);
    }

    /// All that waits, in parts of about so many bytes.
    pub(super) fn take(&mut self, most: usize) -> Vec<Delta> {
        let mut parts: Vec<Delta> = Vec::new();
        let mut room = (0, 0, 0);
        for delta in std::mem::take(&mut self.0) {
            let (bytes, entries, ranges) = delta.size();
            let fits = bytes <= room.0 && entries <= room.1 && ranges <= room.2;
            match parts.last_mut().filter(|_| fits) {
                Some(part) => part.append(delta),
                None => {
                    parts.push(delta);
                    room = (most, MAX_ENTRIES, MAX_RANGES);
                }
            }
            room.0 = room.0.saturating_sub(bytes);
            room.1 = room.1.saturating_sub(entries);
            room.2 = room.2.saturating_sub(ranges);
        }
        parts
    }
}
