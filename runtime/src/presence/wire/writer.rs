//! Writes numbers, texts and replicas.

use super::super::seen::Replica;

/// In groups of seven bits, the lowest first.
pub(super) fn number(out: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

pub(super) fn replica(out: &mut Vec<u8>, replica: Replica) {
    out.extend_from_slice(&replica.0.to_be_bytes());
}
