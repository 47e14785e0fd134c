use super::*;
use crate::crypto::{KeyOptions, Keys};

fn hex(text: &str) -> Vec<u8> {
    data_encoding::HEXLOWER
        .decode(text.as_bytes())
        .expect("hex")
}

fn counting() -> [u8; NONCE] {
    std::array::from_fn(|index| index as u8)
}

fn key(base: &str, salt: &str) -> Secret {
    Keys::new(Secret::from(base)).get(salt, KeyOptions::DEFAULT)
}

#[test]
fn signs_and_encrypts_as_plug_crypto_does() {
    let key = key("kjoy3o1zeidquwy1398juxzldjlksahdk3", "user auth");
    let payload = hex("83680361636e06000068e5cf8b016200015180");
    let signed = "SFMyNTY.g2gDYWNuBgAAaOXPiwFiAAFRgA.uvJEDHa-IjTolIYW4Crh8PlZJCIGkSHuF4_nhnqPLRk";
    assert_eq!(sign(&key, &payload), signed);
    assert_eq!(verify(&key, signed), Some(payload.clone()));
    let encrypted =
        "XCP.AAECAwQFBgcICQoLDA0ODxAREhMUFRYXKhJ5xxAgHYM18r1pxGImbLRfvo0wXnpuTpXLDFKGSgYhl98";
    assert_eq!(
        encrypt_with(&key, counting(), &payload).as_deref(),
        Some(encrypted)
    );
    assert_eq!(decrypt(&key, b"", encrypted), Some(payload));
}

#[test]
fn writes_the_session_cookies_that_plug_writes() {
    let base = "a".repeat(64);
    let payload = hex(
        "8374000000016d0000000b5f637372665f746f6b656e6d0000001841414543417751464267634943516f4c4441304f44784152",
    );
    let signed = "SFMyNTY.g3QAAAABbQAAAAtfY3NyZl90b2tlbm0AAAAYQUFFQ0F3UUZCZ2NJQ1FvTERBME9EeEFS.\
                  Wr2brg_t-VpPcVmzSqZj6GdTdvShbqJLyawN7NH07L4";
    assert_eq!(sign(&key(&base, "signing salt"), &payload), signed);
    let encrypted = "XCP.AAECAwQFBgcICQoLDA0ODxAREhMUFRYX6-hGRFydxNCvycWFU4QJXlkMv0kH9UJV_tCK0I4mwTpWC-58\
                     qCZCt5e-d1X8rP6LyJK8UI24uZDGvYiF3MLafMpQJg";
    let key = key(&base, "encryption salt");
    assert_eq!(
        encrypt_with(&key, counting(), &payload).as_deref(),
        Some(encrypted)
    );
}

#[test]
fn reads_what_plug_crypto_1_encrypted() {
    // Its own test's, with 32 times 8 letters as both keys; the context there is another than ours.
    let parts = [
        "L85cCXPvSqswNJoxmP5QTopFY83qCPj9czxkwct8b0HDHdC8Qwruhkq3SWw",
        "mmqfbc2dfaMMi6Xi",
        "n1qvYhAUYI0r7-QB6Vw",
        "0jV2tT3U-AQMAQSch2rNsw",
    ]
    .map(|part| decode(part).expect("base64url"));
    let keys = "abcdefgh".repeat(4);
    let [wrapped, nonce, content, tag] = &parts;
    let content_key = open_gcm(
        keys.as_bytes(),
        &wrapped[32..],
        keys.as_bytes(),
        &wrapped[..16],
        &wrapped[16..32],
    )
    .expect("wrapped key");
    let message = open_gcm(&content_key, nonce, b"right aad", content, tag).expect("content");
    assert_eq!(message, "\0hełłoworld\0".as_bytes());
    let text = format!(
        "{WRAPPED}.{}",
        parts.map(|part| BASE64URL_NOPAD.encode(&part)).join(".")
    );
    assert_eq!(
        decrypt(&Secret::from(keys.as_str()), keys.as_bytes(), &text),
        None,
        "another context"
    );
}

#[test]
fn reads_the_older_encryption_with_keys_of_all_three_lengths() {
    for length in [16, 24, 32] {
        let (key, content_key) = (vec![7; length], vec![9; 16]);
        let (wrapped, wrapped_tag) = match length {
            16 => seal::<Aes128Gcm>(&key, b"signing", &content_key),
            24 => {
                seal::<AesGcm<Aes192, aes_gcm::aead::consts::U12>>(&key, b"signing", &content_key)
            }
            _ => seal::<Aes256Gcm>(&key, b"signing", &content_key),
        };
        let wrapped = [wrapped, wrapped_tag, vec![5; GCM_NONCE]].concat();
        let (content, tag) = seal::<Aes128Gcm>(&content_key, CONTEXT, b"message");
        let parts =
            [wrapped, vec![5; GCM_NONCE], content, tag].map(|part| BASE64URL_NOPAD.encode(&part));
        let text = format!("{WRAPPED}.{}", parts.join("."));
        let key = Secret::from(key);
        assert_eq!(
            decrypt(&key, b"signing", &text).as_deref(),
            Some(&b"message"[..])
        );
        assert_eq!(decrypt(&key, b"other", &text), None);
        assert_eq!(decrypt(&key, b"signing", &format!("{text}.AA")), None);
    }
}

fn seal<C: AeadInOut + KeyInit>(key: &[u8], context: &[u8], message: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let cipher = C::new_from_slice(key).expect("a key's length");
    let nonce = Nonce::<C>::try_from(&[5; GCM_NONCE][..]).expect("a nonce's length");
    let mut content = message.to_vec();
    let tag = cipher
        .encrypt_inout_detached(&nonce, context, content.as_mut_slice().into())
        .expect("room");
    (content, tag.to_vec())
}

#[test]
fn verifies_all_three_hash_functions() {
    let key = Secret::from("key");
    for name in [HS256, HS384, HS512] {
        let signed = format!("{name}.{}", BASE64URL_NOPAD.encode(b"payload"));
        let signature = match name {
            HS256 => hmac::<Hmac<Sha256>>(&key, signed.as_bytes())
                .map(|mac| mac.finalize().into_bytes().to_vec()),
            HS384 => hmac::<Hmac<Sha384>>(&key, signed.as_bytes())
                .map(|mac| mac.finalize().into_bytes().to_vec()),
            _ => hmac::<Hmac<Sha512>>(&key, signed.as_bytes())
                .map(|mac| mac.finalize().into_bytes().to_vec()),
        };
        let text = format!(
            "{signed}.{}",
            BASE64URL_NOPAD.encode(&signature.expect("any key"))
        );
        assert_eq!(verify(&key, &text).as_deref(), Some(&b"payload"[..]));
        let padded = format!(
            "{signed}.{}",
            BASE64URL.encode(&decode(text.rsplit('.').next().unwrap_or_default()).expect("own"))
        );
        assert_eq!(verify(&key, &padded).as_deref(), Some(&b"payload"[..]));
    }
}

#[test]
fn a_changed_message_is_refused_whatever_bit_it_is() {
    let key = key("base", "salt");
    let signed = sign(&key, b"payload");
    let encrypted = encrypt(&key, b"payload").expect("32 bytes");
    for (text, signed) in [(signed, true), (encrypted, false)] {
        for at in 0..text.len() {
            for bit in 0..7 {
                let mut changed = text.clone().into_bytes();
                changed[at] ^= 1 << bit;
                let changed = String::from_utf8(changed).expect("still ASCII");
                let read = if signed {
                    verify(&key, &changed)
                } else {
                    decrypt(&key, b"", &changed)
                };
                assert_eq!(read, None, "{changed}");
            }
        }
    }
}
