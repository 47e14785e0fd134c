//! Signed and encrypted bytes: three parts separated by dots, or one part after a prefix.

use aes_gcm::{
    AeadInOut, Aes128Gcm, Aes256Gcm, AesGcm, KeyInit,
    aead::{Nonce, Tag},
    aes::Aes192,
};
use chacha20poly1305::XChaCha20Poly1305;
use data_encoding::{BASE64URL, BASE64URL_NOPAD};
use hmac::{Hmac, Mac};
use sha2::{Sha256, Sha384, Sha512};

use crate::{config::Secret, random::random};

const HS256: &str = "SFMyNTY";
const HS384: &str = "SFMzODQ";
const HS512: &str = "SFM1MTI";
const XCHACHA: &str = "XCP";
const WRAPPED: &str = "QTEyOEdDTQ";

/// The additional data that both kinds of encryption authenticate. The newer kind keeps that of the
/// older.
const CONTEXT: &[u8] = b"A128GCM";
const NONCE: usize = 24;
const TAG: usize = 16;
const GCM_NONCE: usize = 12;

/// The length in bytes of the key that `encrypt` takes.
pub(crate) const ENCRYPTION_KEY: usize = 32;

/// `SFMyNTY.payload.signature`, with HMAC-SHA-256.
pub(crate) fn sign(key: &Secret, payload: &[u8]) -> String {
    let mut text = format!("{HS256}.{}", BASE64URL_NOPAD.encode(payload));
    let signature = hmac::<Hmac<Sha256>>(key, text.as_bytes())
        .map(|mac| BASE64URL_NOPAD.encode(&mac.finalize().into_bytes()));
    text.push('.');
    text.push_str(&signature.unwrap_or_default());
    text
}

/// The payload of a message, if its signature is valid. The signature may use any of the three hash
/// functions.
pub(crate) fn verify(key: &Secret, text: &str) -> Option<Vec<u8>> {
    let (signed, signature) = text.rsplit_once('.')?;
    let (name, payload) = signed.split_once('.')?;
    let signature = decode(signature)?;
    let right = match name {
        HS256 => is_signature::<Hmac<Sha256>>(key, signed, &signature),
        HS384 => is_signature::<Hmac<Sha384>>(key, signed, &signature),
        HS512 => is_signature::<Hmac<Sha512>>(key, signed, &signature),
        _ => false,
    };
    if right { decode(payload) } else { None }
}

/// HMAC accepts keys of any length.
fn hmac<M: Mac + KeyInit>(key: &Secret, signed: &[u8]) -> Option<M> {
    let mut mac = <M as KeyInit>::new_from_slice(key.expose()).ok()?;
    mac.update(signed);
    Some(mac)
}

/// Compares in constant time.
fn is_signature<M: Mac + KeyInit>(key: &Secret, signed: &str, signature: &[u8]) -> bool {
    hmac::<M>(key, signed.as_bytes()).is_some_and(|mac| mac.verify_slice(signature).is_ok())
}

/// Decodes base64url, padded or not. Stray bits in the last character are refused.
fn decode(text: &str) -> Option<Vec<u8>> {
    let encoding = if text.ends_with('=') {
        BASE64URL
    } else {
        BASE64URL_NOPAD
    };
    encoding.decode(text.as_bytes()).ok()
}

/// Encrypts with XChaCha20-Poly1305, after the prefix `XCP.`. `None` if the key is not 32 bytes
/// long.
pub(crate) fn encrypt(key: &Secret, message: &[u8]) -> Option<String> {
    encrypt_with(key, random(), message)
}

fn encrypt_with(key: &Secret, nonce: [u8; NONCE], message: &[u8]) -> Option<String> {
    let cipher = XChaCha20Poly1305::new_from_slice(key.expose()).ok()?;
    let mut content = message.to_vec();
    let tag = cipher
        .encrypt_inout_detached(&nonce.into(), CONTEXT, content.as_mut_slice().into())
        .ok()?;
    let all = [&nonce[..], &tag[..], &content].concat();
    Some(format!("{XCHACHA}.{}", BASE64URL_NOPAD.encode(&all)))
}

/// Decrypts messages of `encrypt`, and those of plug_crypto 1.x, which need a second key.
pub(crate) fn decrypt(key: &Secret, sign_key: &[u8], text: &str) -> Option<Vec<u8>> {
    let (name, rest) = text.split_once('.')?;
    match name {
        XCHACHA => {
            let all = decode(rest)?;
            let (nonce, rest) = all.split_at_checked(NONCE)?;
            let (tag, content) = rest.split_at_checked(TAG)?;
            open::<XChaCha20Poly1305>(key.expose(), nonce, CONTEXT, content, tag)
        }
        WRAPPED => unwrap(key, sign_key, rest),
        _ => None,
    }
}

/// Decrypts a message of plug_crypto 1.x. Its content key is encrypted with `key`, and the content
/// with the content key.
fn unwrap(key: &Secret, sign_key: &[u8], text: &str) -> Option<Vec<u8>> {
    let mut parts = text.split('.').map(decode);
    let mut part = || parts.next().flatten();
    let (wrapped, nonce, content, tag) = (part()?, part()?, part()?, part()?);
    if parts.next().is_some() {
        return None;
    }
    let (sealed, wrapped_nonce) =
        wrapped.split_at_checked(wrapped.len().checked_sub(GCM_NONCE)?)?;
    let (sealed, wrapped_tag) = sealed.split_at_checked(sealed.len().checked_sub(TAG)?)?;
    let content_key = Secret::from(open_gcm(
        key.expose(),
        wrapped_nonce,
        sign_key,
        sealed,
        wrapped_tag,
    )?);
    open_gcm(content_key.expose(), &nonce, CONTEXT, &content, &tag)
}

fn open_gcm(
    key: &[u8],
    nonce: &[u8],
    context: &[u8],
    content: &[u8],
    tag: &[u8],
) -> Option<Vec<u8>> {
    let open = match key.len() {
        16 => open::<Aes128Gcm>,
        24 => open::<AesGcm<Aes192, aes_gcm::aead::consts::U12>>,
        32 => open::<Aes256Gcm>,
        _ => return None,
    };
    open(key, nonce, context, content, tag)
}

fn open<C: AeadInOut + KeyInit>(
    key: &[u8],
    nonce: &[u8],
    context: &[u8],
    content: &[u8],
    tag: &[u8],
) -> Option<Vec<u8>> {
    let cipher = C::new_from_slice(key).ok()?;
    let (nonce, tag) = (
        Nonce::<C>::try_from(nonce).ok()?,
        Tag::<C>::try_from(tag).ok()?,
    );
    let mut message = content.to_vec();
    cipher
        .decrypt_inout_detached(&nonce, context, message.as_mut_slice().into(), &tag)
        .ok()?;
    Some(message)
}

#[cfg(test)]
mod tests;
