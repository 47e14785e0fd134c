//! Inflating: never past the limit by more than a step, the same as a plain inflater finds, and
//! what was deflated comes back.

use landfall::fuzzing;
use landfall_tests::wire::Inflater;

use crate::input::Input;

/// How far past the limit memory may be taken.
const STEP: usize = 64 * 1024;

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    let flags = input.byte();
    let limit = usize::from(input.byte()) << (flags >> 4);
    match flags & 1 {
        0 => hostile(input.short(), input.0, limit),
        _ => round_trip(input.0, 8 + (flags >> 1 & 7)),
    }
}

fn hostile(before: &[u8], data: &[u8], limit: usize) {
    let before = (!before.is_empty()).then_some(before);
    let (out, whole) = fuzzing::inflate(before, data, limit);
    assert!(
        out.capacity() <= limit + STEP,
        "{} bytes for a limit of {limit}",
        out.capacity()
    );
    assert!(!whole || out.len() <= limit);
    // A plain inflater stops where a stream ends; ours begins the next one.
    let mut plain = Inflater::new(true);
    if before.is_none()
        && let Some(plain) = plain.inflate(data)
    {
        if whole {
            assert!(out.starts_with(&plain));
        } else {
            let common = out.len().min(plain.len());
            assert_eq!(out[..common], plain[..common]);
        }
    }
}

fn round_trip(payload: &[u8], bits: u8) {
    let Some(data) = fuzzing::deflate(payload, bits) else {
        assert!(bits == 8 && payload.len() > 256);
        return;
    };
    assert_eq!(
        fuzzing::inflate(None, &data, payload.len()),
        (payload.to_vec(), true)
    );
    if let Some(less) = payload.len().checked_sub(1) {
        assert!(!fuzzing::inflate(None, &data, less).1);
    }
}
