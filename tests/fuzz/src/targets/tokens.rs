//! Tokens: what was signed is found, a change of any byte is refused, and what nobody signed never
//! verifies. Terms survive being written and read again.

use std::sync::LazyLock;

use landfall::{
    config::Secret,
    token::{Term, TokenError, Tokens},
};

use crate::input::Input;

/// Made once for the process: the fuzzer calls a function that is given bytes and nothing else.
static TOKENS: LazyLock<Tokens> = LazyLock::new(|| {
    Tokens::new(
        &Secret::from("a secret of the fuzzer's own, of which inputs know nothing"),
        "fuzz",
    )
    .expect("long enough")
    .never_expire()
});

pub(crate) fn run(data: &[u8]) {
    let mut input = Input(data);
    match input.byte() % 4 {
        0 => term(input.0),
        1 => forged(input.0),
        2 => changed(input),
        _ => round_trip(input.0),
    }
}

fn term(bytes: &[u8]) {
    let Some(term) = Term::decode(bytes) else {
        return;
    };
    let written = term.encode();
    let again = Term::decode(&written).expect("what was written can be read");
    // By their bytes: a float may be no number, which equals nothing.
    assert_eq!(again.encode(), written);
}

fn forged(text: &[u8]) {
    let Ok(text) = str::from_utf8(text) else {
        return;
    };
    assert_eq!(
        TOKENS.verify::<serde_json::Value>(text),
        Err(TokenError::Invalid)
    );
    assert_eq!(
        TOKENS.decrypt::<serde_json::Value>(text),
        Err(TokenError::Invalid)
    );
}

/// One byte of a good token becomes another one.
fn changed(mut input: Input<'_>) {
    let (encrypted, at, byte) = (input.byte() & 1 == 1, input.byte(), input.byte());
    let data = input.short();
    let token = if encrypted {
        TOKENS.encrypt(data)
    } else {
        TOKENS.sign(data)
    }
    .expect("encodable");
    let mut bytes = token.clone().into_bytes();
    let at = usize::from(at) % bytes.len();
    bytes[at] = byte;
    let Ok(text) = str::from_utf8(&bytes) else {
        return;
    };
    let found: Result<Vec<u8>, _> = if encrypted {
        TOKENS.decrypt(text)
    } else {
        TOKENS.verify(text)
    };
    assert_eq!(found.is_ok(), text == token, "{text}");
}

fn round_trip(data: &[u8]) {
    let text = String::from_utf8_lossy(data).into_owned();
    let value = (
        data.len() as i64,
        text,
        data.to_vec(),
        data.first().is_some_and(|byte| byte & 1 == 1),
    );
    let signed = TOKENS.sign(&value).expect("encodable");
    assert_eq!(TOKENS.verify(signed.as_str()).as_ref(), Ok(&value));
    let encrypted = TOKENS.encrypt(&value).expect("encodable");
    assert_eq!(TOKENS.decrypt(encrypted.as_str()).as_ref(), Ok(&value));
}
