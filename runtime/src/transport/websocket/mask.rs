//! The mask of a client's frames (RFC 6455 §5.3).

/// Payloads from this size on are unmasked as they are copied.
const LONG: usize = 512;

/// The mask of eight bytes.
fn wide([a, b, c, d]: [u8; 4]) -> u64 {
    u64::from_ne_bytes([a, b, c, d, a, b, c, d])
}

/// Unmasks bytes in place.
#[inline(always)]
pub(super) fn unmask(bytes: &mut [u8], mask: [u8; 4]) {
    let narrow = u32::from_ne_bytes(mask);
    let (large, rest) = bytes.as_chunks_mut::<64>();
    for block in large {
        unmask_words(block.as_chunks_mut().0, narrow);
    }
    let (blocks, rest) = rest.as_chunks_mut::<16>();
    for block in blocks {
        unmask_words(block.as_chunks_mut().0, narrow);
    }
    let (words, rest) = rest.as_chunks_mut::<4>();
    for word in words {
        *word = (u32::from_ne_bytes(*word) ^ narrow).to_ne_bytes();
    }
    for (byte, key) in rest.iter_mut().zip(mask) {
        *byte ^= key;
    }
}

/// Blocks have a known number of words, so that the compiler takes several at a time.
#[inline]
fn unmask_words(words: &mut [[u8; 4]], mask: u32) {
    for word in words {
        *word = (u32::from_ne_bytes(*word) ^ mask).to_ne_bytes();
    }
}

/// The bytes without their mask, in memory of their own.
#[inline]
pub(super) fn unmasked(payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    if payload.len() >= LONG {
        return unmasked_in_one_pass(payload, mask);
    }
    let mut plain = payload.to_vec();
    unmask(&mut plain, mask);
    plain
}

/// `Bytes` keeps unused capacity in a record of its own: this is for payloads where copying costs
/// more.
fn unmasked_in_one_pass(payload: &[u8], mask: [u8; 4]) -> Vec<u8> {
    let wide = wide(mask);
    let (words, rest) = payload.as_chunks::<8>();
    let mut plain = Vec::with_capacity(payload.len().div_ceil(8));
    plain.extend(
        words
            .iter()
            .map(|word| (u64::from_ne_bytes(*word) ^ wide).to_ne_bytes()),
    );
    let mut plain = plain.into_flattened();
    plain.extend(rest.iter().zip(wide.to_ne_bytes()).map(|(a, b)| a ^ b));
    plain
}
