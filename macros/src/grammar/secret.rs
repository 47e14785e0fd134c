//! `secret_key_base`.

use super::Mistake;

/// Sessions are signed and encrypted with keys derived from at least this many bytes, as in Plug.
const LEAST: usize = 64;

/// Checks the length of a secret, and that it is not a placeholder.
pub(crate) fn check(secret: &[u8]) -> Result<(), Mistake> {
    let mistake = if secret.len() < LEAST {
        Mistake::new(format!(
            "`secret_key_base` has {} bytes, sessions need at least {LEAST}",
            secret.len()
        ))
    } else if secret
        .windows(2)
        .all(|pair| matches!(pair, [a, b] if a == b))
    {
        Mistake::new("`secret_key_base` is one character repeated: anybody can guess it")
    } else {
        return Ok(());
    };
    Err(mistake.help("generate one: `openssl rand -base64 48`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_long_and_not_one_character() {
        let found = |secret: String| check(secret.as_bytes()).err().map(|mistake| mistake.text);
        assert_eq!(
            found("hunter2".to_owned()).as_deref(),
            Some("`secret_key_base` has 7 bytes, sessions need at least 64")
        );
        assert!(found("x".repeat(64)).is_some_and(|text| text.contains("one character repeated")));
        assert_eq!(found("xy".repeat(32)), None);
    }
}
