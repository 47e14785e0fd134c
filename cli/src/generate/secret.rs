//! Text that nobody guesses.

use data_encoding::BASE64;

/// 64 letters, which are what a `secret_key_base` needs.
const BYTES: usize = 48;

pub(super) fn run() -> Result<String, String> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes)
        .map_err(|error| format!("the system has no random bytes: {error}"))?;
    Ok(BASE64.encode(&bytes) + "\n")
}
