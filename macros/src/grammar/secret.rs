//! What signs and encrypts.

use super::Mistake;

/// Sessions are signed and encrypted with keys derived from at least this many bytes, as in Plug.
const LEAST: usize = 64;

/// Checks the length of a secret.
pub(crate) fn check(secret: &[u8]) -> Result<(), Mistake> {
    if secret.len() >= LEAST {
        return Ok(());
    }
    let text = format!(
        "`secret_key_base` has {} bytes, sessions need at least {LEAST}",
        secret.len()
    );
    Err(generate(Mistake::new(text)))
}

/// Finds a secret that is a placeholder.
pub(crate) fn is_guessed(secret: &[u8]) -> Option<Mistake> {
    let repeated = secret
        .iter()
        .zip(secret.iter().skip(1))
        .all(|(one, next)| one == next);
    let mistake =
        || Mistake::new("`secret_key_base` is one character repeated: anybody can guess it");
    repeated.then(|| generate(mistake()))
}

fn generate(mistake: Mistake) -> Mistake {
    mistake.help("generate one: `openssl rand -base64 48`")
}
