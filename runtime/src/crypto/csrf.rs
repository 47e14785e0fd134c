//! Tokens that prove that a request comes from one of the application's own pages.
//!
//! The session keeps a **state**. Pages carry it **masked** by random bytes, differently each time,
//! so that compression reveals nothing about it. State and mask are texts of 24 characters. The
//! mask is applied to the characters, not to the bytes that they encode.

use data_encoding::{BASE64URL, BASE64URL_NOPAD};
use subtle::ConstantTimeEq;

use super::{
    KeyOptions,
    key::{self, Keys},
    message,
};
use crate::random::random;

/// The characters of a state.
pub(crate) const STATE: usize = 24;

/// A masked state in base64, and the mask.
const MASKED: usize = 32 + STATE;

/// A new state, or mask.
pub(crate) fn state() -> [u8; STATE] {
    let mut state = [0; STATE];
    BASE64URL_NOPAD.encode_mut(&random::<18>(), &mut state);
    state
}

/// The form for a page.
pub(crate) fn masked(state: &[u8; STATE]) -> String {
    mask_with(state, &self::state())
}

fn mask_with(state: &[u8; STATE], mask: &[u8; STATE]) -> String {
    let mut text = BASE64URL.encode(&xor(state, mask));
    text.extend(mask.iter().copied().map(char::from));
    text
}

fn xor(a: &[u8; STATE], b: &[u8; STATE]) -> [u8; STATE] {
    std::array::from_fn(|index| a[index] ^ b[index])
}

/// Whether a page's token belongs to the state. Compares in constant time.
pub(crate) fn is_masked(state: &[u8; STATE], token: &str) -> bool {
    unmask(token).is_some_and(|unmasked| unmasked.ct_eq(state).into())
}

fn unmask(token: &str) -> Option<[u8; STATE]> {
    let token: &[u8; MASKED] = token.as_bytes().try_into().ok()?;
    let (masked, mask) = token.split_at(MASKED - STATE);
    let masked: [u8; STATE] = BASE64URL.decode(masked).ok()?.try_into().ok()?;
    Some(xor(&masked, mask.try_into().ok()?))
}

/// Whether this is a token for this host. Applications make tokens for one host for pages that post
/// to another of their hosts.
pub(crate) fn is_for_host(
    keys: &Keys,
    state: &[u8; STATE],
    token: &str,
    right: impl FnOnce(&str) -> bool,
) -> bool {
    // The state came with the request, so its key is not cached.
    let key = key::derive(keys.base(), state, KeyOptions::DEFAULT);
    let signed = message::verify(&key, token);
    let host = signed
        .as_deref()
        .and_then(|signed| std::str::from_utf8(signed.get(STATE..)?).ok());
    host.is_some_and(right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Secret;

    const STORED: &[u8; STATE] = b"AAECAwQFBgcICQoLDA0ODxAR";

    #[test]
    fn masks_as_plug_does() {
        let token = "BCkIFgclCB4FJQgoBCkYKAwpCCgNKwg4EhMUFRYXGBkaGxwdHh8gISIj";
        assert_eq!(mask_with(STORED, b"EhMUFRYXGBkaGxwdHh8gISIj"), token);
        assert!(is_masked(STORED, token));
        let recorded = "AgwyW2QdGD0EKCtcIiU0HydYFgQfFycSLEp3PvPlrBb9QaanU5l2KdrS";
        assert!(is_masked(b"NIBh4kHQvjIesDUqrmz6TsUA", recorded));
    }

    #[test]
    fn each_page_gets_another_token() {
        let state = state();
        assert_ne!(masked(&state), masked(&state));
        assert!(is_masked(&state, &masked(&state)));
        assert!(!is_masked(STORED, &masked(&state)));
    }

    #[test]
    fn refuses_the_state_itself_and_every_changed_token() {
        assert!(!is_masked(STORED, "AAECAwQFBgcICQoLDA0ODxAR"));
        assert!(!is_masked(STORED, ""));
        let token = masked(STORED);
        for at in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at] ^= 1;
            assert!(!is_masked(
                STORED,
                &String::from_utf8(changed).expect("still ASCII")
            ));
        }
    }

    #[test]
    fn reads_the_tokens_that_plug_binds_to_a_host() {
        let keys = Keys::new(Secret::from("a".repeat(64)));
        let token = "SFMyNTY.RWhNVUZSWVhHQmthR3h3ZEhoOGdJU0lqd3d3LmV4YW1wbGUuY29t.\
                     FqtUChsZ5qkNMdObNxAX9aJ8YCY_xxYVbUJtH9BUEc4";
        assert!(is_for_host(&keys, STORED, token, |host| host == "www.example.com"));
        assert!(!is_for_host(&keys, STORED, token, |host| host == "example.com"));
        assert!(!is_for_host(
            &keys,
            b"BAECAwQFBgcICQoLDA0ODxAR",
            token,
            |_| true
        ));
    }
}
