//! What our own fuzzing reaches of what nodes tell each other.

use bytes::Bytes;

use super::remote::{read, write};

/// The bytes of what these bytes mean to a node; `None` if it skips them.
pub fn rewrite_letter(bytes: &[u8]) -> Option<Vec<u8>> {
    let (origin, letter) = read(Bytes::copy_from_slice(bytes)).ok()?;
    Some(write(origin, &letter).into())
}
