//! Bytes that nobody guesses.

/// 128 random bits, as 22 characters that need no escaping in a URL.
pub(crate) fn unguessable() -> String {
    data_encoding::BASE64URL_NOPAD.encode(&random::<16>())
}

/// Bytes from the operating system's random number generator.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // The standard library's hash maps could not be created either.
    getrandom::fill(&mut bytes).expect("the operating system has random bytes");
    bytes
}
