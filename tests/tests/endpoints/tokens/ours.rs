//! Our tokens and those of another implementation, read both ways, and tokens that were changed.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use landfall::{
    config::Secret,
    token::{TokenError, Tokens},
};

use super::{format, sealed};

const SECRET: &str = "fifty bytes that nobody else knows, or that is the idea";

fn tokens(salt: &str) -> Tokens {
    Tokens::new(&Secret::from(SECRET), salt).unwrap()
}

#[test]
fn another_implementation_reads_them() {
    let at = UNIX_EPOCH + Duration::from_millis(1_600_000_000_123);
    let token = tokens("user auth").sign_at("ada", at).unwrap();
    let payload = format::verify(SECRET, "user auth", &token).unwrap();
    let expected = [
        &[131, 104, 3, 109, 0, 0, 0, 3][..],
        b"ada",
        &[110, 6, 0],
        &1_600_000_000_123_u64.to_le_bytes()[..6],
        &[98, 0, 1, 0x51, 0x80],
    ];
    assert_eq!(payload, expected.concat());
    assert_eq!(format::verify(SECRET, "user", &token), None);
}

#[test]
fn they_read_those_of_another_implementation() {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_millis() as u64;
    let time = [&[110, 6, 0][..], &now.to_le_bytes()[..6]].concat();
    // As OTP 25 writes it: an atom of Latin-1.
    let payload = [&[131, 104, 3, 100, 0, 2][..], b"hi", &time, &[97, 60]].concat();
    let token = format::sign(SECRET, "salt", &payload);
    assert_eq!(
        tokens("salt").verify::<String>(token.as_str()).as_deref(),
        Ok("hi")
    );
    assert_eq!(
        tokens("other").verify::<String>(token.as_str()),
        Err(TokenError::Invalid)
    );
}

#[test]
fn encrypted_ones_are_read_both_ways() {
    for length in [0, 1, 15, 16, 17, 63, 64, 200] {
        let text = "x".repeat(length);
        let signed_at = UNIX_EPOCH + Duration::from_secs(1_600_000_000);
        let tokens = tokens("user auth").never_expire();
        let token = tokens.encrypt_at(&text, signed_at).unwrap();
        let payload = sealed::decrypt(SECRET, "user auth", &token).unwrap();
        let signed = tokens.sign_at(&text, signed_at).unwrap();
        assert_eq!(
            Some(&payload),
            format::verify(SECRET, "user auth", &signed).as_ref()
        );
        assert_eq!(sealed::decrypt(SECRET, "user", &token), None);
        let theirs = sealed::encrypt(SECRET, "user auth", [length as u8; 24], &payload);
        assert_eq!(tokens.decrypt::<String>(theirs.as_str()), Ok(text));
    }
}

#[test]
fn whatever_is_changed_they_are_invalid() {
    let tokens = tokens("salt").never_expire();
    for (token, signed) in [
        (tokens.sign(&7).unwrap(), true),
        (tokens.encrypt(&7).unwrap(), false),
    ] {
        let read = |token: &str| {
            if signed {
                tokens.verify::<u8>(token)
            } else {
                tokens.decrypt::<u8>(token)
            }
        };
        assert_eq!(read(&token), Ok(7));
        for at in 0..token.len() {
            for bit in 0..7 {
                let mut changed = token.clone().into_bytes();
                changed[at] ^= 1 << bit;
                let changed = String::from_utf8(changed).unwrap();
                assert_eq!(read(&changed), Err(TokenError::Invalid), "{changed}");
            }
            assert_eq!(read(&token[..at]), Err(TokenError::Invalid), "cut at {at}");
        }
        assert_eq!(read(&format!("{token}A")), Err(TokenError::Invalid));
    }
}

#[test]
fn data_of_another_type_is_invalid() {
    let token = tokens("salt").sign("text").unwrap();
    assert_eq!(
        tokens("salt").verify::<u32>(token.as_str()),
        Err(TokenError::Invalid)
    );
}

#[test]
fn compressed_tokens_are_shorter_and_read_by_everybody() {
    let long = "what is said often compresses well; ".repeat(50);
    let (plain, compressed) = (tokens("salt"), tokens("salt").compressed());
    let token = compressed.sign(&long).unwrap();
    assert!(token.len() < plain.sign(&long).unwrap().len() / 10);
    // 131, 80 and the length that it has when it is inflated.
    let payload = format::verify(SECRET, "salt", &token).unwrap();
    let length = u32::try_from(long.len() + 5 + 2 + 9 + 5).unwrap();
    assert_eq!(payload[..2], [131, 80]);
    assert_eq!(payload[2..6], length.to_be_bytes());
    for reads in [&plain, &compressed] {
        assert_eq!(reads.verify::<String>(&token), Ok(long.clone()));
    }
    let sealed = compressed.encrypt(&long).unwrap();
    assert_eq!(plain.decrypt::<String>(&sealed), Ok(long));

    // What would not become shorter stays as it is.
    let now = SystemTime::now();
    let short = compressed.sign_at("ada", now).unwrap();
    assert_eq!(short, plain.sign_at("ada", now).unwrap());
    // What could not be read again does, too.
    let huge = "x".repeat(1024 * 1024);
    let token = compressed.sign_at(&huge, now).unwrap();
    assert_eq!(token, plain.sign_at(&huge, now).unwrap());
}
