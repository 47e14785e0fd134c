//! The format of encrypted tokens, after RFC 8439 and its extension to long nonces, in integers.

use data_encoding::BASE64URL_NOPAD;

use super::format::derive;

const CONTEXT: &[u8] = b"A128GCM";

fn words<const N: usize>(bytes: &[u8]) -> [u32; N] {
    std::array::from_fn(|index| u32::from_le_bytes(bytes[4 * index..][..4].try_into().unwrap()))
}

fn bytes(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn rounds(key: &[u8], input: &[u8]) -> ([u32; 16], [u32; 16]) {
    let start: [u32; 16] = words(&[b"expand 32-byte k", key, input].concat());
    let mut state = start;
    let mut quarter = |a: usize, b: usize, c: usize, d: usize| {
        for (x, y, z, by) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
            state[x] = state[x].wrapping_add(state[y]);
            state[z] = (state[z] ^ state[x]).rotate_left(by);
        }
    };
    for _ in 0..10 {
        (0..4).for_each(|i| quarter(i, 4 + i, 8 + i, 12 + i));
        (0..4).for_each(|i| quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4));
    }
    (start, state)
}

fn block(key: &[u8], nonce: &[u8], counter: u32) -> Vec<u8> {
    let (start, state) = rounds(key, &[&counter.to_le_bytes()[..], nonce].concat());
    let sums: [u32; 16] = std::array::from_fn(|index| start[index].wrapping_add(state[index]));
    bytes(&sums)
}

/// A number below 2^130 in five digits of 26 bits.
type Digits = [u64; 5];

const MASK: u64 = (1 << 26) - 1;

fn digits(low: u128, top: u64) -> Digits {
    let mut digits = std::array::from_fn(|index| (low >> (26 * index)) as u64 & MASK);
    digits[4] |= top << 24;
    digits
}

/// Modulo 2^130 - 5.
fn carry(mut number: Digits) -> Digits {
    for _ in 0..2 {
        for index in 0..5 {
            let over = number[index] >> 26;
            number[index] &= MASK;
            if index == 4 {
                number[0] += 5 * over
            } else {
                number[index + 1] += over
            }
        }
    }
    number
}

fn poly1305(key: &[u8], message: &[u8]) -> [u8; 16] {
    let half = |at: usize| u128::from_le_bytes(key[at..at + 16].try_into().unwrap());
    let factor = digits(half(0) & 0x0fff_fffc_0fff_fffc_0fff_fffc_0fff_ffff, 0);
    let mut sum: Digits = [0; 5];
    for chunk in message.chunks(16) {
        let mut padded = [0; 16];
        padded[..chunk.len()].copy_from_slice(chunk);
        // All messages here are padded to whole blocks.
        assert_eq!(chunk.len(), 16);
        let next = digits(u128::from_le_bytes(padded), 1);
        sum = std::array::from_fn(|index| sum[index] + next[index]);
        let mut product = [0; 5];
        for (i, x) in sum.iter().enumerate() {
            for (j, y) in factor.iter().enumerate() {
                product[(i + j) % 5] += if i + j < 5 { x * y } else { 5 * x * y };
            }
        }
        sum = carry(product);
    }
    let mut past = carry(sum);
    past[0] += 5;
    for index in 0..4 {
        past[index + 1] += past[index] >> 26;
        past[index] &= MASK;
    }
    let reduced = if past[4] >> 26 > 0 { past } else { carry(sum) };
    let value = (0..5).fold(0_u128, |value, index| {
        value.wrapping_add(u128::from(reduced[index]) << (26 * index))
    });
    value.wrapping_add(half(16)).to_le_bytes()
}

fn pad(data: &[u8]) -> Vec<u8> {
    let mut padded = data.to_vec();
    padded.resize(data.len().next_multiple_of(16), 0);
    padded
}

/// Encrypts or decrypts: the content XOR the key stream.
fn crypt(key: &[u8], nonce: &[u8], content: &[u8]) -> Vec<u8> {
    let blocks = (1_u32..).flat_map(|counter| block(key, nonce, counter));
    content
        .iter()
        .zip(blocks)
        .map(|(byte, mask)| byte ^ mask)
        .collect()
}

fn tag(key: &[u8], nonce: &[u8], sealed: &[u8]) -> [u8; 16] {
    let lengths = [CONTEXT.len() as u64, sealed.len() as u64]
        .map(u64::to_le_bytes)
        .concat();
    poly1305(
        &block(key, nonce, 0)[..32],
        &[pad(CONTEXT), pad(sealed), lengths].concat(),
    )
}

fn subkey(secret: &str, salt: &str, nonce: &[u8]) -> Vec<u8> {
    let (_, state) = rounds(&derive(secret.as_bytes(), salt.as_bytes()), &nonce[..16]);
    [bytes(&state[..4]), bytes(&state[12..])].concat()
}

fn short(nonce: &[u8]) -> Vec<u8> {
    [&[0; 4][..], &nonce[16..24]].concat()
}

/// The payload of a token, if its tag is right.
pub(crate) fn decrypt(secret: &str, salt: &str, token: &str) -> Option<Vec<u8>> {
    let all = BASE64URL_NOPAD
        .decode(token.strip_prefix("XCP.")?.as_bytes())
        .ok()?;
    let (nonce, rest) = all.split_at_checked(24)?;
    let (expected, sealed) = rest.split_at_checked(16)?;
    let (key, nonce) = (subkey(secret, salt, nonce), short(nonce));
    (tag(&key, &nonce, sealed) == expected).then(|| crypt(&key, &nonce, sealed))
}

/// A token with that payload.
pub(crate) fn encrypt(secret: &str, salt: &str, nonce: [u8; 24], payload: &[u8]) -> String {
    let (key, short) = (subkey(secret, salt, &nonce), short(&nonce));
    let sealed = crypt(&key, &short, payload);
    let all = [&nonce[..], &tag(&key, &short, &sealed), &sealed].concat();
    format!("XCP.{}", BASE64URL_NOPAD.encode(&all))
}

#[test]
fn is_the_tag_of_the_standard() {
    // RFC 8439, A.3, test vectors 7, where a sum passes the modulus, and 1.
    let mut key = [0; 32];
    key[0] = 2;
    assert_eq!(poly1305(&key, &[0xff; 16]), 3_u128.to_le_bytes());
    assert_eq!(poly1305(&[0; 32], &[0; 64]), [0; 16]);
}
