//! Bytes that nobody guesses.

/// Bytes from the operating system's random number generator.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // The standard library's hash maps could not be created either.
    getrandom::fill(&mut bytes).expect("the operating system has random bytes");
    bytes
}
