//! Buffers for data that comes in pieces: its length is not known, but bounded.

/// The smallest capacity to reserve.
const LEAST: usize = 64;

/// Appends bytes to a buffer that will have at most `limit` bytes.
pub(super) fn append(buffer: &mut Vec<u8>, bytes: &[u8], limit: usize) {
    make_room(buffer, bytes.len(), limit);
    buffer.extend_from_slice(bytes);
}

/// Reserves room for `more` bytes in a buffer that will have at most `limit` bytes.
///
/// The capacity is the limit divided by a power of two: less than twice what is needed, and never
/// more than the limit. The last step moves at most half of the limit.
pub(super) fn make_room(buffer: &mut Vec<u8>, more: usize, limit: usize) {
    let needed = buffer.len() + more;
    if needed > buffer.capacity() {
        buffer.reserve_exact(room(needed, limit) - buffer.len());
    }
}

fn room(needed: usize, limit: usize) -> usize {
    let least = needed.max(LEAST);
    if least >= limit {
        needed
    } else {
        limit >> (limit / least).ilog2()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn room_is_made_by_halves_of_the_limit() {
        for (needed, made) in [
            (1, 66),
            (66, 66),
            (67, 133),
            (133, 133),
            (134, 266),
            (500, 533),
            (1066, 1066),
        ] {
            assert_eq!(room(needed, 1066), made, "{needed}");
        }
    }

    proptest! {
        #[test]
        fn room_is_enough_and_never_much(parts in proptest::collection::vec(0usize..2_000, 0..50), limit in 0usize..50_000) {
            let mut buffer = Vec::new();
            for part in parts {
                let part = part.min(limit - buffer.len());
                append(&mut buffer, &vec![7; part], limit);
                prop_assert!(buffer.capacity() <= limit);
                prop_assert!(buffer.capacity() <= 2 * buffer.len().max(LEAST));
            }
        }
    }
}
